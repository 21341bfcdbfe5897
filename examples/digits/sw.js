// SPDX-License-Identifier: Apache-2.0
// Serves the page from the network, and without one from what the last visit used. The page names the
// files, so only the wasm variant that this browser runs is kept. Headers are kept with them, so an
// isolated page stays isolated offline.

const cacheName = "webhlo-digits";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(event.data.files))
      .then(
        () => port.postMessage("kept"),
        (error) => port.postMessage(String(error)),
      ),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.location.origin))
    return;
  event.respondWith(
    fetch(request).catch(
      async () => (await caches.match(request.url)) ?? Response.error(),
    ),
  );
});
