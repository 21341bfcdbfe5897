// SPDX-License-Identifier: Apache-2.0
// What Chromium keeps of models that were given up: as tests/js/leaks.test.mjs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";
import { allowedBytes, kinds, measure } from "../leak_cycles.mjs";
import { digitsFile, launch, visit } from "./pages.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const long = process.env.WEBHLO_LEAKS === "long";
const cyclesFile = "/leak_cycles.mjs";
let browser, server, address;

before(async () => {
  server = createStaticServer({
    mounts: {
      "/webhlo/": at("../../js/dist"),
      "/digits.whlo": digitsFile,
      [cyclesFile]: at(`..${cyclesFile}`),
    },
  });
  address = await listen(server, 0, "127.0.0.1");
  browser = await launch(["--js-flags=--expose-gc"]);
});
after(async () => {
  await browser?.close();
  server?.close();
});

for (const row of kinds) {
  const count = long ? row.long : row.short;
  const name = `${count} x ${row.kind} with ${row.threads} thread(s) leave nothing behind`;
  test(name, async (t) => {
    // Any document of the server is isolated; this one runs nothing.
    const { context, page } = await visit(
      browser,
      new URL(cyclesFile, address).href,
    );
    await page.evaluate(async (file) => {
      const { makeCycles } = await import(file);
      const { load } = await import("/webhlo/index.js");
      const digits = await (await fetch("/digits.whlo")).arrayBuffer();
      window.cycles = makeCycles(load, new Uint8Array(digits));
    }, cyclesFile);
    const place = {
      cycles: (...args) =>
        page.evaluate((rest) => window.cycles(...rest), args),
      resident: () => largestRenderer(browser),
    };
    const { alive, grown } = await measure(place, row, count);
    t.diagnostic(`resident memory grew by ${grown >> 20} MB`);
    await context.close();
    assert.equal(alive, 0, `${alive} memories are alive`);
    if (long) assert.ok(grown < allowedBytes, `grew by ${grown} bytes`);
  });
}

/** Resident bytes of the process that the page lives in: the others do nothing. */
async function largestRenderer() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const resident = processInfo
    .filter(({ type }) => type === "renderer")
    .map(
      ({ id }) =>
        /^VmRSS:\s+(\d+) kB/m.exec(
          readFileSync(`/proc/${id}/status`, "utf8"),
        )[1],
    );
  return 1024 * Math.max(...resident);
}
