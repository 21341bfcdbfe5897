# SPDX-License-Identifier: Apache-2.0
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "digits.whlo", data = embed "node_modules/webhlo/digits.whlo"),
    (name = "webhlo/index.js", esModule = embed "node_modules/webhlo/dist/index.js"),
    (name = "webhlo/webhlo-relaxed.mjs",
     esModule = embed "node_modules/webhlo/dist/webhlo-relaxed.mjs"),
    (name = "webhlo/webhlo-relaxed.wasm", wasm = embed "node_modules/webhlo/dist/webhlo-relaxed.wasm"),
  ],
);
