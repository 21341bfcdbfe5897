// SPDX-License-Identifier: Apache-2.0
// WebHLO with the program of one op. Operands and results stay in wasm memory, so that the op is timed
// and not the way there.

/** A program that answers what it is given, which thereby is in wasm memory. */
const passOn = (types) => {
  const args = types.map((type, i) => `%${i}: ${type} loc("given${i}")`);
  const values = types.map((_, i) => `%${i}`);
  return `func.func @main(${args}) -> (${types}) { return ${values} : ${types} }`;
};

/** A result as others' are compared. */
export const answerOf = (tensor) =>
  /^(f8|f16|bf16)/.test(tensor.dtype) ? tensor.toFloat32() : tensor.data();

/** What runs an op: the steps of its plan, without where their operands and results are. */
export const stepsOf = (plan) =>
  [...plan.matchAll(/^\d+: (.*?)(?= (?:->|(?:input|packed|literal|arena)\S*)|$)/gm)].map(
    ([, step]) => step,
  );

export async function create({ package: base, model, read, inputs, types, weights, imported }) {
  const { load, Tensor } = await import(`${base}/index.js`);
  imported();
  const tensors = types.map(
    (dtype, i) => new Tensor(inputs[i].data, { dtype, shape: inputs[i].shape }),
  );
  const named = (which) => Object.fromEntries(which.map((i) => [`arg${i}`, tensors[i]]));
  const operands = [...types.keys()].filter((i) => !weights.includes(i));

  const op = await read(`${model}/program.mlir`);
  const [, args] = /@main\((.*?)\) ->/.exec(new TextDecoder().decode(op));
  const mlirTypes = args.split(/, (?=%)/).map((arg) => arg.split(': ')[1]);
  const put = new TextEncoder().encode(passOn(operands.map((i) => mlirTypes[i])));
  const sources = operands.length > 0 ? { op, put } : { op };
  const loaded = await load(sources, { weights: named(weights), threads: 1 });
  const { programs } = loaded;

  const kept = {};
  if (programs.put) {
    const keep = programs.put.outputs.map(({ name }) => name);
    const given = Object.fromEntries(operands.map((i, at) => [`given${at}`, tensors[i]]));
    const there = programs.put.runSync(given, { keep });
    for (const [at, i] of operands.entries()) kept[`arg${i}`] = there[keep[at]];
  }
  const keep = programs.op.outputs.map(({ name }) => name);
  return {
    async answer() {
      const results = await programs.op.run(kept, { keep, deadline: 60_000 });
      const answers = {};
      for (const [i, name] of keep.entries()) {
        answers[i] = answerOf(results[name]);
        results[name].dispose();
      }
      return answers;
    },
    run() {
      const results = programs.op.runSync(kept, { keep });
      for (const name of keep) results[name].dispose();
    },
    memory: () => loaded.memory,
    steps: async () => stepsOf(await loaded.inspect('plan', 'op')),
  };
}
