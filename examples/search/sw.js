// SPDX-License-Identifier: Apache-2.0
// Serves the page from the network, and without one from what was fetched last, headers included, so that an isolated
// page stays isolated. The model is kept by `load(..., { cache: true })`.

const own = "webhlo-search";
const first = [
  "./",
  "start.js",
  "page.css",
  "search.css",
  "icon.svg",
  "model/python.json",
  "model/proverbs.json",
];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(own).then((cache) => cache.addAll(first)));
});
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (pathname.endsWith(".whlo")) return;
  event.respondWith(answer(event));
});

async function answer(event) {
  const cache = await caches.open(own);
  try {
    const response = await fetch(event.request);
    if (response.status === 200) {
      event.waitUntil(cache.put(event.request, response.clone()));
    }
    return response;
  } catch {
    return (await cache.match(event.request)) ?? Response.error();
  }
}
