// SPDX-License-Identifier: Apache-2.0
// What of Emscripten's library is replaced.
addToLibrary({
  // Embind knows wide strings, which no binding of ours uses; their decoder takes an engine some
  // milliseconds to make.
  _embind_register_std_wstring: (rawType, charSize, name) => {},
  _embind_register_std_wstring__deps: [],
  // Threads' mailboxes: each waits for messages with an Atomics.waitAsync, whose promise lives as long
  // as the page does and holds the whole memory. What little is sent comes by postMessage instead.
  _emscripten_thread_mailbox_await: (thread) => {},
  _emscripten_thread_mailbox_await__deps: [],
});

#if PTHREADS
// The package's loader starts the workers: bundlers must find their file there, and Node's are made
// otherwise than a page's.
if (!LibraryManager.library.$PThread?.allocateUnusedWorker) {
  error('PThread.allocateUnusedWorker, which library.js replaces, is gone');
}
LibraryManager.library.$PThread.allocateUnusedWorker = () => {
  const worker = Module['startWorker']();
  PThread.unusedWorkers.push(worker);
  return worker;
};
#endif
