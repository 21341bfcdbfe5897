// SPDX-License-Identifier: Apache-2.0
// Runs units, one a message, on one wasm instance, and answers their cases; `last` asks to be replaced,
// after a trap or when the instance has grown large.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { dtypeInfo, elementCount } from '../../js/dist/dtype.js';
import { Instance } from '../../js/dist/instance.js';
import { split } from './cases.mjs';
import { difference, parseSafetensors } from './values.mjs';

const retireBytes = 2 ** 30;
const notation = 4;
const [flags, threads] = process.argv.slice(2).map(Number);
const instance = await Instance.create({ threads, flags });

process.on('message', (unit) => {
  let cases;
  let trapped = false;
  try {
    cases = unit.values ? [runValues(unit)] : checkProgram(unit);
  } catch (error) {
    trapped = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    const code = error instanceof Failure ? error.code : trapped ? 'crash' : 'internal';
    cases = [{ case: '', ok: false, code, message: error.message }];
  }
  process.send({ cases, last: trapped || instance.wasmMemory.buffer.byteLength > retireBytes });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });

class Failure extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

function check(error) {
  if (error !== '') throw new Failure(JSON.parse(error));
}

/** Lends `use` the bytes in wasm memory. */
function withBytes(bytes, use) {
  const pointer = instance.malloc(bytes.length, 'the case');
  instance.bytes(pointer, bytes.length).set(bytes);
  try {
    return use(pointer, bytes.length);
  } finally {
    instance.module._free(pointer);
  }
}

/** Every function with check.expect_*; without any: import, verify, print, parse back, compare. */
function checkProgram({ path, piece, twin }) {
  const file = readFileSync(path);
  const bytes = piece === undefined ? file : Buffer.from(split(file.toString())[piece]);
  if (!twin) return verdicts(bytes, basename(path), flags);
  const [verdict] = verdicts(bytes, basename(path), notation);
  const [other] = verdicts(readFileSync(twin), basename(twin), notation);
  const failed = [verdict, other].find(({ ok }) => !ok);
  if (failed) return [failed];
  if (verdict.text === other.text) return [{ case: '', ok: true }];
  const lines = other.text.split('\n');
  const at = verdict.text.split('\n').findIndex((line, i) => line !== lines[i]);
  throw mismatch(`line ${at + 1} is ${verdict.text.split('\n')[at]}, its twin's ${lines[at]}`);
}

function verdicts(bytes, name, how) {
  return withBytes(bytes, (pointer, size) =>
    JSON.parse(instance.module.checkProgram(pointer, size, name, how, threads)),
  );
}

/** Runs a program on in.* and compares its results with out.*. */
function runValues({ path, values, row }) {
  const tensors = parseSafetensors(readFileSync(values));
  const session = new instance.module.Session(threads, flags);
  try {
    withBytes(readFileSync(path), (pointer, size) => {
      check(session.addProgram('main', pointer, size, basename(path)));
    });
    session.bind();
    if (session.proceed(-1, -1) !== 0) check(session.lastError());
    check(session.finish());
    const [program] = JSON.parse(session.describe()).programs;
    feed(session, program.inputs, tensors, row);
    const state = session.start(0, -1);
    if (state === 2)
      throw new Failure({
        code: 'unsupported',
        message: `custom_call @${JSON.parse(session.hostCall()).target}`,
      });
    if (state !== 0) check(session.lastError());
    const tolerances = row?.tolerance.split(',') ?? [];
    for (const [i, port] of program.results.entries()) {
      const expected = tensors[`out.${i}`];
      if (!expected) throw mismatch(`${program.results.length} results, expected ${i}`);
      const got = instance.bytes(session.outputPointer(0, i), byteLength(port));
      const message = difference(expected.dtype, expected.bytes, got, tolerances[i]);
      if (message) throw mismatch(`result ${i}: ${message}`);
    }
    if (`out.${program.results.length}` in tensors)
      throw mismatch(`${program.results.length} results, expected more`);
    return { case: '', ok: true };
  } finally {
    session.delete();
  }
}

function byteLength({ dtype, shape }) {
  return elementCount(shape) * dtypeInfo(dtype).bytes;
}

function mismatch(message) {
  return new Failure({ code: 'mismatch', message });
}

/** in.i counts the exported function's flat arguments; `main` has those that kept_in lists. */
function feed(session, ports, tensors, row) {
  const given = Object.keys(tensors).filter((key) => key.startsWith('in.')).length;
  const kept = row?.kept_in === '-' ? [] : row?.kept_in?.split(',').map(Number);
  const indices = kept && ports.length !== given ? kept : [...Array(given).keys()];
  if (ports.length !== indices.length)
    throw mismatch(`${ports.length} inputs, expected ${indices.length}`);
  for (const [i, port] of ports.entries()) {
    const { bytes } = tensors[`in.${indices[i]}`];
    if (bytes.length !== byteLength(port)) {
      throw mismatch(
        `input ${i}: ${byteLength(port)} bytes (${port.dtype} [${port.shape}]), expected ${bytes.length}`,
      );
    }
    instance.bytes(session.inputPointer(0, i), bytes.length).set(bytes);
  }
}
