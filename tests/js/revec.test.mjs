// SPDX-License-Identifier: Apache-2.0
// load(..., { revec: true }): a flag of the process, so each case is one of its own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";

const dist = new URL("../../js/dist/index.js", import.meta.url);
const digits = new URL("../../js/digits.whlo", import.meta.url);
const hasFlag = Number(/^\d+\.\d+/.exec(process.versions.v8)[0]) >= 12.4;

/** Runs the body of an async function in a new process; what it returns, and what was printed to stderr. */
const inProcess = (body) =>
  new Promise((resolve, reject) => {
    const script = `import { load } from ${JSON.stringify(dist.href)};
      const digits = ${JSON.stringify(digits.href)};
      const image = Float32Array.from({ length: 784 }, (_, i) => (i % 29) / 28);
      const run = async (options) => {
        const model = await load(digits, { threads: 1, ...options });
        const [scores] = Object.values(model.runSync({ image }));
        for (let i = 0; i < 200; ++i) model.runSync({ image });
        const [again] = Object.values(model.runSync({ image }));
        model.dispose();
        return [...scores, ...again];
      };
      const error = (promise) => promise.then(() => "none", ({ code, message }) => code + ": " + message);
      process.stdout.write(JSON.stringify(await (async () => { ${body} })()));`;
    execFile(
      process.execPath,
      ["--input-type=module", "-e", script],
      { timeout: 60_000 },
      (failure, stdout, stderr) => {
        if (failure) reject(failure);
        else resolve({ value: JSON.parse(stdout), stderr });
      },
    );
  });

test(
  "revec: the same bits as without, on every load after the first",
  { skip: !hasFlag && "this V8 has no such flag" },
  async () => {
    const without = await inProcess("return run({});");
    const revec = await inProcess(
      "return [await run({ revec: true }), await run({}), await run({ revec: true })];",
    );
    assert.equal(revec.stderr, "");
    for (const scores of revec.value) assert.deepEqual(scores, without.value);
  },
);

test(
  "revec: an error once the runtime is compiled without",
  { skip: !hasFlag && "this V8 has no such flag" },
  async () => {
    const { value } = await inProcess(
      "await run({ revec: false }); return error(run({ revec: true }));",
    );
    assert.match(
      value,
      /^invalid_argument: load: revec is for the first load alone/,
    );
  },
);

test(
  "revec: an error where V8 has no such flag",
  { skip: hasFlag && "this V8 has it" },
  async () => {
    const { value } = await inProcess("return error(run({ revec: true }));");
    assert.match(value, /^unsupported: load: revec needs Node with V8 12\.4/);
  },
);

test("revec: true or false", async () => {
  const { value } = await inProcess("return error(run({ revec: 1 }));");
  assert.equal(
    value,
    "invalid_argument: load: revec is 1, expected true or false",
  );
});
