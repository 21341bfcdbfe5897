// SPDX-License-Identifier: Apache-2.0
// docs/bundlers.md, out of what the tests here try. `node tests/bundlers/table.mjs --write` rewrites
// it; a test checks that it is current.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { versionOf } from "./harness.mjs";
import { pages, programs } from "./tools.mjs";

const setup = readFileSync(
  new URL("../../cmake/setup.sh", import.meta.url),
  "utf8",
);
export const file = fileURLToPath(
  new URL("../../docs/bundlers.md", import.meta.url),
);

export function text() {
  const table = (head, rows) =>
    [head, head.map(() => "---"), ...rows]
      .map((row) => `| ${row.join(" | ")} |`)
      .join("\n");
  const page = (tool) => [tool.name, versionOf(tool), tool.needs ?? "nothing"];
  const version = (tool) =>
    tool.tool
      ? versionOf(tool)
      : new RegExp(`\\[${tool.major}\\]=([\\d.]+)`).exec(setup)[1];
  const program = (tool) => [tool.name, version(tool)];
  return `# Bundlers

\`npm install webhlo\` and \`import { load } from 'webhlo'\` are all that most tools need. They find the wasm files, the
workers of threads, and \`webhlo/digits.js\`, the example of the README, by \`new URL('./file', import.meta.url)\`.
\`./dev test bundlers\` builds a page with each of these from the packed package and visits it in Chromium: with the
headers of cross-origin isolation it runs on two threads, without them on one.

${table(["page built with", "version", "beside \`npm install\` it needs"], pages.map(page))}

A route on the server is one that runs a model in Node. webpack gives Next's server the addresses by which pages load the
package's files, and those are no files; left out of the bundle, the package finds its own.

${table(["program", "version"], programs.map(program))}

The types hold under \`strict\`, with \`moduleResolution\` \`bundler\` and \`node16\` (\`tests/js/package.test.mjs\`).

A page on several threads loads Emscripten's glue twice, 15 KB gzipped: once for itself and once as the file of its workers,
which is whole. One that imports the page's glue would not do. webpack and Turbopack copy it as it is for servers, away from
what it imports; Vite bundles a worker with all that it imports, so the bytes would be two files again.

Where a tool keeps the files at another place than the code asks for them, \`load(..., { wasmURL })\` names it. This page is
made by \`node tests/bundlers/table.mjs --write\`.
`;
}

if (process.argv[2] === "--write") writeFileSync(file, text());
