// SPDX-License-Identifier: Apache-2.0
// Runs units on wasm instances, in a child process (worker.mjs) or a page (page.html): an importer, which
// reads programs and runs those that check themselves, and a runner of programs with values. They may be one.

import { callHost, HostFunctions } from '../../js/dist/custom_calls.js';
import { dtypeInfo, elementCount } from '../../js/dist/dtype.js';
import { WebHLOError } from '../../js/dist/errors.js';
import { errorOf } from './factors.mjs';
import { refined, someValues } from './refine.mjs';
import { difference, parseSafetensors } from './values.mjs';

const retireBytes = 2 ** 30;
// In flags.
const reference = 2;
const notation = 4;
// In units of the last place, of factors that are not unique.
const factorTolerance = 100;
// What programs that leave sizes free are run with.
const freeSizes = [8, 5];
let importer, runner, flags, read;

/** Before the first unit: the two instances, a Session's flags, and read(path), which promises bytes. */
export function prepare(given) {
  ({ importer, runner, flags, read } = given);
}

/** The cases of a unit; `last` asks to be replaced, after a trap or when an instance has grown large. */
export async function judge(unit) {
  let cases;
  let trapped = false;
  try {
    cases = unit.values ? [await runValues(unit)] : await checkProgram(unit);
  } catch (error) {
    trapped = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    const told = error instanceof Failure || error instanceof WebHLOError;
    const code = told ? error.code : trapped ? 'crash' : 'internal';
    cases = [{ case: '', ok: false, code, message: error.message }];
  }
  const isLarge = [importer, runner].some(
    ({ wasmMemory }) => wasmMemory.buffer.byteLength > retireBytes,
  );
  return { cases, last: trapped || isLarge };
}

class Failure extends Error {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

function check(error) {
  if (error !== '') throw new Failure(JSON.parse(error));
}

const basename = (path) => path.replace(/^.*\//, '');

/** Lends `use` the bytes in an instance's memory. */
function withBytes(instance, bytes, use) {
  const pointer = instance.malloc(bytes.length, 'the case');
  instance.bytes(pointer, bytes.length).set(bytes);
  try {
    return use(pointer, bytes.length);
  } finally {
    instance.module._free(pointer);
  }
}

/**
 * Every function with check.expect_*; without any: import, verify, print, parse back, compare, and where
 * it leaves sizes free also run it at some.
 */
async function checkProgram({ path, text, twin }) {
  const bytes = text === undefined ? await read(path) : new TextEncoder().encode(text);
  if (!twin) {
    const cases = verdicts(bytes, basename(path), flags);
    const isRoundTrip = cases.length === 1 && cases[0].case === 'round trip' && cases[0].ok;
    if (text !== undefined && isRoundTrip)
      for (const size of freeSizes) await runRefined(basename(path), text, size);
    return cases;
  }
  const [verdict] = verdicts(bytes, basename(path), notation);
  const [other] = verdicts(await read(twin), basename(twin), notation);
  const failed = [verdict, other].find(({ ok }) => !ok);
  if (failed) return [failed];
  if (verdict.text === other.text) return [{ case: '', ok: true }];
  const lines = other.text.split('\n');
  const at = verdict.text.split('\n').findIndex((line, i) => line !== lines[i]);
  throw mismatch(`line ${at + 1} is ${verdict.text.split('\n')[at]}, its twin's ${lines[at]}`);
}

function verdicts(bytes, name, how) {
  return withBytes(importer, bytes, (pointer, size) =>
    JSON.parse(importer.module.checkProgram(pointer, size, name, how, importer.threads)),
  );
}

/** Made static with this size, a program computes what the reference engine computes. */
async function runRefined(name, text, size) {
  const program = refined(text, size);
  if (program === undefined) return;
  const bytes = new TextEncoder().encode(program);
  const run = (engine) =>
    withSession(engine, name, bytes, (session, { inputs, results }, functions) => {
      for (const [i, port] of inputs.entries()) {
        const bytes = someValues(port.dtype, elementCount(port.shape), 5 * i);
        runner.bytes(session.inputPointer(0, i), bytes.length).set(bytes);
      }
      start(session, functions);
      return results.map((port, i) => ({
        dtype: port.dtype,
        bytes: runner.bytes(session.outputPointer(0, i), byteLength(port)).slice(),
      }));
    });
  const expected = await run(flags | reference);
  for (const [i, { dtype, bytes }] of (await run(flags)).entries()) {
    const message = difference(dtype, expected[i].bytes, bytes);
    if (message) throw mismatch(`with ${size} for each free size, result ${i}: ${message}`);
  }
}

/**
 * Lends `use` a session of one program that may be started, the program's ports, and what it calls. It
 * comes into the session as .whlo bytes, as with load().
 */
async function withSession(engine, name, bytes, use) {
  const session = new runner.module.Session(runner.threads, engine);
  try {
    addProgram(session, name, bytes);
    session.bind();
    if (session.proceed(-1, -1) !== 0) check(session.lastError());
    check(session.finish());
    const [program] = JSON.parse(session.describe()).programs;
    return use(session, program, await HostFunctions.find(program.calls, {}));
  } finally {
    session.delete();
  }
}

function addProgram(session, name, bytes) {
  const reader = new importer.module.Importer(1, 0);
  try {
    withBytes(importer, bytes, (pointer, size) => {
      check(reader.addProgram('main', pointer, size, name));
    });
    check(reader.writeWhlo(0));
    const whlo = importer.bytes(reader.whloPointer(), reader.whloSize()).slice();
    withBytes(runner, whlo, (pointer, size) => check(session.addWhlo(pointer, size)));
  } finally {
    reader.delete();
  }
}

/** Runs; answers the factors on the way that are not unique, but are such. */
function start(session, functions) {
  const factors = [];
  let state = session.start(0, -1);
  for (; state === 2; state = session.advance(-1)) {
    const text = session.hostCall();
    const { target, attributes, inputs, outputs } = JSON.parse(text);
    const given = inputs.map(({ ptr, dtype, shape }) => {
      const info = dtypeInfo(dtype);
      return { dtype, shape, data: runner.copy(ptr, info, elementCount(shape) * info.slots) };
    });
    const { answer, write } = callHost(runner, functions, text);
    write(answer);
    const answers = outputs.map((port, i) => ({ ...port, data: answer[i] }));
    if (errorOf(target, given[0], attributes, answers) < factorTolerance) factors.push(...answers);
  }
  if (state !== 0) check(session.lastError());
  return factors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** Runs a program on in.* and compares its results with out.*. */
async function runValues({ path, values, row }) {
  const tensors = parseSafetensors(await read(values));
  return withSession(flags, basename(path), await read(path), (session, program, functions) => {
    const results = feed(session, program, tensors, row);
    const factors = start(session, functions);
    const tolerances = row?.tolerance.split(',') ?? [];
    for (const [i, port] of results.entries()) {
      const expected = tensors[`out.${i}`];
      if (!expected) throw mismatch(`${results.length} results, expected ${i}`);
      const got = runner.bytes(session.outputPointer(0, i), byteLength(port));
      const message = difference(expected.dtype, expected.bytes, got, tolerances[i]);
      // Without a tolerance of its own a result may be any factor that is as good.
      if (message && (row || !factors.some((factor) => isSame(factor, got))))
        throw mismatch(`result ${i}: ${message}`);
    }
    if (`out.${results.length}` in tensors)
      throw mismatch(`${results.length} results, expected more`);
    return { case: '', ok: true };
  });
}

function byteLength({ dtype, shape }) {
  return elementCount(shape) * dtypeInfo(dtype).bytes;
}

function isSame(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function mismatch(message) {
  return new Failure({ code: 'mismatch', message });
}

/**
 * Fills the inputs and answers the results as they will be. in.i counts the exported function's flat
 * arguments; `main` has those that kept_in lists.
 */
function feed(session, { inputs, results }, tensors, row) {
  const given = Object.keys(tensors).filter((key) => key.startsWith('in.')).length;
  const kept = row?.kept_in === '-' ? [] : row?.kept_in?.split(',').map(Number);
  const indices = kept && inputs.length !== given ? kept : [...Array(given).keys()];
  if (inputs.length !== indices.length)
    throw mismatch(`${inputs.length} inputs, expected ${indices.length}`);
  const bind = (port, i) => ({ ...port, shape: tensors[`in.${indices[i]}`].shape });
  const free = inputs.some((port) => port.shape.includes(null));
  const ports = free ? inputs.map(bind) : inputs;
  if (free) {
    const shapes = ports.map((port) => port.shape.join('x')).join(',');
    if (session.specialize(0, shapes, -1, -1) !== 0) check(session.lastError());
  }
  for (const [i, port] of ports.entries()) {
    const { bytes } = tensors[`in.${indices[i]}`];
    if (bytes.length !== byteLength(port)) {
      throw mismatch(
        `input ${i}: ${byteLength(port)} bytes (${port.dtype} [${port.shape}]), expected ${bytes.length}`,
      );
    }
    runner.bytes(session.inputPointer(0, i), bytes.length).set(bytes);
  }
  if (!free) return results;
  const shapes = JSON.parse(session.resultShapes(0));
  return results.map((port, i) => ({ ...port, shape: shapes[i] }));
}
