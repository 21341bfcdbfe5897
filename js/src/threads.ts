// SPDX-License-Identifier: Apache-2.0
// Threads: how many a model gets, and the workers that host them, in pages and in Node alike.

import { messageOf } from './errors.js';
import { threads as threadFiles } from './files.js';
import { tell } from './log.js';
import type { LogLevel } from './log.js';
import type { GlueWorker } from './native.js';
import { isNode, nodeModule } from './sources.js';
import type { SimdLevel } from './variants.js';

/** Workers that were started to see whether they can be, and that no model has taken yet. */
const spare = new Map<SimdLevel, GlueWorker>();

/** How many threads a model gets. When they are fewer than could be, it says once why. */
export function chooseThreads(
  wanted: number | undefined,
  level: SimdLevel,
  log: LogLevel | undefined,
): number {
  const threads = wanted ?? Math.min(processors(), 8);
  if (threads === 1) return 1;
  const refused = threadsRefused(level, log);
  if (refused === undefined) return threads;
  tell('info', `WebHLO runs on one thread: ${refused}.`, log);
  return 1;
}

/** Why threads cannot be used here, or undefined when they can. */
function threadsRefused(level: SimdLevel, log: LogLevel | undefined): string | undefined {
  if (typeof SharedArrayBuffer !== 'function' || (!isNode && !globalThis.crossOriginIsolated)) {
    return 'this page is not cross-origin isolated';
  }
  try {
    if (!spare.has(level)) spare.set(level, newWorker(level, log));
    return undefined;
  } catch (error) {
    return `no worker can be started (${messageOf(error)})`;
  }
}

/** A worker for Emscripten's glue. */
export function startWorker(level: SimdLevel, log: LogLevel | undefined): GlueWorker {
  const worker = spare.get(level) ?? newWorker(level, log);
  spare.delete(level);
  return worker;
}

function newWorker(level: SimdLevel, log: LogLevel | undefined): GlueWorker {
  // The pool does without: a thread that never comes claims no work.
  const failed = (why: string) => {
    tell('info', `WebHLO lacks a thread: ${why}`, log);
  };
  const files = threadFiles[level];
  return isNode ? nodeWorker(files.url(), failed) : pageWorker(files.start(), failed);
}

function pageWorker(worker: Worker, failed: (why: string) => void): GlueWorker {
  const face: GlueWorker = {
    postMessage: (message, transfer) => {
      worker.postMessage(message, transfer ?? []);
    },
    terminate: () => {
      worker.terminate();
    },
  };
  worker.onmessage = ({ data }) => face.onmessage?.({ data });
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message || 'its file cannot be loaded');
  };
  return face;
}

export function nodeWorker(url: URL, failed: (why: string) => void): GlueWorker {
  const { Worker } = nodeModule('node:worker_threads');
  // Not with the options of this process: a worker refuses some, such as --input-type.
  const worker = new Worker(url, { execArgv: [] });
  const face: GlueWorker = {
    postMessage: (message) => {
      worker.postMessage(message);
    },
    terminate: () => {
      void worker.terminate();
    },
  };
  worker.on('message', (data: unknown) => face.onmessage?.({ data }));
  worker.on('error', (error) => {
    failed(messageOf(error));
  });
  // A process need not wait for its idle threads.
  worker.unref();
  return face;
}

function processors(): number {
  return isNode ? nodeModule('node:os').availableParallelism() : navigator.hardwareConcurrency || 1;
}
