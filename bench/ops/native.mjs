// SPDX-License-Identifier: Apache-2.0
// WebHLO's C++ compiled for this machine as a contender: a process of native.cc for each program.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dtypeInfo } from '../../js/dist/dtype.js';
import { Tensor } from '../../js/dist/index.js';
import { errorOf } from '../contender.mjs';
import { answerOf, stepsOf } from '../runtimes/op-webhlo.mjs';
import { parseSafetensors } from '../safetensors.mjs';

const built = new URL('../../build/native-release/bench/ops/native_op', import.meta.url);

export class Native {
  #process;

  /** `folder` has program.mlir and io.safetensors. */
  constructor(folder) {
    this.folder = folder;
  }

  async call(name, options) {
    if (name === 'open') return this.#open(options.model);
    this.#process.child.stdin.write(`${options.milliseconds}\n`);
    return this.#answer();
  }

  async #open(model) {
    const file = (name) => join(this.folder, name);
    const io = parseSafetensors(readFileSync(file('io.safetensors')));
    const operands = model.types.map((_, i) => io[`in.${i}`].data);
    writeFileSync(file('operands'), Buffer.concat(operands.map(({ buffer }) => new Uint8Array(buffer))));
    const files = ['program.mlir', 'operands', 'results'].map(file);
    const child = spawn(fileURLToPath(built), [...files, ...model.weights.map(String)]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on('error', () => {}); // It ended, and with it the lines.
    child.on('error', () => {});
    this.#process = { child, lines };

    const { plan, results, ...figures } = await this.#answer();
    const { buffer } = new Uint8Array(readFileSync(file('results')));
    const outputs = {};
    let at = 0;
    for (const [i, { dtype, shape }] of results.entries()) {
      const info = dtypeInfo(dtype);
      const size = shape.reduce((a, b) => a * b, info.bytes);
      const data = new info.array(buffer.slice(at, (at += size)));
      outputs[i] = answerOf(new Tensor(data, { dtype, shape }));
    }
    return { ...figures, error: errorOf(io, outputs, model.tolerance), steps: stepsOf(plan) };
  }

  async #answer() {
    const { value, done } = await this.#process.lines.next();
    if (done) throw new Error('the process ended');
    const { result, failure } = JSON.parse(value);
    if (failure) throw new Error(failure);
    return result;
  }

  async close() {
    this.#process?.child.kill('SIGKILL');
  }
}
