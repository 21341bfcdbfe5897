// SPDX-License-Identifier: Apache-2.0
// docs/hosting.md: each host's file sets the same headers, those that its table lists. nginx runs with its
// file, where it could be fetched, and the service worker isolates a page whose server sets none.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, serve, visit } from "../browser/pages.mjs";
import { docs, filesOf } from "./snippets.mjs";

const dist = fileURLToPath(new URL("../../js/dist", import.meta.url));
const files = filesOf("hosting.md");
const wanted = Object.fromEntries(
  [
    ...readFileSync(`${docs}hosting.md`, "utf8").matchAll(
      /^\| `(Cross-Origin-[\w-]+)` \| `(.+)` \|$/gm,
    ),
  ].map(([, name, value]) => [name, value]),
);

let browser, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-hosting-"));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the table lists the headers of isolation", () => {
  assert.deepEqual(wanted, {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
});

/** The headers that a file sets for every page, by the format of its host. */
const readers = {
  "nginx.conf": (text) =>
    Object.fromEntries(
      [...text.matchAll(/^ {2}add_header (\S+) (\S+) always;$/gm)].map(
        ([, ...pair]) => pair,
      ),
    ),
  "vercel.json": (text) => {
    const { headers } = JSON.parse(text);
    assert.deepEqual(
      headers.map(({ source }) => source),
      ["/(.*)"],
    );
    return Object.fromEntries(
      headers[0].headers.map(({ key, value }) => [key, value]),
    );
  },
  "netlify.toml": (text) => {
    assert.match(
      text,
      /^\[\[headers\]\]\n {2}for = "\/\*"\n\n {2}\[headers\.values\]\n/,
    );
    return Object.fromEntries(
      [...text.matchAll(/^ {4}([\w-]+) = "(.+)"$/gm)].map(
        ([, ...pair]) => pair,
      ),
    );
  },
  _headers: (text) => {
    const [place, ...lines] = text.trimEnd().split("\n");
    assert.equal(place, "/*");
    return Object.fromEntries(lines.map((line) => line.trim().split(": ")));
  },
  "vite.config.js": headersIn,
  "isolation-worker.js": headersIn,
};

/** Names and values as JavaScript says them. */
function headersIn(text) {
  const pair = /'(Cross-Origin-[\w-]+)'(?:: |, )'([\w-]+)'/g;
  return Object.fromEntries(
    [...text.matchAll(pair)].map(([, ...found]) => found),
  );
}

for (const [name, read] of Object.entries(readers)) {
  test(`${name} sets them`, () => {
    assert.ok(files.has(name), `docs/hosting.md has no ${name}`);
    assert.deepEqual(read(files.get(name)), wanted);
  });
}

test("no file is left out", () => {
  assert.deepEqual(
    [...files.keys()].sort(),
    [...Object.keys(readers), "index.html"].sort(),
  );
});

const script = `
  import { load } from './webhlo/index.js';
  const model = await load('digits.whlo', { threads: 2 });
  document.title = 'threads ' + model.threads;`;
const html = (head) =>
  `<!doctype html><link rel="icon" href="data:,">${head}<script type="module">${script}</script>`;

function writeSite(head) {
  const root = mkdtempSync(path.join(folder, "site-"));
  writeFileSync(path.join(root, "index.html"), html(head));
  copyFileSync(
    path.join(dist, "../digits.whlo"),
    path.join(root, "digits.whlo"),
  );
  return root;
}

const threads = (page, count) =>
  page.waitForFunction(
    (title) => document.title === title,
    `threads ${count}`,
    { timeout: 60_000 },
  );

const nginx = process.env.WEBHLO_NGINX;
test(
  "nginx serves an isolated page",
  { skip: !nginx && "nginx could not be fetched" },
  async () => {
    const root = writeSite("");
    const copy = path.join(root, "webhlo");
    mkdirSync(copy);
    const { cpSync } = await import("node:fs");
    cpSync(dist, copy, { recursive: true });
    const port = await freePort();
    const server = files
      .get("nginx.conf")
      .replace("listen 8080;", `listen 127.0.0.1:${port};`)
      .replace("root /var/www/app;", `root ${root};`);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    );
    const configuration = path.join(folder, "nginx.conf");
    writeFileSync(
      configuration,
      `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
     events {}
     http { access_log off; ${temporary.join(" ")} ${server} }`,
    );
    const child = spawn(
      nginx,
      ["-c", configuration, "-p", folder, "-e", "stderr"],
      {
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
    try {
      const address = `http://127.0.0.1:${port}/`;
      const response = await answer(address, child, () => errors);
      for (const [name, value] of Object.entries(wanted))
        assert.equal(response.headers.get(name), value);
      const missing = await fetch(`${address}missing.html`);
      assert.equal(
        missing.headers.get("Cross-Origin-Opener-Policy"),
        "same-origin",
      );
      const wasm = await fetch(`${address}webhlo/webhlo-importer.wasm`);
      assert.equal(wasm.headers.get("Content-Type"), "application/wasm");
      assert.equal(wasm.headers.get("Content-Encoding"), "gzip");
      const { context, page, problems } = await visit(browser, address);
      await threads(page, 2);
      assert.deepEqual(problems, []);
      await context.close();
    } finally {
      child.kill();
    }
  },
);

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function answer(address, child, errors) {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${errors()}`);
    const response = await fetch(address).catch(() => undefined);
    if (response) return response;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`nginx does not answer: ${errors()}`);
}

test("the service worker isolates a page whose server sets no headers", async () => {
  const root = writeSite(files.get("index.html"));
  writeFileSync(
    path.join(root, "isolation-worker.js"),
    files.get("isolation-worker.js"),
  );
  const site = await serve({ "/": root }, { isolate: false });
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await threads(page, 2);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await page.reload();
    await threads(page, 2);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    site.close();
  }
});
