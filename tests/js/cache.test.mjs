// SPDX-License-Identifier: Apache-2.0
// Downloads: what is kept for loads to come, what the server is asked then, how a broken one goes on, and that
// nothing that a server, a disk or another process does makes other bytes of it.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { cache, load } from "../../js/dist/index.js";
import { Patience } from "../../js/dist/patience.js";
import { open, Progress } from "../../js/dist/sources.js";
import { startOrigin } from "./origin.mjs";
import { refused } from "./programs.mjs";

const MiB = 2 ** 20;
/** Of what is written at once. */
const block = 2 * MiB;

const user = mkdtempSync(join(tmpdir(), "webhlo-cache-"));
const folder = join(user, "webhlo", "downloads");
const { XDG_CACHE_HOME } = process.env;
let origin;

before(async () => {
  process.env.XDG_CACHE_HOME = user;
  origin = await startOrigin();
});
after(async () => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  await origin.stop();
  rmSync(user, { recursive: true });
});
beforeEach(() => {
  mock.method(console, "warn", () => undefined);
});
afterEach(async () => {
  if (!origin.server.listening) await origin.start();
  await cache.clear();
  rmSync(join(user, "webhlo"), { recursive: true, force: true });
  origin.asked();
  for (const path of Object.keys(origin.files)) delete origin.files[path];
  mock.restoreAll();
});

/** Bytes that do not repeat. */
function bytesOf(length, seed = 1) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = seed;
  for (let i = 0; i < words.length; i++)
    words[i] = x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
  return Buffer.from(words.buffer, 0, length);
}
/** Three blocks, the last of them short. */
const content = bytesOf(5 * MiB + 1234);
const changed = bytesOf(5 * MiB + 99, 2);

/**
 * Reads what is at a path, as a load does, and waits until all is written. Answers the bytes and the last report.
 * `limit` is the size of the cache, null for a load that keeps nothing.
 */
async function read(
  path = "/model",
  { length = Infinity, signal, limit = 4 * 2 ** 30 } = {},
) {
  let file;
  const report = (_loaded, _total, { files }) => ([file] = files);
  const progress = new Progress(
    report,
    new Patience(signal),
    limit ?? undefined,
  );
  const reader = await open(new URL(path, origin.address), progress);
  const parts = [];
  try {
    const buffer = Buffer.alloc(MiB);
    for (let left = length; left > 0;) {
      const n = await reader.read(
        buffer.subarray(0, Math.min(left, buffer.length)),
      );
      if (n === 0) break;
      parts.push(Buffer.from(buffer.subarray(0, n)));
      left -= n;
    }
  } finally {
    reader.close();
    await cache.entries();
  }
  return { bytes: Buffer.concat(parts), ...file };
}

/** Not by deepEqual, which prints megabytes. */
function assertBytes(actual, expected) {
  assert.equal(actual.length, expected.length);
  assert.ok(actual.equals(expected), "other bytes");
}

async function assertReads(expected, { fromCache, path } = {}) {
  const result = await read(path);
  assertBytes(result.bytes, expected);
  if (fromCache !== undefined) assert.equal(result.fromCache, fromCache);
}

const blockFiles = () => {
  const [own, ...more] = readdirSync(folder);
  assert.deepEqual(more, []);
  return (index) => join(folder, own, String(index));
};

test("what was read once is not sent again, as long as the server has the same", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await assertReads(content, { fromCache: 0 });
  assert.equal(origin.asked()[0].condition, undefined);
  for (let times = 0; times < 2; times++) {
    await assertReads(content, { fromCache: content.length });
    assert.deepEqual(
      origin.asked().map(({ condition, range }) => [condition, range]),
      [['"1"', undefined]],
    );
  }
  const [entry, ...more] = await cache.entries();
  assert.deepEqual(more, []);
  assert.equal(entry.url, `${origin.address}/model`);
  assert.equal(entry.size, content.length);
  assert.equal(entry.complete, true);
  assert.ok(Math.abs(entry.used - Date.now()) < 60_000);
  assert.equal(await cache.size(), content.length);
});

test("a fragment is no part of an address, a query is", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await read("/model#a");
  await assertReads(content, { path: "/model#b", fromCache: content.length });
  await assertReads(content, { path: "/model?b", fromCache: 0 });
  assert.equal((await cache.entries()).length, 2);
});

const old = new Date(Date.now() - 3600_000).toUTCString();
const validators = {
  "an ETag": { etag: '"a"' },
  "a weak ETag": { etag: 'W/"a"' },
  "a date": { lastModified: old },
  "an ETag and a date": { etag: '"a"', lastModified: old },
  "an ETag, by a server that always answers all": {
    etag: '"a"',
    ignoresConditions: true,
  },
  "an ETag, without a size": { etag: '"a"', chunked: true },
};
for (const [name, validator] of Object.entries(validators)) {
  test(`a change is known by ${name}`, async () => {
    origin.files["/model"] = { bytes: content, ...validator };
    await assertReads(content, { fromCache: 0 });
    await assertReads(content, { fromCache: content.length });
    const later = {
      ...(validator.etag && { etag: validator.etag.replace("a", "b") }),
      ...(validator.lastModified && {
        lastModified: new Date(Date.now() - 1800_000).toUTCString(),
      }),
    };
    origin.files["/model"] = {
      ...origin.files["/model"],
      bytes: changed,
      ...later,
    };
    await assertReads(changed, { fromCache: 0 });
    await assertReads(changed, { fromCache: changed.length });
    // The other version is gone.
    assert.equal(await cache.size(), changed.length);
    assert.equal(readdirSync(folder).length, 1);
  });
}

test("what has no validator is fetched each time, and there when it cannot be", async () => {
  origin.files["/model"] = { bytes: content };
  await read();
  origin.files["/model"] = { bytes: changed };
  await assertReads(changed, { fromCache: 0 });
  assert.equal((await cache.entries()).length, 1);
  await origin.stop();
  await assertReads(changed, { fromCache: changed.length });
});

test("compressed bytes are kept as they are read", async () => {
  origin.files["/model"] = {
    bytes: gzipSync(content),
    etag: '"1"',
    encoding: "gzip",
  };
  await assertReads(content, { fromCache: 0 });
  await origin.stop();
  await assertReads(content, { fromCache: content.length });
});

test("without a network, and while the server is in trouble, what is kept is read", async () => {
  const file = { bytes: content, etag: '"1"' };
  origin.files["/model"] = file;
  await read();
  for (const status of [500, 502, 503, 504, 429, 408]) {
    origin.files["/model"] = { status };
    await assertReads(content, { fromCache: content.length });
  }
  await origin.stop();
  await assertReads(content, { fromCache: content.length });
  await assert.rejects(
    read("/other"),
    refused("network", /cannot read .*\/other/),
  );
  await origin.start();
  // A server that says that there is none is believed.
  for (const status of [404, 410, 403]) {
    origin.files["/model"] = { status };
    await assert.rejects(
      read(),
      refused("invalid_argument", new RegExp(`model: ${status}`)),
    );
  }
  origin.files["/model"] = file;
  await assertReads(content, { fromCache: content.length });
});

test("only what comes from http(s) addresses is kept", async () => {
  const path = join(user, "model");
  writeFileSync(path, content);
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  const response = await fetch(`${origin.address}/model`);
  for (const source of [
    path,
    response,
    new Blob([content]),
    content,
    "data:,abc",
  ]) {
    const reader = await open(
      source,
      new Progress(undefined, undefined, 2 ** 30),
    );
    await reader.bytes(3);
    reader.close();
  }
  assert.deepEqual(await cache.entries(), []);
});

// ---- Connections that break.

for (const limit of [null, 2 ** 30]) {
  const kept = limit === null ? "" : " that is kept";
  test(`a download${kept} goes on where its connection broke`, async () => {
    const cuts = [100_000, 3 * MiB, 70_000, 0];
    origin.files["/model"] = { bytes: content, etag: '"1"', cuts: [...cuts] };
    const { bytes, fromCache } = await read("/model", { limit });
    assertBytes(bytes, content);
    assert.equal(fromCache, 0);
    const ranges = origin.asked().map(({ range, ifRange }) => [range, ifRange]);
    assert.equal(ranges.length, cuts.length + 1);
    assert.deepEqual(ranges[0], [undefined, undefined]);
    let position = 0;
    for (const [range, ifRange] of ranges.slice(1)) {
      assert.equal(ifRange, '"1"');
      const start = Number(/^bytes=(\d+)-$/.exec(range)[1]);
      // A server may have sent more than arrived.
      assert.ok(start >= position, range);
      position = start;
    }
    assert.equal(await cache.size(), limit === null ? 0 : content.length);
    if (limit !== null)
      await assertReads(content, { fromCache: content.length });
  });
}

const stops = {
  "gives no ranges": { noRanges: true },
  "tells no version": { etag: undefined },
  "tells a weak version": { etag: 'W/"1"' },
  "tells no size": { chunked: true },
  "answers another range": { headers: { "Content-Range": "bytes 5-9/10" } },
};
for (const [name, server] of Object.entries(stops)) {
  test(`a download does not go on if the server ${name}`, async () => {
    origin.files["/model"] = {
      bytes: content,
      etag: '"1"',
      ...server,
      cuts: [3 * MiB],
    };
    await assert.rejects(read(), refused("network", /cannot read .*\/model/));
    assert.ok(origin.asked().length <= 2);
    await assertReads(content);
    await assertReads(content);
  });
}

test("a download does not go on with other bytes", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"', cuts: [3 * MiB] };
  const reading = read();
  while (origin.requests.length === 0) await new Promise(setImmediate);
  origin.files["/model"] = { bytes: changed, etag: '"2"' };
  await assert.rejects(reading, refused("network", /cannot read .*\/model/));
  await assertReads(changed);
  assert.equal(await cache.size(), changed.length);
});

test("a download gives up when nothing comes any more, and says why it broke", async () => {
  origin.files["/model"] = {
    bytes: content,
    etag: '"1"',
    cuts: [3 * MiB, 0, 0, 0, 0],
  };
  await assert.rejects(
    read("/model", { limit: null }),
    refused("network", /terminated/),
  );
  assert.equal(origin.asked().length, 4);
});

test("a signal ends the waiting for another try", async () => {
  origin.files["/model"] = {
    bytes: content,
    etag: '"1"',
    cuts: [3 * MiB, 0, 0, 0],
  };
  const controller = new AbortController();
  const start = performance.now();
  const reading = read("/model", { signal: controller.signal });
  while (origin.requests.length < 3)
    await new Promise((done) => setTimeout(done, 5));
  controller.abort();
  await assert.rejects(reading, refused("cancelled", /signal/));
  assert.ok(performance.now() - start < 2000);
});

/** Reads so much, and is cancelled. */
async function begin(length) {
  const controller = new AbortController();
  const patience = new Patience(controller.signal);
  const progress = new Progress(undefined, patience, 2 ** 30);
  const reader = await open(`${origin.address}/model`, progress);
  await reader.skip(length);
  controller.abort();
  reader.close();
}

const ends = {
  "was cancelled": () => begin(2 * block + 5),
  broke: async () => {
    origin.files["/model"].cuts = [content.length - 10, 0, 0, 0];
    await assert.rejects(read(), refused("network", /model/));
  },
};
for (const [name, end] of Object.entries(ends)) {
  test(`the next load goes on where one ${name}`, async () => {
    origin.files["/model"] = { bytes: content, etag: '"1"' };
    await end();
    const [{ size, complete }] = await cache.entries();
    assert.deepEqual([size, complete], [2 * block, false]);
    // Without a network it has the beginning.
    await origin.stop();
    const { bytes } = await read("/model", { length: size });
    assertBytes(bytes, content.subarray(0, size));
    await assert.rejects(read(), refused("network", /model/));
    await origin.start();
    origin.asked();
    await assertReads(content, { fromCache: size });
    const [{ range, ifRange, condition }, ...more] = origin.asked();
    assert.deepEqual([range, ifRange], [`bytes=${size}-`, '"1"']);
    assert.deepEqual([condition, more], [undefined, []]);
    await assertReads(content, { fromCache: content.length });
    assert.equal((await cache.entries())[0].complete, true);
  });
}

const others = {
  "has something else by now": { bytes: changed, etag: '"2"' },
  "has less by now": { bytes: changed.subarray(0, MiB), etag: '"2"' },
  "gives no ranges": { noRanges: true },
  "answers another range": { headers: { "Content-Range": "bytes 5-9/10" } },
  "says that there is no such range": {
    bytes: changed.subarray(0, MiB),
    etag: '"1"',
  },
};
for (const [name, server] of Object.entries(others)) {
  test(`what was begun is begun anew if the server ${name}`, async () => {
    origin.files["/model"] = { bytes: content, etag: '"1"' };
    await begin(block + 5);
    assert.equal(await cache.size(), block);
    Object.assign(origin.files["/model"], server);
    const { bytes } = origin.files["/model"];
    await assertReads(bytes, { fromCache: 0 });
    await assertReads(bytes, { fromCache: bytes.length });
    assert.equal((await cache.entries()).length, 1);
  });
}

test("while a new version is fetched, the one before is there", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await read();
  origin.files["/model"] = { bytes: changed, etag: '"2"' };
  await begin(block + 5);
  await cache.entries();
  await origin.stop();
  await assertReads(content, { fromCache: content.length });
  await origin.start();
  await assertReads(changed, { fromCache: block });
  assert.equal(await cache.size(), changed.length);
});

test("the end that a load does not read is kept if it is near; else the beginning is", async () => {
  const bytes = bytesOf(20 * MiB);
  origin.files["/model"] = { bytes, etag: '"1"' };
  await read("/model", { length: bytes.length - MiB });
  assert.deepEqual(
    (await cache.entries()).map(({ size, complete }) => [size, complete]),
    [[bytes.length, true]],
  );
  await cache.clear();
  const length = 5 * MiB + 7;
  await read("/model", { length });
  const [{ size, complete }] = await cache.entries();
  assert.equal(complete, false);
  assert.ok(size > length && size < 12 * MiB, `${size} bytes`);
  await origin.stop();
  assertBytes(
    (await read("/model", { length })).bytes,
    bytes.subarray(0, length),
  );
});

// ---- Disks.

const damages = {
  "a bit of the first block": (file) => flip(file(0), 1000),
  "a bit of a later block": (file) => flip(file(1), 2_000_000),
  "a bit of a block's digest": (file) => flip(file(2), 3),
  "a block's end": (file) => truncateSync(file(1), MiB),
  "all of a block": (file) => truncateSync(file(1), 0),
  "a block's file": (file) => rmSync(file(1)),
  "the first block's file": (file) => rmSync(file(0)),
  "a block, by more bytes": (file) =>
    writeFileSync(file(1), Buffer.alloc(9 * MiB)),
  "the order of blocks": (file) => copyFileSync(file(0), file(1)),
  "what is said of it": (file) => flip(file("about"), 200),
  "what is said of it, which is gone": (file) => rmSync(file("about")),
};
function flip(file, at) {
  const bytes = readFileSync(file);
  bytes[at] ^= 4;
  writeFileSync(file, bytes);
}
for (const [name, damage] of Object.entries(damages)) {
  for (const noRanges of [false, true]) {
    test(`damaged is ${name}, and ranges ${noRanges ? "are not" : "are"} given`, async () => {
      origin.files["/model"] = { bytes: content, etag: '"1"', noRanges };
      await read();
      damage(blockFiles());
      await assertReads(content);
      origin.asked();
      await assertReads(content, { fromCache: content.length });
      assert.equal(origin.asked().length, 1);
      assert.equal((await cache.entries()).length, 1);
    });
  }
}

test("what is damaged where the server cannot mend it is fetched by the next load", async () => {
  origin.files["/model"] = { bytes: content, etag: 'W/"1"' };
  await read();
  flip(blockFiles()(1), 5);
  await assert.rejects(
    read(),
    refused("network", /was kept, but damaged; load it again/),
  );
  await assertReads(content, { fromCache: 0 });
  await assertReads(content, { fromCache: content.length });
});

test("without a network what is damaged is an error, and no other bytes", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await read();
  flip(blockFiles()(1), 5);
  await origin.stop();
  await assert.rejects(read(), refused("network", /cannot read .*model/));
});

test("what others put into the folder is left alone, and in nobody's way", async () => {
  mkdirSync(join(folder, "mine"), { recursive: true });
  writeFileSync(join(folder, "mine", "about.json"), "{}");
  writeFileSync(join(folder, "a file"), "x");
  const empty = `${"0".repeat(32)}-${"0".repeat(32)}`;
  mkdirSync(join(folder, empty));
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await assertReads(content, { fromCache: 0 });
  await assertReads(content, { fromCache: content.length });
  assert.equal((await cache.entries()).length, 1);
  await cache.clear();
  assert.deepEqual(readdirSync(folder).sort(), ["a file", "mine"]);
});

test("a disk that takes nothing is no error, and told once", async () => {
  mkdirSync(join(user, "webhlo"));
  writeFileSync(folder, "a file where the folder should be");
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  for (let times = 0; times < 2; times++)
    await assertReads(content, { fromCache: 0 });
  assert.deepEqual(await cache.entries(), []);
  const told = console.warn.mock.calls.map(({ arguments: [text] }) => text);
  assert.equal(told.length, 1);
  assert.match(told[0], /^WebHLO does not keep http:.*\/model: E/);
});

// ---- Room.

test("what was not used for the longest time makes room", async () => {
  const limit = 2.5 * content.length;
  const paths = ["/a", "/b", "/c"];
  for (const path of paths)
    origin.files[path] = { bytes: content, etag: '"1"' };
  const kept = async () =>
    (await cache.entries()).map(({ url }) => new URL(url).pathname).join();
  await read("/a", { limit });
  await read("/b", { limit });
  assert.equal(await kept(), "/b,/a");
  await read("/a", { limit });
  assert.equal(await kept(), "/a,/b");
  await read("/c", { limit });
  assert.equal(await kept(), "/c,/a");
  // What is larger than all that there may be removes nothing.
  origin.files["/d"] = { bytes: bytesOf(14 * MiB), etag: '"1"' };
  await read("/d", { limit });
  assert.equal(await kept(), "/c,/a");
  // Nor does it when its size shows only as it comes; but what came may have taken some room.
  origin.files["/d"].chunked = true;
  await read("/d", { limit });
  assert.ok(!(await kept()).includes("/d"));
  await read("/b", { limit: 0 });
  assert.ok(!(await kept()).includes("/b"));
});

test("clear removes the downloads, and not what tuning has found out", async () => {
  origin.files["/model"] = { bytes: content, etag: '"1"' };
  await read();
  const tuning = join(user, "webhlo", "tuning-a.json");
  writeFileSync(tuning, "{}");
  await cache.clear();
  assert.deepEqual([await cache.size(), await cache.entries()], [0, []]);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(readFileSync(tuning, "utf8"), "{}");
  await assertReads(content, { fromCache: 0 });
});

// ---- Processes.

/** Reads it in another process, which prints the digest, how many bytes came from the cache, and how many bytes its
 * buffers had at most. */
const script = `
  import { createHash } from "node:crypto";
  import { open, Progress } from ${JSON.stringify(new URL("../../js/dist/sources.js", import.meta.url).href)};
  let file;
  const report = (_loaded, _total, { files }) => ([file] = files);
  const reader = await open(process.argv[1], new Progress(report, undefined, 2 ** 32));
  reader.readAhead();
  const hash = createHash("sha256");
  const buffer = new Uint8Array(2 ** 20);
  let most = 0;
  for (let n; (n = await reader.read(buffer)) > 0;) {
    hash.update(buffer.subarray(0, n));
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  reader.close();
  console.log(JSON.stringify({ digest: hash.digest("hex"), fromCache: file.fromCache, most }));`;
const scriptArgs = () => [
  "--input-type=module",
  "-e",
  script,
  `${origin.address}/model`,
];
const readElsewhere = () =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, scriptArgs(), (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
const digestOf = (bytes) => createHash("sha256").update(bytes).digest("hex");

for (const etag of ['"1"', undefined]) {
  test(`processes that read the same at once, with ${etag ? "an" : "no"} ETag`, async () => {
    const bytes = bytesOf(24 * MiB);
    origin.files["/model"] = { bytes, etag };
    const reads = Array.from({ length: 4 }, readElsewhere);
    for (const { digest } of await Promise.all(reads)) {
      assert.equal(digest, digestOf(bytes));
    }
    // Without, each is another version.
    const { length } = await cache.entries();
    assert.ok(etag ? length === 1 : length >= 1, `${length} entries`);
    await origin.stop();
    await assertReads(bytes, { fromCache: bytes.length });
  });
}

test("a process that is killed leaves what it has written", async () => {
  const bytes = bytesOf(24 * MiB);
  origin.files["/model"] = { bytes, etag: '"1"', stalls: [15 * MiB] };
  const child = spawn(process.execPath, scriptArgs());
  const written = () =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true }).filter((name) =>
          /\W\d+$/.test(name),
        ).length
      : 0;
  while (written() < 7) await new Promise((done) => setTimeout(done, 20));
  child.kill("SIGKILL");
  await once(child, "exit");
  const { digest, fromCache } = await readElsewhere();
  assert.deepEqual([digest, fromCache], [digestOf(bytes), 7 * block]);
  assert.equal(await cache.size(), bytes.length);
});

test("a large file is nowhere in memory as a whole", async () => {
  const bytes = bytesOf(160 * MiB);
  origin.files["/model"] = { bytes, etag: '"1"' };
  for (const fromCache of [0, bytes.length]) {
    const result = await readElsewhere();
    assert.equal(result.digest, digestOf(bytes));
    assert.equal(result.fromCache, fromCache);
    assert.ok(result.most < 100 * MiB, `${result.most} bytes`);
  }
});

// ---- What uses it.

const at = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test("load keeps programs and weights, and tells of each", async () => {
  const names = ["model.jaxexport", "weights.safetensors"];
  for (const name of names)
    origin.files[`/${name}`] = {
      bytes: readFileSync(at(`models/digits/${name}`)),
      etag: '"1"',
    };
  const [model, weights] = names.map((name) => `${origin.address}/${name}`);
  const image = new Float32Array(784).fill(0.5);
  let logits;
  for (const times of ["first", "again", "without a network"]) {
    if (times === "without a network") await origin.stop();
    const reports = [];
    const onProgress = (...report) => reports.push(report);
    const loaded = await load(model, {
      weights,
      threads: 1,
      cache: true,
      onProgress,
    });
    const results = loaded.runSync({ image });
    logits ??= results.logits;
    assert.deepEqual(results.logits, logits);
    loaded.dispose();
    const sizes = names.map((name) => origin.files[`/${name}`].bytes.length);
    const all = sizes[0] + sizes[1];
    const [read, total, { files }] = reports.at(-1);
    assert.deepEqual([read, total], [all, all]);
    assert.deepEqual(
      files,
      [model, weights].map((name, i) => ({
        name,
        loaded: sizes[i],
        total: sizes[i],
        fromCache: times === "first" ? 0 : sizes[i],
      })),
    );
    // Each report is the caller's own.
    assert.ok(reports[0][2].files[0].loaded <= 64);
    assert.equal(await cache.size(), all);
  }
});

test("a companion file of a model is kept with it", async () => {
  const out = join(user, "digits.whlo");
  copyFileSync(
    at("models/digits/weights.safetensors"),
    join(user, "weights.safetensors"),
  );
  const args = ["convert", at("models/digits/model.jaxexport"), "--companion"];
  const weights = ["--weights", join(user, "weights.safetensors")];
  const { stderr, status } = await webhlo(...args, ...weights, "-o", out);
  assert.equal(status, 0, stderr);
  for (const name of ["digits.whlo", "weights.safetensors"])
    origin.files[`/${name}`] = {
      bytes: readFileSync(join(user, name)),
      etag: '"1"',
    };
  const url = `${origin.address}/digits.whlo`;
  (await load(url, { threads: 1, cache: true })).dispose();
  assert.equal((await cache.entries()).length, 2);
  await origin.stop();
  (await load(url, { threads: 1, cache: true })).dispose();
  await assert.rejects(
    load(url, { threads: 1 }),
    refused("network", /digits.whlo/),
  );
});

test("a model in a worker has the same cache", async () => {
  const bytes = readFileSync(at("js/digits.whlo"));
  origin.files["/digits.whlo"] = { bytes, etag: '"1"' };
  for (const fromCache of [0, bytes.length]) {
    let file;
    const model = await load(`${origin.address}/digits.whlo`, {
      worker: true,
      threads: 1,
      cache: true,
      onProgress: (_loaded, _total, { files }) => ([file] = files),
    });
    assert.equal(file.fromCache, fromCache);
    // It may still write.
    while (!(await cache.entries())[0]?.complete)
      await new Promise((done) => setTimeout(done, 20));
    await model.dispose();
  }
});

const webhlo = (...args) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [at("js/dist/cli.js"), ...args],
      (error, stdout, stderr) => {
        resolve({ status: error ? error.code : 0, stdout, stderr });
      },
    );
  });

test("webhlo --cache keeps what it loads from addresses", async () => {
  origin.files["/digits.whlo"] = {
    bytes: readFileSync(at("js/digits.whlo")),
    etag: '"1"',
  };
  const convert = (...options) =>
    webhlo(
      "convert",
      "-o",
      join(user, "out.whlo"),
      `${origin.address}/digits.whlo`,
      ...options,
    );
  assert.equal((await convert()).status, 0);
  assert.deepEqual(await cache.entries(), []);
  const first = await convert("--cache");
  assert.equal(first.status, 0, first.stderr);
  await origin.stop();
  assert.deepEqual(await convert("--cache"), first);
  const without = await convert();
  assert.equal(without.status, 1);
  assert.match(without.stderr, /network: cannot read/);
});
