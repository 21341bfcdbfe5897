// SPDX-License-Identifier: Apache-2.0
// A model for rows: a program whose inputs and results have one first dimension, the batch, and that
// computes each row by itself. Any number of rows runs through it, a batch at a time.

import { load, Tensor, WebHLOError } from "../../js/dist/index.js";

const fail = (code, message) => {
  throw new WebHLOError(code, message);
};

/** `batch` is for programs that leave it free; others have their own. */
export async function openModel({ model, weights, program, threads, batch }) {
  const loaded = await load(model, { threads, ...(weights && { weights }) });
  const names = Object.keys(loaded.programs);
  const chosen = loaded.programs[program ?? names[0]];
  if (!names.includes(chosen?.name)) {
    fail(
      "invalid_argument",
      `${model}: no program "${program}"; there are ${names.join(", ")}`,
    );
  }
  const ports = [...chosen.inputs, ...chosen.outputs];
  const [own] = chosen.inputs[0]?.shape ?? [];
  const odd = ports.find(({ shape }) => shape.length === 0 || shape[0] !== own);
  if (own === undefined || odd) {
    const what = odd ? `"${odd.name}" has` : "it has no inputs, so it has";
    fail(
      "unsupported",
      `${model}: ${what} no batch as first dimension, as the others have`,
    );
  }
  if (own !== null && batch !== undefined && batch !== own) {
    fail("invalid_argument", `${model}: its batch is ${own}, not ${batch}`);
  }
  return {
    model: loaded,
    program: chosen,
    batch: own ?? batch ?? 64,
  };
}

/**
 * Runs all rows of the inputs, tensors by name, and answers the results named in `outputs` (default:
 * all) with as many rows. `progress(done, rows)` is called, and awaited, after each batch. The last
 * batch is filled up with zeros, so that no second shape has to be compiled.
 */
export async function runRows({ program, batch }, inputs, outputs, progress) {
  const rows = rowsOf(inputs);
  const shapeless = program.outputs.filter(({ shape }) =>
    shape.slice(1).includes(null),
  );
  // Kept ones know the sizes that the program left free.
  const wanted = outputs ?? program.outputs.map(({ name }) => name);
  const keep = shapeless
    .map(({ name }) => name)
    .filter((name) => wanted.includes(name));
  const results = new Map();
  for (let from = 0; from < rows; from += batch) {
    const count = Math.min(batch, rows - from);
    const given = Object.entries(inputs).map(([name, tensor]) => [
      name,
      fill(tensor.slice([from], [from + count]), batch),
    ]);
    const answered = program.runSync(Object.fromEntries(given), {
      outputs: wanted,
      keep,
    });
    for (const { name, dtype, shape } of program.outputs) {
      const value = answered[name];
      if (value === undefined) continue;
      const kept = value instanceof Tensor ? value : undefined;
      const part = kept?.data() ?? value;
      const row = part.length / batch;
      if (!results.has(name)) {
        results.set(name, {
          data: new part.constructor(rows * row),
          dtype,
          shape: [rows, ...(kept?.shape ?? shape).slice(1)],
        });
      }
      results.get(name).data.set(part.subarray(0, count * row), from * row);
      kept?.dispose();
    }
    await progress(from + count, rows);
  }
  return new Map(
    [...results].map(([name, { data, dtype, shape }]) => [
      name,
      new Tensor(data, { dtype, shape }),
    ]),
  );
}

function rowsOf(inputs) {
  const counts = Object.entries(inputs).map(([name, tensor]) => {
    const rows = tensor instanceof Tensor ? tensor.shape[0] : undefined;
    return rows ?? fail("invalid_model", `"${name}" has no rows`);
  });
  if (counts.length === 0 || counts.includes(0))
    fail("invalid_model", "there are no rows");
  if (new Set(counts).size > 1)
    fail("invalid_model", `inputs have ${counts.join(" and ")} rows`);
  return counts[0];
}

function fill(tensor, rows) {
  const [count, ...rest] = tensor.shape;
  if (count === rows) return tensor;
  const values = tensor.data();
  const data = new values.constructor((values.length / count) * rows);
  data.set(values);
  return new Tensor(data, { dtype: tensor.dtype, shape: [rows, ...rest] });
}
