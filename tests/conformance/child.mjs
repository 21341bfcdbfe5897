// SPDX-License-Identifier: Apache-2.0
// Child processes that answer one message at a time; a crash or a hang costs the message only.

import { fork } from 'node:child_process';

const startSeconds = 60;

/** Forks `script`, which sends { ready } once it takes messages. */
export async function start(script, args = []) {
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-4000)));
  child.on('error', () => {}); // A message to a dead child; its exit is told by ask().
  const answer = await ask(child, () => {}, startSeconds);
  if (!answer.ready) {
    child.kill('SIGKILL');
    throw new Error(`the runtime does not start: ${answer.message}\n${complaint}`);
  }
  return child;
}

/** The child's next message, or { code, message } when it ends or `seconds` pass first. */
export function ask(child, send, seconds) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      clearTimeout(timer);
      child.off('message', finish).off('exit', ended);
      resolve(answer);
    };
    const ended = (code, signal) =>
      finish({ code: 'crash', message: `the process ended: ${signal ?? `status ${code}`}` });
    const timer = setTimeout(
      () => finish({ code: 'hang', message: `no answer in ${seconds} s` }),
      seconds * 1000,
    );
    child.on('message', finish).on('exit', ended);
    if (child.exitCode !== null || child.signalCode !== null)
      ended(child.exitCode, child.signalCode);
    else send();
  });
}
