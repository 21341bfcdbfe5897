// SPDX-License-Identifier: Apache-2.0
// Resolves when a worker of WebHLO says that it is up: a thread that never comes goes unnoticed else.
const threads = process.getBuiltinModule("node:worker_threads");

exports.threadLoaded = new Promise((resolve) => {
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args);
      this.on("message", ({ cmd }) => cmd === 3 && resolve());
    }
  };
});
