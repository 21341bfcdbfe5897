// SPDX-License-Identifier: Apache-2.0
// Runs programs, one a message, by the public API, and answers { counts } or { code, message }.

import { readFileSync } from 'node:fs';
import { load, Tensor, WebHLOError } from '../../js/dist/index.js';
import { dtypeInfo } from '../../js/dist/dtype.js';
import { decode, parseSafetensors } from '../conformance/values.mjs';

process.on('message', async ({ program, values }) => process.send(await judge(program, values)));
process.on('disconnect', () => process.exit());
process.send({ ready: true });

async function judge(program, values) {
  try {
    const tensors = parseSafetensors(readFileSync(values));
    using model = await load(program, { threads: 1 });
    return compare(tensors, await model.run(inputsOf(model, tensors)), model.outputs);
  } catch (error) {
    const code = error instanceof WebHLOError ? error.code : 'crash';
    return { code, message: error.message };
  }
}

function inputsOf(model, tensors) {
  return Object.fromEntries(
    model.inputs.map(({ name, dtype, shape }) => {
      const { bytes } = tensors[`in.${name}`];
      const data = new (dtypeInfo(dtype).array)(new Uint8Array(bytes).buffer);
      return [name, new Tensor(data, { dtype, shape })];
    }),
  );
}

/** How many elements were held to what; those that differ are a mismatch. */
function compare(tensors, results, outputs) {
  const counts = { exact: 0, bounded: 0, free: 0 };
  for (const { name, dtype, shape } of outputs) {
    const { dtype: kind, bytes, shape: wanted } = tensors[`out.${name}`];
    if (kind !== dtype || shape.join() !== wanted.join())
      return mismatch(name, `is ${dtype}[${shape}], expected ${kind}[${wanted}]`);
    const { buffer, byteOffset, byteLength } = results[name];
    const got = decode(dtype, new Uint8Array(buffer, byteOffset, byteLength));
    const expected = decode(dtype, bytes);
    const bounds = tensors[`bound.${name}`] && decode('f64', tensors[`bound.${name}`].bytes);
    const wrong = [];
    for (const [i, want] of expected.entries()) {
      const bound = bounds?.[i];
      counts[bound === undefined ? 'exact' : Number.isNaN(bound) ? 'free' : 'bounded']++;
      if (!agrees(want, got[i], bound)) wrong.push(i);
    }
    if (wrong.length > 0) {
      const [i] = wrong;
      const within = bounds ? ` within ${bounds[i]}` : '';
      const more = `${wrong.length} of ${expected.length} are wrong`;
      return mismatch(
        name,
        `${dtype}[${shape}] at ${i}: ${got[i]}, expected ${expected[i]}${within}; ${more}`,
      );
    }
  }
  return { counts };
}

/** Without a bound to the bit (but for NaN); a bound that is NaN holds nothing to anything. */
function agrees(want, got, bound) {
  if (Object.is(want, got) || Number.isNaN(bound)) return true;
  return bound !== undefined && (want === got || Math.abs(Number(got) - Number(want)) <= bound);
}

function mismatch(output, message) {
  return { code: 'mismatch', output, message: `${output} ${message}` };
}
