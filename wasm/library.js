// SPDX-License-Identifier: Apache-2.0
// What of Emscripten's library is replaced.
addToLibrary({
  // Embind knows wide strings, which no binding of ours uses; their decoder takes an engine some
  // milliseconds to make.
  _embind_register_std_wstring: (rawType, charSize, name) => {},
  _embind_register_std_wstring__deps: [],
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
