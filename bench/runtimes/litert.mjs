// SPDX-License-Identifier: Apache-2.0
// LiteRT.js on model.tflite, whose weights are other values: for time only. Browsers only.

export async function create({ peers, model, read, threads, inputs, imported }) {
  const { loadLiteRt, loadAndCompile, Tensor } = await import(
    `${peers}/@litertjs/core/dist/index.js`
  );
  await loadLiteRt(`${peers}/@litertjs/core/wasm/`, { threads: threads > 1 });
  imported();
  const compiled = await loadAndCompile(await read(`${model}/model.tflite`), {
    accelerator: 'wasm',
    cpuOptions: { numThreads: threads },
  });
  // The converter keeps neither names nor, for token and position, their order: inputs are told apart
  // by shape, and any valid index does for timing.
  const left = Object.values(inputs);
  const values = compiled.getInputDetails().map(({ shape, dtype, name }) => {
    const at = left.findIndex(
      (tensor) => `${tensor.shape}` === `${[...shape]}` && tensor.dtype === types[dtype],
    );
    if (at < 0) throw new Error(`no input for ${name}: ${dtype} [${[...shape]}]`);
    return left.splice(at, 1)[0];
  });
  return {
    comparable: false,
    async run() {
      const tensors = values.map(({ data, shape }) => new Tensor(data, shape));
      const results = await compiled.run(tensors);
      const outputs = {};
      for (const [i, result] of results.entries()) {
        outputs[i] = await result.data();
        result.delete();
      }
      for (const tensor of tensors) tensor.delete();
      return outputs;
    },
  };
}

const types = { float32: 'F32', int32: 'I32' };
