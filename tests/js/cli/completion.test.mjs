// SPDX-License-Identifier: Apache-2.0
// `webhlo completion`, in the shells that there are.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { commands } from "../../../js/dist/cli/commands.js";
import { file, webhlo } from "./webhlo.mjs";

test("bash completes commands, options, their values, and folders", async () => {
  const { stdout: script } = await webhlo("completion", "bash");
  await writeFile(file("complete.bash"), script);
  await mkdir(file("a folder"), { recursive: true });
  const complete = async (...words) => {
    const typed = `COMP_WORDS=(webhlo "$@"); COMP_CWORD=$#; _webhlo; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const line = `source complete.bash; complete -p webhlo >/dev/null && ${typed}`;
    const { stdout } = await promisify(execFile)(
      "bash",
      ["--norc", "-c", line, "bash", ...words],
      { cwd: file(".") },
    );
    return stdout.split("\n").filter(Boolean);
  };
  const names = commands.map(({ name }) => name);
  assert.deepEqual(await complete(""), names);
  assert.deepEqual(await complete("in"), ["inspect"]);
  assert.deepEqual(await complete("--v"), ["--version"]);
  assert.deepEqual(await complete("run", "m.mlir", "--pro"), [
    "--program",
    "--profile",
  ]);
  assert.deepEqual(await complete("inspect", "--stage", "st"), ["steps"]);
  assert.deepEqual(await complete("convert", "m.mlir", "--precision", "int"), [
    "int8",
    "int4",
  ]);
  // The rest bash completes as files.
  assert.deepEqual(await complete("run", "--weights", ""), []);
  assert.deepEqual(await complete("run", ""), []);
  assert.deepEqual(await complete("serve", "a"), ["a folder"]);
  assert.deepEqual(await complete("help", "com"), ["completion"]);
  assert.deepEqual(await complete("completion", ""), ["bash", "zsh", "fish"]);
});

for (const [shell, ...check] of [
  ["zsh", "-f", "-n"],
  ["fish", "--no-config"],
]) {
  test(`${shell} reads its completion`, async (t) => {
    const { stdout } = await webhlo("completion", shell);
    for (const { name, options } of commands) {
      assert.match(stdout, new RegExp(`\\b${name}\\b`));
      for (const option of Object.keys(options)) {
        assert.match(stdout, new RegExp(`(--|-l )${option}\\b`));
      }
    }
    await writeFile(file(`complete.${shell}`), stdout);
    const line = [...check, file(`complete.${shell}`)];
    try {
      const { stderr } = await promisify(execFile)(shell, line);
      assert.equal(stderr, "");
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      t.skip(`there is no ${shell}`);
    }
  });
}
