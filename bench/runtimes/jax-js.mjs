// SPDX-License-Identifier: Apache-2.0
// jax-js on its wasm backend through its ONNX loader. The loader reads no external data, so the
// weights are put into the file first; that is not timed.

export async function prepare({ peers, model, read }) {
  const [{ fromBinary, toBinary }, { ModelProtoSchema }] = await Promise.all([
    import(`${peers}/@bufbuild/protobuf/dist/esm/index.js`),
    import(`${peers}/onnx-buf/dist/onnx_pb.js`),
  ]);
  const program = fromBinary(ModelProtoSchema, await read(`${model}/model.onnx`));
  const weights = await read(`${model}/weights.safetensors`);
  for (const tensor of program.graph.initializer) {
    if (tensor.externalData.length === 0) continue;
    const { offset = 0, length } = Object.fromEntries(
      tensor.externalData.map(({ key, value }) => [key, value]),
    );
    tensor.rawData = weights.subarray(Number(offset), Number(offset) + Number(length));
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
  return toBinary(ModelProtoSchema, program);
}

export async function create({ peers, prepared, inputs, imported }) {
  const [jax, { ONNXModel }] = await Promise.all([
    import(`${peers}/@jax-js/jax/dist/index.js`),
    import(`${peers}/@jax-js/onnx/dist/index.js`),
  ]);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  imported();
  const compiled = jax.jit(new ONNXModel(prepared).run);
  return {
    async run() {
      const feeds = {};
      for (const [name, { data, shape }] of Object.entries(inputs)) {
        feeds[name] = jax.numpy.array(data).reshape(shape);
      }
      const results = compiled(feeds);
      const outputs = {};
      for (const [name, result] of Object.entries(results)) outputs[name] = await result.data();
      return outputs;
    },
  };
}
