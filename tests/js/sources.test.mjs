// SPDX-License-Identifier: Apache-2.0
// Every kind of source reads as the same bytes; what cannot be read is a typed error that names it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";

import { Patience } from "../../js/dist/patience.js";
import { open, Progress, siblingOf } from "../../js/dist/sources.js";
import { refused } from "./programs.mjs";

const content = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
let folder, file, server, address;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  file = path.join(folder, "some file.bin");
  await writeFile(file, content);
  server = createServer((request, response) => {
    if (request.url === "/missing") response.writeHead(404).end();
    else if (request.url === "/huge")
      response.writeHead(200, { "Content-Length": 2 ** 32 }).flushHeaders();
    else if (request.url === "/busy")
      response.writeHead(503, "Service Unavailable").end("later");
    else if (request.url === "/often") response.writeHead(429).end();
    else if (request.url === "/stall") {
      response.writeHead(200, { "Content-Length": 1000 });
      response.write("x");
    } else if (request.url === "/cut") {
      response.writeHead(200, { "Content-Length": 1000 });
      response.write("x", () => response.destroy());
    } else if (request.url === "/chunked") response.end(content);
    else
      response
        .writeHead(200, { "Content-Length": content.length })
        .end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function readAll(source) {
  const steps = [];
  const reader = await open(
    source,
    new Progress((loaded, total) => steps.push([loaded, total])),
  );
  const start = await reader.bytes(10);
  await reader.skip(50_000);
  const rest = [];
  const buffer = new Uint8Array(4096);
  for (let n; (n = await reader.read(buffer)) > 0;)
    rest.push(...buffer.subarray(0, n));
  reader.close();
  return {
    start,
    rest: Uint8Array.from(rest),
    last: steps.at(-1),
    size: reader.size,
  };
}

const sources = {
  path: () => file,
  "file: string": () => pathToFileURL(file).href,
  "file: URL": () => pathToFileURL(file),
  http: () => `${address}/sized`,
  "http without a size": () => `${address}/chunked`,
  Response: () => new Response(content),
  Blob: () => new Blob([content]),
  "data: URL": () =>
    `data:application/octet-stream;base64,${Buffer.from(content).toString("base64")}`,
  ArrayBuffer: () => content.slice().buffer,
  "typed array": () => new Uint16Array(content.slice().buffer),
  DataView: () => new DataView(content.slice().buffer),
  SharedArrayBuffer: () => {
    const shared = new SharedArrayBuffer(content.length);
    new Uint8Array(shared).set(content);
    return shared;
  },
};

for (const [name, make] of Object.entries(sources)) {
  test(`source: ${name}`, async () => {
    const { start, rest, last } = await readAll(make());
    assert.deepEqual(start, content.slice(0, 10));
    assert.deepEqual(rest, content.slice(50_010));
    assert.deepEqual(last, [content.length, content.length]);
  });
}

test("what cannot be read is named", async () => {
  const cases = [
    [path.join(folder, "none"), "invalid_argument", /none.*ENOENT/],
    [folder, "invalid_argument", /a folder, not a file/],
    [`${address}/missing`, "invalid_argument", /missing: 404/],
    [`${address}/busy`, "network", /busy: 503 Service Unavailable; try again/],
    [`${address}/often`, "network", /often: 429/],
    ["http://127.0.0.1:1/", "network", /127.0.0.1:1\/: fetch failed: ./],
    ["http://a:b@127.0.0.1/", "invalid_argument", /takes no passwords/],
    [new Response("x", { status: 404 }), "invalid_argument", /Response: 404/],
    [new Response("x", { status: 502 }), "network", /Response: 502/],
    [Response.error(), "invalid_argument", /type error, which hides its/],
    [new Response(null), "invalid_argument", /has no body/],
    [42, "invalid_argument", /no URL, path/],
    [`${address}/huge`, "unsupported", /4294967296 bytes; wasm32/],
  ];
  for (const [source, code, message] of cases) {
    await assert.rejects(
      open(source, new Progress()),
      refused(code, message),
      String(source),
    );
  }
  const cut = await open(`${address}/cut`, new Progress());
  await assert.rejects(
    cut.bytes(1000),
    refused("network", /cannot read .*cut/),
  );
  const short = await open(new Uint8Array(10), new Progress());
  await assert.rejects(
    short.bytes(11),
    refused("invalid_model", /ends at byte 10, 1 bytes too early/),
  );
});

test("a stream is read ahead when it is said to be, so far and no farther", async () => {
  const chunk = new Uint8Array(2 ** 20);
  let given = 0;
  const stream = new ReadableStream({
    pull(controller) {
      given++;
      controller.enqueue(chunk);
    },
  });
  const reader = await open(new Response(stream), new Progress());
  const settled = async () => {
    for (let turns = 0; turns < 50; turns++)
      await new Promise((resolve) => setImmediate(resolve));
    return given;
  };
  await reader.skip(1);
  assert.ok((await settled()) <= 2, `${given} MiB`);
  reader.readAhead();
  const ahead = await settled();
  assert.ok(ahead >= 16 && ahead <= 18, `${ahead} MiB`);
  await reader.skip(5 * 2 ** 20);
  assert.equal(await settled(), ahead + 5);
  reader.close();
});

test("what came before a stream broke is read, and then it says why", async () => {
  const chunks = [content.subarray(0, 100), new Uint8Array(0)];
  const stream = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error(new Error("the line is dead"));
    },
  });
  const reader = await open(new Response(stream), new Progress());
  reader.readAhead();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(await reader.bytes(100), content.slice(0, 100));
  for (let times = 0; times < 2; times++)
    await assert.rejects(
      reader.bytes(1),
      refused("network", /the line is dead/),
    );
  reader.close();
});

test("a signal stops the reading", async () => {
  const controller = new AbortController();
  const reader = await open(
    file,
    new Progress(undefined, new Patience(controller.signal)),
  );
  await reader.bytes(10);
  controller.abort();
  await assert.rejects(reader.bytes(10), refused("cancelled", /signal/));
  reader.close();
  await assert.rejects(
    open(file, new Progress(undefined, new Patience(controller.signal))),
    refused("cancelled", /signal/),
  );
});

test("however a signal is aborted, and wherever it is heard, it cancels", async () => {
  const reasons = [
    undefined,
    "a string",
    new TypeError("mine"),
    new DOMException("The operation timed out.", "TimeoutError"),
  ];
  for (const reason of reasons) {
    const opening = new AbortController();
    const opened = open(
      `${address}/stall`,
      new Progress(undefined, new Patience(opening.signal)),
    );
    opening.abort(reason);
    await assert.rejects(opened, refused("cancelled", /signal/));
    const reading = new AbortController();
    const reader = await open(
      `${address}/stall`,
      new Progress(undefined, new Patience(reading.signal)),
    );
    await reader.bytes(1);
    const rest = reader.bytes(10);
    reading.abort(reason);
    await assert.rejects(rest, refused("cancelled", /signal/));
    reader.close();
  }
  const timed = new Progress(undefined, new Patience(AbortSignal.timeout(20)));
  const slow = async () => {
    const reader = await open(`${address}/stall`, timed);
    await reader.bytes(10).finally(() => reader.close());
  };
  await assert.rejects(slow, refused("cancelled", /signal/));
  // The caller's own fetch, stopped by the caller.
  for (const [name, code] of [
    ["AbortError", "cancelled"],
    ["TimeoutError", "cancelled"],
    ["NetworkError", "network"],
  ]) {
    const caller = new AbortController();
    const { signal } = caller;
    const response = await fetch(`${address}/stall`, { signal });
    const reader = await open(response, new Progress());
    await reader.bytes(1);
    const rest = reader.bytes(10);
    caller.abort(new DOMException("stopped", name));
    await assert.rejects(rest, refused(code, /stall/));
    reader.close();
  }
});

test("a Response can be read once", async () => {
  const message = /its body was read already; a Response can be used once/;
  const read = new Response(content);
  await read.arrayBuffer();
  const locked = new Response(content);
  locked.body.getReader();
  const given = new Response(content);
  const reader = await open(given, new Progress());
  await reader.bytes(10);
  for (const response of [read, locked, given]) {
    await assert.rejects(
      open(response, new Progress()),
      refused("invalid_argument", message),
    );
  }
  reader.close();
});

test("bytes that are taken away are missed", async () => {
  const takeAway = (buffer) => structuredClone(0, { transfer: [buffer] });
  for (const make of [(buffer) => buffer, (buffer) => new Uint8Array(buffer)]) {
    const { buffer } = content.slice();
    const source = make(buffer);
    const reader = await open(source, new Progress());
    await reader.bytes(10);
    takeAway(buffer);
    await assert.rejects(
      reader.bytes(10),
      refused("invalid_argument", /transferred away/),
    );
    await assert.rejects(
      open(source, new Progress()),
      refused("invalid_argument", /transferred away/),
    );
  }
});

test("sources of other realms are sources", async () => {
  const other = runInNewContext("new Uint8Array([1, 2, 3])");
  for (const source of [other, other.buffer]) {
    const reader = await open(source, new Progress());
    assert.deepEqual(await reader.bytes(3), Uint8Array.of(1, 2, 3));
  }
});

test("a companion file is found beside the model, and nowhere else", () => {
  const beside = (source, file) => String(siblingOf(source, file));
  assert.equal(
    beside("https://host/a/model.whlo?x", "w.safetensors"),
    "https://host/a/w.safetensors",
  );
  assert.equal(
    beside("https://host/a/model.whlo", "b/100% #1?.safetensors"),
    "https://host/a/b/100%25%20%231%3F.safetensors",
  );
  assert.equal(
    beside("file:///models/a.whlo", "100%.safetensors"),
    "file:///models/100%25.safetensors",
  );
  assert.equal(
    beside("/models/a.whlo", "b/w.safetensors"),
    "/models/b/w.safetensors",
  );
  assert.equal(beside("a.whlo", "w.safetensors"), "w.safetensors");
  for (const source of [new Blob([]), "data:,x", "blob:nodedata:1"]) {
    assert.equal(siblingOf(source, "w.safetensors"), undefined);
  }
  for (const file of [
    "../w.safetensors",
    "a/../../w.safetensors",
    "/etc/w.safetensors",
    "//other/w.safetensors",
    "http://other/w.safetensors",
    "C:w.safetensors",
    "..\\w.safetensors",
    "",
  ]) {
    assert.equal(siblingOf("https://host/a/model.whlo", file), undefined, file);
    assert.equal(siblingOf("/models/a.whlo", file), undefined, file);
  }
});
