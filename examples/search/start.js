// SPDX-License-Identifier: Apache-2.0
// Begins the page once its service worker sees what it fetches, so that the first visit is enough for one without a
// network. Where there can be no service worker, the page does without.

const { serviceWorker } = navigator;

async function keepFiles() {
  const { installing, active } = await serviceWorker.register("sw.js");
  if (active || !installing) return;
  await new Promise((done) => {
    installing.addEventListener("statechange", () => {
      if (["activated", "redundant"].includes(installing.state)) done();
    });
  });
}

try {
  if (serviceWorker) await keepFiles();
} catch (error) {
  console.warn("Not kept for offline use:", error);
}
await import("./app.js");
