// SPDX-License-Identifier: Apache-2.0
// Downloads that pages keep, in headless Chromium: what the server is asked when they are read again, without a
// network, of other origins, where there is no room; and the service worker of docs/javascript.md.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

import { createStaticServer } from "../../js/dist/cli/serve.js";
import { startOrigin } from "../js/origin.mjs";
import { digitsFile, launch, visit } from "./pages.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const digits = readFileSync(digitsFile);
/** Three blocks, the last of them short. */
const content = Buffer.alloc(5 * 2 ** 20 + 1234, (_, i) => i).map(
  (_, i) => (i * 2654435761) >>> 24,
);
const block = 2 * 2 ** 20;

let browser, folder, site, elsewhere, context, page, problems;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  writeFileSync(
    path.join(folder, "index.html"),
    '<!doctype html><link rel="icon" href="data:,">',
  );
  const mounts = { "/": folder, "/webhlo/": at("../../js/dist") };
  site = await startOrigin(createStaticServer({ mounts }));
  elsewhere = await startOrigin();
  browser = await launch(["--host-resolver-rules=MAP site.test 127.0.0.1"]);
});

after(async () => {
  await browser?.close();
  await site.stop();
  await elsewhere.stop();
  rmSync(folder, { recursive: true });
});

// A context has a cache of its own.
beforeEach(async () => {
  for (const origin of [site, elsewhere]) {
    if (!origin.server.listening) await origin.start();
    for (const name of Object.keys(origin.files)) delete origin.files[name];
    origin.asked();
  }
  ({ context, page, problems } = await visit(browser, site.address));
});
afterEach(() => context.close());

/** Reads an address in the page as a load does; answers the digest, the last report, and what is kept then. */
const read = (url) =>
  page.evaluate(async (url) => {
    const { cache } = await import("/webhlo/index.js");
    const { open, Progress } = await import("/webhlo/sources.js");
    let file;
    const report = (_loaded, _total, { files }) => ([file] = files);
    const reader = await open(url, new Progress(report, undefined, 2 ** 30));
    const parts = [];
    try {
      for (;;) {
        const bytes = new Uint8Array(2 ** 20);
        const n = await reader.read(bytes);
        if (n === 0) break;
        parts.push(bytes.subarray(0, n));
      }
    } catch (error) {
      return {
        error: `${error.code}: ${error.message}`,
        kept: await cache.size(),
      };
    } finally {
      reader.close();
    }
    const bytes = await new Blob(parts).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const kept = await cache.size();
    return {
      digest: btoa(String.fromCharCode(...digest)),
      fromCache: file.fromCache,
      kept,
    };
  }, url);

async function assertReads(url, expected, fromCache) {
  const digest = createHash("sha256").update(expected).digest("base64");
  const result = await read(url);
  assert.equal(result.error, undefined);
  assert.equal(result.digest, digest);
  assert.equal(result.fromCache, fromCache);
  assert.equal(result.kept, expected.length);
}

test("what was loaded once is not sent again, and is there without a network", async () => {
  site.files["/digits.whlo"] = { bytes: digits, etag: '"1"' };
  const run = () =>
    page.evaluate(async () => {
      const { cache, load } = await import("/webhlo/index.js");
      let reports;
      const model = await load("digits.whlo", {
        threads: 1,
        cache: true,
        onProgress: (loaded, total, { files }) =>
          (reports = [loaded, total, files]),
      });
      const { logits } = model.runSync({
        image: new Float32Array(784).fill(0.5),
      });
      model.dispose();
      const entries = await cache.entries();
      return {
        logits: [...logits],
        reports,
        entries: entries.map(({ url, size, complete }) => [
          url,
          size,
          complete,
        ]),
      };
    });
  const url = `${site.address}/digits.whlo`;
  const { length } = digits;
  const first = await run();
  assert.deepEqual(first.reports, [
    length,
    length,
    [{ name: url, loaded: length, total: length, fromCache: 0 }],
  ]);
  assert.deepEqual(first.entries, [[url, length, true]]);
  const second = await run();
  assert.deepEqual(second.logits, first.logits);
  assert.equal(second.reports[2][0].fromCache, length);
  assert.deepEqual(
    site.asked().map(({ condition }) => condition),
    [undefined, '"1"'],
  );
  await site.stop();
  const third = await run();
  assert.deepEqual(third.logits, first.logits);
  assert.equal(third.reports[2][0].fromCache, length);
});

test("a download goes on where its connection broke", async () => {
  site.files["/model"] = {
    bytes: content,
    etag: '"1"',
    cuts: [block + 5, 100_000],
  };
  await assertReads("/model", content, 0);
  assert.equal(site.asked().length, 3);
  await assertReads("/model", content, content.length);
});

test("what a tab has read before it was closed, the next one has", async () => {
  site.files["/model"] = { bytes: content, etag: '"1"', stalls: [block + 5] };
  await page.evaluate(async (length) => {
    const { cache } = await import("/webhlo/index.js");
    const { open, Progress } = await import("/webhlo/sources.js");
    const reader = await open(
      "/model",
      new Progress(undefined, undefined, 2 ** 30),
    );
    await reader.skip(length + 5);
    while ((await cache.size()) < length)
      await new Promise((done) => setTimeout(done, 20));
  }, block);
  await page.close();
  page = await context.newPage();
  await page.goto(site.address);
  site.asked();
  await assertReads("/model", content, block);
  assert.deepEqual(
    site.asked().map(({ range, ifRange }) => [range, ifRange]),
    [[`bytes=${block}-`, '"1"']],
  );
});

const lastModified = new Date(Date.now() - 3600_000).toUTCString();
const open = { "Access-Control-Allow-Origin": "*" };
const policies = {
  "allows the headers": {
    etag: '"1"',
    headers: {
      ...open,
      "Access-Control-Allow-Headers": "If-None-Match, If-Range",
      "Access-Control-Expose-Headers": "ETag",
    },
  },
  "allows no more than the bytes": { lastModified, headers: open },
};
for (const [name, file] of Object.entries(policies)) {
  test(`bytes of another origin that ${name} are kept, checked and gone on with`, async () => {
    const url = `${elsewhere.address}/model`;
    elsewhere.files["/model"] = { bytes: content, ...file, cuts: [block + 5] };
    await assertReads(url, content, 0);
    await assertReads(url, content, content.length);
    const changed = content.map((byte) => byte ^ 1);
    elsewhere.files["/model"] = {
      ...elsewhere.files["/model"],
      bytes: changed,
      ...(file.etag
        ? { etag: '"2"' }
        : { lastModified: new Date(Date.now() - 1800_000).toUTCString() }),
    };
    await assertReads(url, changed, 0);
    await elsewhere.stop();
    await assertReads(url, changed, changed.length);
  });
}

test("of another origin that hides what tells versions apart, bytes are kept for when there is no network", async () => {
  const url = `${elsewhere.address}/model`;
  elsewhere.files["/model"] = { bytes: content, etag: '"1"', headers: open };
  await assertReads(url, content, 0);
  await assertReads(url, content, 0);
  await elsewhere.stop();
  await assertReads(url, content, content.length);
});

test("a damaged entry of the page's Cache is fetched anew", async () => {
  site.files["/model"] = { bytes: content, etag: '"1"' };
  await assertReads("/model", content, 0);
  await page.evaluate(async () => {
    const [name] = (await caches.keys()).filter((name) =>
      name.startsWith("webhlo/downloads/"),
    );
    const cache = await caches.open(name);
    await cache.put("https://webhlo.invalid/1", new Response("damaged"));
  });
  await assertReads("/model", content, block);
  await assertReads("/model", content, content.length);
});

test("where there is no room, the load goes on, and the console says so once", async () => {
  const session = await context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", {
    origin: site.address,
    quotaSize: 2 ** 20,
  });
  site.files["/model"] = { bytes: content, etag: '"1"' };
  for (let times = 0; times < 2; times++) {
    const { error, kept, fromCache } = await read("/model");
    assert.deepEqual([error, kept, fromCache], [undefined, 0, 0]);
  }
  assert.equal(problems.length, 1);
  assert.match(problems[0], /^WebHLO does not keep http:.*\/model: .*[Qq]uota/);
});

test("a page that is not secure keeps nothing, and the console says why", async () => {
  site.files["/model"] = { bytes: content, etag: '"1"' };
  // Chromium takes 127.0.0.1 for secure.
  const address = site.address.replace("127.0.0.1", "site.test");
  const { context, page, problems } = await visit(browser, address);
  const [length, entries] = await page.evaluate(async () => {
    const { cache } = await import("/webhlo/index.js");
    const { open, Progress } = await import("/webhlo/sources.js");
    const reader = await open(
      "/model",
      new Progress(undefined, undefined, 2 ** 30),
    );
    await reader.skip(reader.size);
    reader.close();
    await cache.clear();
    return [reader.position, await cache.entries()];
  });
  assert.deepEqual([length, entries], [content.length, []]);
  const told = problems.filter((text) => text.startsWith("WebHLO"));
  assert.equal(told.length, 1);
  assert.match(
    told[0],
    /does not keep .*: that takes a page that came by https/,
  );
  await context.close();
});

test("two tabs that load the same at once", async () => {
  site.files["/model"] = { bytes: content, etag: '"1"' };
  const other = await context.newPage();
  await other.goto(site.address);
  const sizes = await Promise.all(
    [page, other].map((tab) =>
      tab.evaluate(async () => {
        const { open, Progress } = await import("/webhlo/sources.js");
        const reader = await open(
          "/model",
          new Progress(undefined, undefined, 2 ** 30),
        );
        await reader.skip(reader.size);
        reader.close();
        const { cache } = await import("/webhlo/index.js");
        return [reader.position, await cache.size()];
      }),
    ),
  );
  for (const [read, kept] of sizes) {
    assert.equal(read, content.length);
    assert.ok(kept <= content.length, `${kept} bytes`);
  }
  await assertReads("/model", content, content.length);
});

test("with the service worker of the documentation, the next visit needs no network", async () => {
  const docs = readFileSync(at("../../docs/javascript.md"), "utf8");
  const scripts = [...docs.matchAll(/```js \[(\w+\.js)\]\n([^]*?)```/g)];
  assert.deepEqual(
    scripts.map(([, name]) => name),
    ["sw.js", "page.js"],
  );
  for (const [, name, text] of scripts)
    writeFileSync(path.join(folder, name), text);
  writeFileSync(
    path.join(folder, "app.js"),
    `import { load } from './webhlo/index.js';
     let fromCache;
     const onProgress = (loaded, total, { files }) => ([{ fromCache }] = files);
     const model = await load('digits.whlo', { cache: true, onProgress });
     const { logits } = model.runSync({ image: new Float32Array(784).fill(0.5) });
     document.title = JSON.stringify([fromCache, crossOriginIsolated, logits.length]);`,
  );
  writeFileSync(
    path.join(folder, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
  );
  site.files["/digits.whlo"] = { bytes: digits, etag: '"1"' };
  const answer = () =>
    page
      .waitForFunction(() => document.title)
      .then((title) => title.jsonValue());
  await page.reload();
  assert.equal(await answer(), JSON.stringify([0, true, 10]));
  await page.evaluate(async () =>
    (await import("/webhlo/index.js")).cache.entries(),
  );
  // Kept once, not twice.
  const where = await page.evaluate(async () => {
    const response = await caches.match("/digits.whlo");
    return response === undefined;
  });
  assert.equal(where, true);
  await site.stop();
  await page.reload();
  assert.equal(await answer(), JSON.stringify([digits.length, true, 10]));
});
