// SPDX-License-Identifier: Apache-2.0
// Runs units, one a message, on one wasm instance, and answers their cases; `last` asks to be replaced,
// after a trap or when the instance has grown large. The instance is an importer with the kernels of
// relaxed SIMD, and with threads if they are asked for: the package's has neither.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { callHost, HostFunctions } from '../../js/dist/custom_calls.js';
import { dtypeInfo, elementCount } from '../../js/dist/dtype.js';
import { WebHLOError } from '../../js/dist/errors.js';
import { Instance } from '../../js/dist/instance.js';
import { nodeWorker } from '../../js/dist/threads.js';
import { split } from './cases.mjs';
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
const [flags, threads] = process.argv.slice(2).map(Number);
const instance = await createInstance();

process.on('message', async (unit) => {
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
  process.send({ cases, last: trapped || instance.wasmMemory.buffer.byteLength > retireBytes });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });

async function createInstance() {
  const preset = threads > 1 ? 'wasm-relaxed-threads' : 'wasm-relaxed';
  const built = (file) => new URL(`../../build/${preset}/wasm/webhlo-importer${file}`, import.meta.url);
  const { default: create } = await import(built('.mjs'));
  const module = await WebAssembly.compile(readFileSync(built('.wasm')));
  return Instance.of({ name: 'importer', module, create }, threads, { flags }, () =>
    nodeWorker(built('-worker.mjs')),
  );
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

/**
 * Every function with check.expect_*; without any: import, verify, print, parse back, compare, and where
 * it leaves sizes free also run it at some.
 */
async function checkProgram({ path, piece, twin }) {
  const file = readFileSync(path);
  const bytes = piece === undefined ? file : Buffer.from(split(file.toString())[piece]);
  if (!twin) {
    const cases = verdicts(bytes, basename(path), flags);
    const isRoundTrip = cases.length === 1 && cases[0].case === 'round trip' && cases[0].ok;
    if (piece !== undefined && isRoundTrip)
      for (const size of freeSizes) await runRefined(basename(path), bytes.toString(), size);
    return cases;
  }
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

/** Made static with this size, a program computes what the reference engine computes. */
async function runRefined(name, text, size) {
  const program = refined(text, size);
  if (program === undefined) return;
  const run = (engine) =>
    withSession(engine, name, Buffer.from(program), (session, { inputs, results }, functions) => {
      for (const [i, port] of inputs.entries()) {
        const bytes = someValues(port.dtype, elementCount(port.shape), 5 * i);
        instance.bytes(session.inputPointer(0, i), bytes.length).set(bytes);
      }
      start(session, functions);
      return results.map((port, i) => ({
        dtype: port.dtype,
        bytes: instance.bytes(session.outputPointer(0, i), byteLength(port)).slice(),
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
  const session = new instance.module.Session(threads, engine);
  try {
    addProgram(session, name, bytes);
    session.bind();
    if (session.proceed(-1, -1) !== 0) check(session.lastError());
    check(session.finish());
    const [program] = JSON.parse(session.describe()).programs;
    return use(session, program, await HostFunctions.find(program.calls));
  } finally {
    session.delete();
  }
}

function addProgram(session, name, bytes) {
  const importer = new instance.module.Importer(1, 0);
  try {
    withBytes(bytes, (pointer, size) => {
      check(importer.addProgram('main', pointer, size, name));
    });
    check(importer.writeWhlo());
    check(session.addWhlo(importer.whloPointer(), importer.whloSize()));
  } finally {
    importer.delete();
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
      return { dtype, shape, data: instance.copy(ptr, info, elementCount(shape) * info.slots) };
    });
    const { answer, write } = callHost(instance, functions, text);
    write(answer);
    const answers = outputs.map((port, i) => ({ ...port, data: answer[i] }));
    if (errorOf(target, given[0], attributes, answers) < factorTolerance) factors.push(...answers);
  }
  if (state !== 0) check(session.lastError());
  return factors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}

/** Runs a program on in.* and compares its results with out.*. */
function runValues({ path, values, row }) {
  const tensors = parseSafetensors(readFileSync(values));
  return withSession(flags, basename(path), readFileSync(path), (session, program, functions) => {
    const results = feed(session, program, tensors, row);
    const factors = start(session, functions);
    const tolerances = row?.tolerance.split(',') ?? [];
    for (const [i, port] of results.entries()) {
      const expected = tensors[`out.${i}`];
      if (!expected) throw mismatch(`${results.length} results, expected ${i}`);
      const got = instance.bytes(session.outputPointer(0, i), byteLength(port));
      const message = difference(expected.dtype, expected.bytes, got, tolerances[i]);
      // Without a tolerance of its own a result may be any factor that is as good.
      if (message && (row || !factors.some((factor) => factor.equals(got))))
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
    instance.bytes(session.inputPointer(0, i), bytes.length).set(bytes);
  }
  if (!free) return results;
  const shapes = JSON.parse(session.resultShapes(0));
  return results.map((port, i) => ({ ...port, shape: shapes[i] }));
}
