// SPDX-License-Identifier: Apache-2.0
// The headers under which browsers allow threads.

const isolation = [
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Embedder-Policy", value: "require-corp" },
];

export default {
  headers: () => [{ source: "/:path*", headers: isolation }],
};
