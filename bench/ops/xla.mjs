// SPDX-License-Identifier: Apache-2.0
// XLA:CPU as a contender: a Python process (xla.py) that answers lines of JSON. It lives as long as it
// can, since importing JAX takes seconds; a program that kills it gets another one.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = join(fileURLToPath(new URL('.', import.meta.url)), 'xla.py');
export class Xla {
  #python;
  #process;

  constructor(python) {
    this.#python = python;
  }

  #start() {
    const child = spawn(this.#python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-2000)));
    child.stdin.on('error', () => {}); // It ended; `ended` tells how.
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => {
        const last = complaint.trim().split('\n').pop();
        resolve(signal ? `process ended: ${signal}` : last || `process ended: ${code}`);
      });
    }).then((failure) => {
      this.#process = undefined;
      return { failure };
    });
    this.#process = { child, lines, ended };
  }

  async call(name, options) {
    if (!this.#process) this.#start();
    const { child, lines, ended } = this.#process;
    child.stdin.write(`${JSON.stringify({ call: name, options })}\n`);
    const answer = lines.next().then(({ value, done }) => (done ? ended : JSON.parse(value)));
    const { result, failure } = await Promise.race([answer, ended]);
    if (failure) throw new Error(failure);
    return result;
  }

  /** The end of one program; the process stays for the next. */
  async close() {}

  end() {
    this.#process?.child.kill();
  }
}
