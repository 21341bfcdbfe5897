// SPDX-License-Identifier: Apache-2.0
// The worker of one thread: what Emscripten's glue looks for in a page's worker, then the glue itself.
globalThis.name = 'em-pthread';
globalThis.self ??= globalThis;
globalThis.WorkerGlobalScope ??= Object;
// In Node, Deno and Bun messages come by a port.
const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort;
if (port) {
  globalThis.postMessage = (message) => port.postMessage(message);
  port.on('message', (data) => globalThis.onmessage({ data }));
}
