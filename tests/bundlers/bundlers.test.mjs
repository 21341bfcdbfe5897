// SPDX-License-Identifier: Apache-2.0
// The packed package in every common bundler and runtime, without configuration: each page is visited
// in headless Chromium with and without the headers that allow threads. WEBHLO_BUNDLERS=short takes
// the ones that every test run affords, =rest the others.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { launch, visit } from "../browser/pages.mjs";
import {
  makeProject,
  run,
  serveBehind,
  serveFolder,
  startServer,
} from "./harness.mjs";
import * as table from "./table.mjs";
import { pages, programs } from "./tools.mjs";

const part = process.env.WEBHLO_BUNDLERS;
const chosen = ({ short = false }) => !part || (part === "short") === short;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Visits the page: the right answer, the threads that the headers allow, and a quiet console. */
async function check(address, isolate) {
  const { context, page, problems, notes } = await visit(browser, address);
  try {
    await page.waitForFunction(
      () => document.title !== "" && document.title !== "digits",
      null,
      {
        timeout: 60_000,
      },
    );
    assert.equal(await page.evaluate(() => crossOriginIsolated), isolate);
    assert.equal(await page.title(), isolate ? "a 1 on 2" : "a 1 on 1");
    // The thread of the model in the page; the worker and its thread have ended.
    const threads = isolate ? 1 : 0;
    for (let tries = 0; page.workers().length > threads && tries < 50; tries++)
      await page.waitForTimeout(100);
    assert.equal(page.workers().length, threads);
    assert.deepEqual(problems, []);
    const why =
      "WebHLO runs on one thread: this page is not cross-origin isolated.";
    // The page and the worker each.
    assert.deepEqual(
      notes.filter((note) => note.startsWith("WebHLO")),
      isolate ? [] : [why, why],
    );
  } catch (error) {
    error.message += `\n${[...problems, ...notes].join("\n")}`;
    throw error;
  } finally {
    await context.close();
  }
}

for (const tool of pages.filter(chosen)) {
  test(tool.name, async () => {
    const project = makeProject(tool.folder);
    for (const [name, text] of Object.entries(tool.write ?? {})) {
      writeFileSync(path.join(project, name), text);
    }
    for (const command of tool.build ?? []) await run(command, project);
    const server = tool.serve && (await startServer(tool.serve, project));
    try {
      for (const isolate of [true, false]) {
        const site = server
          ? await serveBehind(server.port, isolate)
          : await serveFolder(path.join(project, tool.files), isolate);
        try {
          await check(site.address, isolate);
          if (tool.route) {
            const answer = await fetch(site.address + tool.route);
            assert.equal(await answer.text(), "a 1 on 2");
            assert.doesNotMatch(server.output(), /WebHLO/);
          }
        } finally {
          site.close();
        }
      }
    } finally {
      server?.close();
    }
  });
}

test("docs/bundlers.md tells what is tested here", () => {
  assert.equal(readFileSync(table.file, "utf8"), table.text());
});

const made = new Map();
for (const tool of programs.filter(chosen)) {
  const { name, folder, command, answer = /on 2$|1 passed/m } = tool;
  test(name, async () => {
    if (!made.has(folder)) made.set(folder, makeProject(folder));
    const output = await run(command, made.get(folder));
    assert.match(output, answer);
    assert.doesNotMatch(output, /WebHLO/);
  });
}
