// SPDX-License-Identifier: Apache-2.0
// Patience: how long a caller waits for a load or a run, until a signal fires or a deadline passes, and
// the turns that the event loop gets meanwhile: without them no signal fires.

import { WebHLOError } from './errors.js';

/** An event loop that waits longer than this makes a page stutter. */
const turnMs = 10;
/** What is copied between two looks at the clock: some milliseconds, into pages that are new. */
export const copyBytes = 4 * 2 ** 20;
/** What timers can wait; longer (24 days) is as good as for ever. */
const longestTimer = 2 ** 31;

export class Patience {
  /** Of whoever waits as long as it takes. */
  static readonly endless = new Patience();

  readonly #end: number;
  #lastTurn: number;

  constructor(
    readonly signal?: AbortSignal,
    private readonly deadline = Infinity,
  ) {
    this.#lastTurn = performance.now();
    this.#end = this.#lastTurn + deadline;
  }

  /** Milliseconds until the deadline; Infinity when there is none. */
  get left(): number {
    return this.#end - performance.now();
  }

  /** The same as native calls take it: negative when there is no deadline. */
  get budget(): number {
    return this.#end === Infinity ? -1 : Math.max(this.left, 0);
  }

  /** Throws when nobody waits any more. */
  check(): void {
    if (this.signal?.aborted || (this.#end !== Infinity && this.left <= 0)) throw this.#over();
  }

  #over(): WebHLOError {
    return this.signal?.aborted ? cancelled(this.signal) : deadlinePassed(this.deadline);
  }

  /** What the promise answers, unless nobody waits so long. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const { signal, left } = this;
    if (!signal && left === Infinity) return promise;
    promise.catch(() => undefined); // It may fail when nobody waits for it any more.
    let stop: () => void = () => undefined;
    const over = new Promise<never>((_, reject) => {
      stop = () => {
        reject(this.#over());
      };
    });
    const timer = left < longestTimer ? setTimeout(stop, Math.max(left, 0)) : undefined;
    signal?.addEventListener('abort', stop);
    try {
      this.check();
      return await Promise.race([promise, over]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** For loops of little work: a turn of the event loop when it had none for a while, and a check. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastTurn >= turnMs) {
      await nextTurn();
      this.#lastTurn = performance.now();
    }
    this.check();
  }
}

export function cancelled(signal: AbortSignal): WebHLOError {
  return new WebHLOError('cancelled', 'cancelled by its signal', { cause: signal.reason });
}

function deadlinePassed(deadline: number): WebHLOError {
  return new WebHLOError('cancelled', `the deadline of ${deadline} ms has passed`);
}

/** Lets the event loop handle what is waiting: input, timers, messages. */
export const nextTurn: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => setImmediate(resolve))
    : turnByMessage;

// Kept for all turns: to make a channel takes a page as long as a turn should.
let port: MessagePort | undefined;
const waiting: (() => void)[] = [];

function turnByMessage(): Promise<void> {
  if (!port) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => waiting.shift()?.();
    port = port2;
  }
  port.postMessage(undefined);
  return new Promise((resolve) => waiting.push(resolve));
}
