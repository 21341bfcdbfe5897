// SPDX-License-Identifier: Apache-2.0
// Every snippet of the documentation does what the page says: in Node, in a shell, in headless Chromium.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { launch, serve, visit } from "../browser/pages.mjs";
import { blocksOf, filesOf, pages, programsOf } from "./snippets.mjs";

const run = promisify(execFile);
const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const js = at("../../js");

let browser, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-docs-"));
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync(js, path.join(modules, "webhlo"));
  symlinkSync("../webhlo/dist/cli.js", path.join(modules, ".bin/webhlo"));
  copyFileSync(path.join(js, "digits.whlo"), path.join(folder, "digits.whlo"));
  for (const name of ["model.jaxexport", "weights.safetensors"])
    copyFileSync(at(`../../models/digits/${name}`), path.join(folder, name));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const importMap = `<script type="importmap">${JSON.stringify({
  imports: {
    webhlo: "./node_modules/webhlo/dist/index.js",
    "webhlo/digits.js": "./node_modules/webhlo/digits.js",
  },
})}</script>`;

/** Each answers what the snippet printed. */
const runners = {
  async js({ code, kind }) {
    if (kind === "page") {
      const script = `${code}\ndocument.title = "done";`;
      return inPage(
        `<!doctype html><link rel="icon" href="data:,">${importMap}<script type="module">${script}</script>`,
        () => document.title === "done",
      );
    }
    writeFileSync(path.join(folder, "snippet.mjs"), code);
    const { stdout, stderr } = await run(process.execPath, ["snippet.mjs"], {
      cwd: folder,
    });
    assert.equal(stderr, "");
    return stdout;
  },
  html({ code }) {
    return inPage(code, () =>
      /^[^…]/.test(document.querySelector("output").textContent),
    );
  },
  async sh({ code }) {
    const { stdout } = await run("bash", ["-euo", "pipefail", "-c", code], {
      cwd: folder,
    });
    assert.notEqual(stdout, "");
    return stdout;
  },
  async mlir({ code }) {
    const { load } = await import("../../js/dist/index.js");
    const model = await load(new Blob([code]), { threads: 1 });
    model.dispose();
    return "";
  },
};

async function inPage(html, isDone) {
  writeFileSync(path.join(folder, "index.html"), html);
  const site = await serve({ "/": folder, "/node_modules/webhlo/": js });
  const { context, page, problems, notes } = await visit(browser, site.address);
  try {
    await page
      .waitForFunction(isDone, null, { timeout: 60_000 })
      .catch((error) => {
        assert.deepEqual(problems, []);
        throw error;
      });
    assert.deepEqual(problems, []);
    const shown = await page.evaluate(
      () => document.querySelector("output")?.textContent,
    );
    return [...notes, ...(shown === undefined ? [] : [shown])]
      .map((line) => `${line}\n`)
      .join("");
  } finally {
    await context.close();
    site.close();
  }
}

for (const page of pages) {
  for (const program of programsOf(page)) {
    test(`docs/${page}:${program.line}, ${program.language} ${program.kind}`, async () => {
      const printed = await runners[program.language](program);
      if (program.expected !== undefined)
        assert.equal(printed, program.expected);
    });
  }
}

test("what is not run says why", () => {
  for (const page of pages) {
    for (const { kind, reason, line } of blocksOf(page)) {
      if (kind === "no-run")
        assert.match(reason, /\w+ \w+/, `docs/${page}:${line}`);
    }
  }
});

/** Files that pages show, and the tests that take them from there. */
const takers = {
  "frameworks.md": "frameworks.test.mjs",
  "hosting.md": "hosting.test.mjs",
  "javascript.md": "../browser/cache.test.mjs",
};

test("every file of a page is taken by a test", () => {
  const withFiles = pages.filter((page) => filesOf(page).size > 0);
  assert.deepEqual(withFiles, Object.keys(takers));
  for (const [page, file] of Object.entries(takers)) {
    assert.ok(readFileSync(at(file), "utf8").includes(page), file);
  }
});
