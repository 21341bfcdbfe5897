// SPDX-License-Identifier: Apache-2.0
// The package as a user gets it: packed, installed into an empty folder, imported by name, typed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const js = fileURLToPath(new URL("../../js/", import.meta.url));
let folder;
const run = (program, args) =>
  execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: js,
    stdio: "pipe",
  });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  run("npm", [
    "install",
    "--silent",
    "--no-audit",
    "--no-fund",
    "--offline",
    `./${archive}`,
  ]);
});

after(() => rmSync(folder, { recursive: true, force: true }));

const installed = (name) => path.join(folder, "node_modules/webhlo", name);

const sample = `import { load } from 'webhlo';
const model = await load(import.meta.resolve('webhlo/digits.whlo'));
const image = new Float32Array(28 * 28);
for (let y = 4; y < 24; y++) image.fill(1, 28 * y + 13, 28 * y + 15);
const { probabilities } = await model.run({ image });
console.log('It is a', probabilities.indexOf(Math.max(...probabilities)));
`;

test("the package holds what it needs and nothing else", () => {
  const names = readdirSync(path.join(folder, "node_modules/webhlo")).filter(
    (name) => name !== "README.md",
  );
  const expected = [
    "LICENSE",
    "THIRD_PARTY_NOTICES",
    "digits.whlo",
    "dist",
    "package.json",
  ];
  assert.deepEqual(
    names.sort(),
    expected.filter(
      (name) => name !== "THIRD_PARTY_NOTICES" || existsSync(installed(name)),
    ),
  );
  for (const variant of [
    "simd",
    "simd-threads",
    "relaxed",
    "relaxed-threads",
  ]) {
    assert.ok(existsSync(installed(`dist/webhlo-${variant}.wasm`)), variant);
    assert.ok(existsSync(installed(`dist/webhlo-${variant}.mjs`)), variant);
  }
  assert.equal(
    JSON.parse(readFileSync(installed("package.json"))).dependencies,
    undefined,
  );
  assert.ok(statSync(installed("digits.whlo")).size < 500_000);
});

test("a page downloads less than 500 KB of wasm and 40 KB of JavaScript, gzipped", () => {
  const size = (name) =>
    gzipSync(readFileSync(installed(`dist/${name}`)), { level: 9 }).length;
  const modules = readdirSync(installed("dist")).filter(
    (name) => name.endsWith(".js") && name !== "cli.js",
  );
  const shared = modules.reduce((sum, name) => sum + size(name), 0);
  for (const variant of [
    "simd",
    "simd-threads",
    "relaxed",
    "relaxed-threads",
  ]) {
    const scripts = shared + size(`webhlo-${variant}.mjs`);
    const wasm = size(`webhlo-${variant}.wasm`);
    assert.ok(scripts < 40_000, `${variant}: ${scripts} bytes of JavaScript`);
    assert.ok(wasm < 500_000, `${variant}: ${wasm} bytes of wasm`);
  }
});

test("no file of it needs eval or names a folder of the machine that built it", () => {
  for (const name of readdirSync(installed("dist"), { recursive: true })) {
    if (!/\.(m?js|wasm)$/.test(name)) continue;
    const text = readFileSync(installed(`dist/${name}`), "latin1");
    assert.doesNotMatch(
      text,
      /new Function\(|[^\w.]eval\(|createObjectURL/,
      name,
    );
    assert.ok(!text.includes(path.dirname(path.dirname(js))), name);
  }
});

test("it runs in an empty folder, and lets the process end", () => {
  writeFileSync(path.join(folder, "sample.mjs"), sample);
  assert.equal(run(process.execPath, ["sample.mjs"]), "It is a 1\n");
  const { bin } = JSON.parse(readFileSync(installed("package.json")));
  assert.match(
    run(process.execPath, [installed(bin.webhlo), "--version"]),
    /^\d/,
  );
});

test("the first lines of the README run as they stand", (t) => {
  const readme = path.join(js, "../README.md");
  const block =
    existsSync(readme) &&
    /```js\n([^]*?)```/.exec(readFileSync(readme, "utf8"));
  if (!block) return t.skip("no README with a js block");
  writeFileSync(path.join(folder, "readme.mjs"), block[1]);
  assert.match(run(process.execPath, ["readme.mjs"]), /\d/);
});

test("its types hold in a strict program without the newest libraries", () => {
  const typed = `import { load, Tensor, WebHLOError, registerCustomCall } from 'webhlo';
const model = await load({ a: 'a.mlir' }, { weights: { w: new Tensor([1]) }, onProgress: (n: number) => void n });
const { logits } = await model.run<{ logits: Float32Array }>({ x: [1, 2] }, { signal: new AbortController().signal });
const first: number | undefined = logits[0];
const kept = model.runSync({ x: new Float32Array(2) }, { keep: ['s'] })['s'];
if (kept instanceof Tensor) kept.dispose();
registerCustomCall('t', ([input]) => input!.toFloat32());
try { model.programs['a']!.inputs[0]!.shape.at(0); } catch (e) { if (e instanceof WebHLOError && e.code === 'cancelled') void first; }
export {};
`;
  writeFileSync(path.join(folder, "typed.mts"), typed);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: "nodenext",
    types: [],
  };
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["typed.mts"] }),
  );
  try {
    run(process.execPath, [
      path.join(js, "node_modules/typescript/bin/tsc"),
      "-p",
      ".",
    ]);
  } catch (error) {
    assert.fail(error.stdout);
  }
});
