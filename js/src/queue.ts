// SPDX-License-Identifier: Apache-2.0
// Queue: all programs of a model share one instance, so one run is under way at a time.

import { cancelled } from './patience.js';

/** Runs one after the other, in the order of the calls. */
export class Queue {
  #length = 0;
  #tail: Promise<unknown> = Promise.resolve();

  get idle(): boolean {
    return this.#length === 0;
  }

  /** A run that is under way already and will end with `promise`. */
  hold<T>(promise: Promise<T>): Promise<T> {
    this.#length++;
    this.#tail = promise.catch(() => undefined);
    return promise.finally(() => this.#length--);
  }

  add<T>(signal: AbortSignal | undefined, start: () => Promise<T>): Promise<T> {
    if (!signal) return this.hold(this.#tail.then(start));
    return new Promise<T>((resolve, reject) => {
      // A run that still waits is rejected at once; one under way when it has really stopped.
      const abort = () => {
        reject(cancelled(signal));
      };
      signal.addEventListener('abort', abort, { once: true });
      const turn = this.#tail.then(() => {
        signal.removeEventListener('abort', abort);
        if (signal.aborted) throw cancelled(signal);
        return start();
      });
      this.hold(turn).then(resolve, reject);
    });
  }
}
