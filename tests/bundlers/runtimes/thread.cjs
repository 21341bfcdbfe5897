// SPDX-License-Identifier: Apache-2.0
// Resolves when a worker of WebHLO says that it is up: a thread that never comes goes unnoticed else.
const threads = process.getBuiltinModule("node:worker_threads");

exports.threadLoaded = new Promise((resolve, reject) => {
  // Also what keeps the process: it does not wait for workers that are idle.
  const timer = setTimeout(reject, 30_000, new Error("no thread came up"));
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args);
      this.on("message", ({ cmd }) => {
        if (cmd !== 3) return;
        clearTimeout(timer);
        resolve();
      });
    }
  };
});
