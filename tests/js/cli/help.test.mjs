// SPDX-License-Identifier: Apache-2.0
// `webhlo help`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkValues, find, parse } from "../../../js/dist/cli/command.js";
import { commands } from "../../../js/dist/cli/commands.js";
import { webhlo } from "./webhlo.mjs";

test("help tells of each command its options and examples, which are command lines that it takes", async () => {
  const all = await webhlo("--help");
  assert.equal(all.status, 0);
  assert.deepEqual(await webhlo("help"), all);
  for (const command of commands) {
    const { name, options, examples } = command;
    assert.match(all.stdout, new RegExp(`^  webhlo ${name} `, "m"));
    const own = await webhlo("help", name);
    assert.deepEqual(await webhlo(name, "--help"), own);
    for (const option of Object.keys(options)) {
      assert.match(own.stdout, new RegExp(`^  (-\\w, )?--${option}\\b`, "m"));
    }
    assert.ok(own.stdout.split("\n").every((line) => line.length <= 100));
    for (const [line] of examples) {
      assert.ok(own.stdout.includes(`  ${line}\n`), line);
      const words = /webhlo ([^>)]*)/.exec(line)[1].trim().split(/\s+/);
      const parsed = parse(words, commands);
      assert.equal(find(parsed.command, commands), command);
      checkValues(command, parsed.values);
      assert.ok(parsed.operands.length > 0);
    }
  }
});
