// SPDX-License-Identifier: Apache-2.0
// `webhlo serve`: the headers it sends, what it does not send again, what it does not give away, and what it says
// where it cannot listen.

import assert from "node:assert/strict";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { createStaticServer, listen } from "../../../js/dist/cli/serve.js";
import { webhlo } from "./webhlo.mjs";

let folder, server, address;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  await mkdir(path.join(folder, "site", "sub"), { recursive: true });
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await mkdir(path.join(folder, "site-not"));
  await writeFile(path.join(folder, "site-not", "secret.txt"), "secret");
  await writeFile(path.join(folder, "site", "index.html"), "root");
  await writeFile(path.join(folder, "site", "sub", "index.html"), "sub");
  await writeFile(path.join(folder, "site", "a b.wasm"), "wasm");
  await symlink(
    path.join(folder, "secret.txt"),
    path.join(folder, "site", "link.txt"),
  );
  await mkdir(path.join(folder, "outside", "deep"), { recursive: true });
  await writeFile(path.join(folder, "outside", "index.html"), "secret");
  await symlink(
    path.join(folder, "outside"),
    path.join(folder, "site", "linked"),
  );
  await symlink("no such file", path.join(folder, "site", "dangling"));
  await mkdir(path.join(folder, "site", "indexed"));
  await symlink(
    path.join(folder, "secret.txt"),
    path.join(folder, "site", "indexed", "index.html"),
  );
  await mkdir(path.join(folder, "site", "a?b#c"));
  server = createStaticServer({ mounts: { "/": path.join(folder, "site") } });
  address = await listen(server, 0, "127.0.0.1");
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

// fetch would tidy the path up before it is sent.
const get = (target, method = "GET", headers = {}) =>
  new Promise((resolve, reject) => {
    request(address, { path: target, method, headers }, (response) => {
      let body = "";
      response.on("data", (bytes) => (body += bytes));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body,
        }),
      );
    })
      .on("error", reject)
      .end();
  });

test("files come with their type and the headers of isolation", async () => {
  const page = await get("/");
  assert.equal(page.body, "root");
  assert.match(page.headers["content-type"], /^text\/html/);
  assert.equal(page.headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(page.headers["cross-origin-embedder-policy"], "require-corp");
  const wasm = await get("/a%20b.wasm");
  assert.equal(wasm.headers["content-type"], "application/wasm");
  assert.equal((await get("/sub/")).body, "sub");
  assert.equal((await get("/sub")).headers.location, "/sub/");
  assert.equal((await get("/", "HEAD")).body, "");
  assert.equal((await get("/", "POST")).status, 405);
});

test("an answer tells nothing of what lies outside, not even whether it exists", async () => {
  const wanted = await get("/none");
  const same = ({ headers: { date, ...headers }, ...rest }) => ({
    ...rest,
    headers,
  });
  for (const target of [
    "/linked",
    "/linked/",
    "/linked/deep",
    "/linked/index.html",
    "/dangling",
    "/indexed/",
    "/..%2foutside",
    "/..%2foutside%2f",
    "/sub/..%2f..%2foutside%2fdeep",
    "/%2e%2e%2foutside",
    "/%2e%2e/outside",
    "/..%5coutside",
    "/sub/../../outside",
    "/%2f%2e%2e%2foutside",
    `/${encodeURIComponent(path.join(folder, "outside"))}`,
    "/..%2f",
    "/..",
  ]) {
    const answer = await get(target);
    // `..` in plain is taken out of an address before it is looked at: that is the folder itself.
    if (target === "/..") assert.equal(answer.body, "root");
    else assert.deepEqual(same(answer), same(wanted), target);
  }
  assert.equal((await get("/a%3Fb%23c")).headers.location, "/a%3Fb%23c/");
});

test("nothing outside of the folder is served", async () => {
  for (const target of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/sub/..%2f..%2fsecret.txt",
    "/../site-not/secret.txt",
    "/..%2fsite-not%2fsecret.txt",
    "/link.txt",
    "//etc/passwd",
    "/%00",
    "/%ff",
    "/none",
  ]) {
    const { status, body } = await get(target);
    assert.equal(status, 404, target);
    assert.doesNotMatch(body, /secret|root/, target);
  }
});

test("what a client has already is not sent again", async () => {
  const first = await get("/a%20b.wasm");
  const { etag, "last-modified": modified } = first.headers;
  assert.match(etag, /^"[0-9a-f-]+"$/);
  assert.equal(first.headers["cache-control"], "no-cache");
  const earlier = new Date(Date.parse(modified) - 1000).toUTCString();
  const later = new Date(Date.parse(modified) + 1000).toUTCString();
  const known = [
    { "If-None-Match": etag },
    { "If-None-Match": `"other", W/${etag}` },
    { "If-None-Match": "*" },
    { "If-Modified-Since": modified },
    { "If-Modified-Since": later },
    { "If-None-Match": etag, "If-Modified-Since": earlier },
    { "If-None-Match": etag, Range: "bytes=1-" },
  ];
  for (const headers of known) {
    const {
      status,
      body,
      headers: sent,
    } = await get("/a%20b.wasm", "GET", headers);
    assert.deepEqual([status, body], [304, ""], JSON.stringify(headers));
    assert.equal(sent.etag, etag);
    assert.equal(sent["content-length"], undefined);
  }
  const unknown = [
    { "If-None-Match": '"other"' },
    { "If-None-Match": '"other"', "If-Modified-Since": modified },
    { "If-Modified-Since": earlier },
    { "If-Modified-Since": "some day" },
  ];
  for (const headers of unknown) {
    const { status, body } = await get("/a%20b.wasm", "GET", headers);
    assert.deepEqual([status, body], [200, "wasm"], JSON.stringify(headers));
  }
  assert.equal((await get("/a%20b.wasm", "HEAD", known[0])).status, 304);
  // A file that changes a millisecond later is another.
  const file = path.join(folder, "site", "sub", "changes.bin");
  const tags = new Set();
  for (const [i, content] of ["one", "two", "six", "seven"].entries()) {
    await writeFile(file, content);
    await utimes(file, 0, 1e9 + i / 1000);
    tags.add((await get("/sub/changes.bin")).headers.etag);
  }
  assert.equal(tags.size, 4);
});

test("parts of files are sent", async () => {
  await writeFile(path.join(folder, "site", "digits.bin"), "0123456789");
  await writeFile(path.join(folder, "site", "empty.bin"), "");
  const whole = await get("/digits.bin");
  assert.equal(whole.headers["accept-ranges"], "bytes");
  const { etag, "last-modified": modified } = whole.headers;
  const range = async (value, more = {}, target = "/digits.bin") => {
    const headers = { Range: value, ...more };
    const { status, body, headers: sent } = await get(target, "GET", headers);
    if (status === 206) assert.equal(sent.etag, etag);
    return [status, sent["content-range"], sent["content-length"], body];
  };
  const part = (first, last) => [
    206,
    `bytes ${first}-${last}/10`,
    String(last - first + 1),
    "0123456789".slice(first, last + 1),
  ];
  assert.deepEqual(await range("bytes=0-"), part(0, 9));
  assert.deepEqual(await range("bytes=4-"), part(4, 9));
  assert.deepEqual(await range("bytes=4-4"), part(4, 4));
  assert.deepEqual(await range("bytes=4-99999999999999999999"), part(4, 9));
  assert.deepEqual(await range("bytes=-3"), part(7, 9));
  assert.deepEqual(await range("bytes=-30"), part(0, 9));
  assert.deepEqual(await range("bytes=4-", { "If-Range": etag }), part(4, 9));
  assert.deepEqual(
    await range("bytes=4-", { "If-Range": modified }),
    part(4, 9),
  );
  const all = [200, undefined, "10", "0123456789"];
  for (const value of [
    "bytes=5-4",
    "bytes=-",
    "bytes=a-b",
    "lines=1-2",
    "bytes=0-1,3-4",
    "5-",
  ]) {
    assert.deepEqual(await range(value), all, value);
  }
  for (const condition of ['"other"', `W/${etag}`, new Date(0).toUTCString()]) {
    assert.deepEqual(await range("bytes=4-", { "If-Range": condition }), all);
  }
  for (const value of ["bytes=10-", "bytes=10-20", "bytes=-0"]) {
    assert.deepEqual(
      (await range(value)).slice(0, 2),
      [416, "bytes */10"],
      value,
    );
  }
  assert.deepEqual((await range("bytes=0-", {}, "/empty.bin")).slice(0, 2), [
    416,
    "bytes */0",
  ]);
  assert.deepEqual(
    [(await get("/empty.bin")).status, (await get("/empty.bin")).body],
    [200, ""],
  );
  const head = await get("/digits.bin", "HEAD", { Range: "bytes=4-" });
  assert.deepEqual([head.status, head.headers["content-length"]], [200, "10"]);
});

test("serve says why it cannot listen", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = String(taken.address().port);
  const { status, stderr } = await webhlo("serve", folder, "--port", port);
  taken.close();
  assert.equal(status, 1);
  assert.match(stderr, /invalid_argument: cannot serve at .*EADDRINUSE/);
});
