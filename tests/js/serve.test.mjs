// SPDX-License-Identifier: Apache-2.0
// `webhlo serve`: the headers it sends, and what it does not give away.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";

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
const get = (target, method = "GET") =>
  new Promise((resolve, reject) => {
    request(address, { path: target, method }, (response) => {
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
