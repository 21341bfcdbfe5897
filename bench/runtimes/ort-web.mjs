// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime Web, its plain wasm build (no WebGPU code), on model.onnx with the shared weights as
// ONNX external data.

export async function create({ peers, model, read, threads, inputs, imported }) {
  const build = globalThis.document ? 'wasm' : 'node';
  const ort = await import(`${peers}/onnxruntime-web/dist/ort.${build}.min.mjs`);
  imported();
  ort.env.wasm.numThreads = threads;
  const [program, weights] = await Promise.all([
    read(`${model}/model.onnx`),
    read(`${model}/weights.safetensors`),
  ]);
  const session = await ort.InferenceSession.create(program, {
    externalData: [{ path: 'weights.safetensors', data: weights }],
  });
  const feeds = {};
  for (const { name, type, shape } of session.inputMetadata) {
    const { data } = inputs[name];
    feeds[name] = new ort.Tensor(
      type,
      type === 'int64' ? BigInt64Array.from(data, BigInt) : data,
      shape,
    );
  }
  return {
    async run() {
      const results = await session.run(feeds);
      const outputs = {};
      for (const name of session.outputNames) outputs[name] = results[name].data;
      return outputs;
    },
  };
}
