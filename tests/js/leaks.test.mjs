// SPDX-License-Identifier: Apache-2.0
// What Node keeps of models that were given up: nothing. With WEBHLO_LEAKS=long (./dev test leaks) as
// often as a server would, and resident memory is watched too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import v8 from "node:v8";
import vm from "node:vm";

import { load } from "../../js/dist/index.js";
import { allowedBytes, kinds, makeCycles, measure } from "../leak_cycles.mjs";

v8.setFlagsFromString("--expose-gc");
globalThis.gc = vm.runInNewContext("gc");

const long = process.env.WEBHLO_LEAKS === "long";
const digits = readFileSync(new URL("../../js/digits.whlo", import.meta.url));
const place = {
  cycles: makeCycles(load, digits),
  resident: () => process.memoryUsage().rss,
};

for (const row of kinds) {
  const count = long ? row.long : row.short;
  const name = `${count} x ${row.kind} with ${row.threads} thread(s) leave nothing behind`;
  test(name, async (context) => {
    const { alive, grown } = await measure(place, row, count);
    context.diagnostic(`resident memory grew by ${grown >> 20} MB`);
    assert.equal(alive, 0, `${alive} memories are alive`);
    if (long) assert.ok(grown < allowedBytes, `grew by ${grown} bytes`);
  });
}
