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

// Of Are the types wrong? what its command line asks, which would bring 46 packages to colour a terminal.
import {
  checkPackage,
  createPackageFromTarballData,
  Package,
} from "../../js/node_modules/@arethetypeswrong/core/dist/index.js";

const js = fileURLToPath(new URL("../../js/", import.meta.url));
let folder;
let archive;
const run = (program, args) =>
  execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: js,
    stdio: "pipe",
  });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
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
    "digits.d.ts",
    "digits.js",
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
    assert.equal(
      existsSync(installed(`dist/webhlo-${variant}-worker.mjs`)),
      variant.endsWith("-threads"),
    );
  }
  for (const file of ["linear-algebra.wasm", "importer.wasm", "importer.mjs"]) {
    assert.ok(existsSync(installed(`dist/webhlo-${file}`)), file);
  }
  assert.equal(
    JSON.parse(readFileSync(installed("package.json"))).dependencies,
    undefined,
  );
  assert.ok(statSync(installed("digits.whlo")).size < 500_000);
});

test("publint finds nothing wrong with it", () => {
  const publint = path.join(js, "node_modules/publint/src/cli.js");
  const lint = () =>
    run(process.execPath, [
      publint,
      "run",
      installed("."),
      "--strict",
      "--pack",
      "false",
    ]);
  assert.match(lint(), /All good/);
  // It would.
  const file = installed("package.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll("dist/index.d.ts", "dist/none.d.ts"));
  try {
    assert.throws(lint, ({ stdout }) => /none\.d\.ts/.test(stdout));
  } finally {
    writeFileSync(file, text);
  }
});

test("its types are found, and are of the code that is found, however it is imported", async () => {
  const packed = createPackageFromTarballData(
    readFileSync(path.join(folder, archive)),
  );
  const problems = async (checked) => {
    // Types do not resolve what is data.
    const options = { excludeEntrypoints: ["./digits.whlo"] };
    const result = await checkPackage(checked, options);
    assert.ok(result.types);
    assert.deepEqual(Object.keys(result.entrypoints), [
      ".",
      "./digits.js",
      "./dist/*",
      "./package.json",
    ]);
    // As its profile `esm-only` does: the package has ES modules alone, which `require` takes in all
    // Nodes since 20.19, as a test below sees.
    return result.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
  };
  assert.deepEqual(await problems(packed), []);
  // It would.
  const files = Object.fromEntries(
    packed.listFiles().map((name) => [name, packed.readFile(name)]),
  );
  files["/node_modules/webhlo/digits.d.ts"] = "export * from './none.js';";
  const broken = new Package(files, packed.packageName, packed.packageVersion);
  const found = await problems(broken);
  assert.ok(found.some(({ kind }) => kind === "InternalResolutionError"));
});

test("a page downloads less than 500 KB of wasm and 45 KB of JavaScript, gzipped", () => {
  const size = (name) =>
    gzipSync(readFileSync(installed(`dist/${name}`)), { level: 9 }).length;
  for (const variant of [
    "simd",
    "simd-threads",
    "relaxed",
    "relaxed-threads",
  ]) {
    const scripts = size("index.js") + size(`webhlo-${variant}.mjs`);
    const wasm = size(`webhlo-${variant}.wasm`);
    assert.ok(scripts < 45_000, `${variant}: ${scripts} bytes of JavaScript`);
    assert.ok(wasm < 500_000, `${variant}: ${wasm} bytes of wasm`);
  }
  // Beside that, models in workers.
  const worker = size("remote.js") + size("webhlo-worker.js");
  assert.ok(worker < 37_000, `${worker} bytes`);
  // Programs that are no .whlo files, those with linear algebra, and the cache of downloads.
  const importer = size("webhlo-importer.wasm");
  assert.ok(importer < 590_000, `${importer} bytes`);
  const linearAlgebra = size("webhlo-linear-algebra.wasm");
  assert.ok(linearAlgebra < 200_000, `${linearAlgebra} bytes`);
  const downloads = size("downloads.js") + size("store.js");
  assert.ok(downloads < 8_000, `${downloads} bytes`);
});

test("only the importer carries the reader of text", () => {
  const reads = (name) =>
    readFileSync(installed(`dist/${name}`)).includes(
      "expected a hexadecimal digit",
    );
  assert.ok(reads("webhlo-importer.wasm"));
  for (const variant of ["simd", "relaxed"]) {
    assert.ok(!reads(`webhlo-${variant}.wasm`), variant);
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

test("require finds it, by its main as by its exports", () => {
  const script = `const { load } = require('webhlo'); console.log(typeof load, require('webhlo/digits.js').default.href)`;
  writeFileSync(path.join(folder, "sample.cjs"), script);
  assert.match(
    run(process.execPath, ["--no-warnings", "sample.cjs"]),
    /^function file:.*\.whlo\n$/,
  );
  const { main, exports } = JSON.parse(readFileSync(installed("package.json")));
  assert.equal(main, exports["."].default);
});

/** The first lines of the README. */
const readme = /```js\n([^]*?)```/.exec(
  readFileSync(path.join(js, "../README.md"), "utf8"),
)[1];

test("the first lines of the README run as they stand", () => {
  writeFileSync(path.join(folder, "readme.mjs"), readme);
  assert.equal(run(process.execPath, ["readme.mjs"]), "a 1\n");
});

test("the first lines of the README are well typed for a bundler and for Node", () => {
  writeFileSync(path.join(folder, "readme.mts"), readme);
  check(["readme.mts"], { module: "esnext", moduleResolution: "bundler" });
  check(["readme.mts"], { module: "node16", moduleResolution: "node16" });
});

test("its types hold in a strict program without the newest libraries", () => {
  const typed = `import { cache, load, Tensor, traceOf, WebHLOError, registerCustomCall } from 'webhlo';
import type { CacheEntry, LoadProgress, Profile } from 'webhlo';
const model = await load({ a: 'a.mlir' }, { weights: { w: new Tensor([1]) }, onProgress: (n: number) => void n });
const report = (loaded: number, total: number, { files }: LoadProgress) => void [loaded / total, files[0]?.fromCache];
await load('a.whlo', { cache: true, cacheSize: 1e9, onProgress: report });
const kept: readonly CacheEntry[] = await cache.entries();
void [kept[0]?.used.getTime(), await cache.size(), cache.clear()];
const { logits } = await model.run({ x: [1, 2] }, { signal: new AbortController().signal });
const first: number | undefined = logits?.[0];
const { ids } = await model.run<{ ids: BigInt64Array }>({ x: [1, 2] });
const id: bigint | undefined = ids[0];
const { s, t } = model.runSync({ x: new Float32Array(2) }, { keep: ['s'] });
s.dispose();
const second: number | undefined = t?.[1];
const some: string[] = ['s'];
const either = model.runSync({ x: [1, 2] }, { keep: some })['s'];
if (either instanceof Tensor) either.dispose();
const donated: Tensor = (await model.programs['a']!.run({ x: s }, { keep: ['y'], donate: ['x'] })).y;
void [id, second, donated];
const profile: Profile = await model.profile({ x: [1, 2] }, { runs: 2, deadline: 1000 });
const rate: number | null | undefined = profile.steps[0]?.gflops;
void [rate, JSON.stringify(traceOf(profile))];
registerCustomCall('t', ([input]) => input!.toFloat32());
try { model.programs['a']!.inputs[0]!.shape.at(0); } catch (e) { if (e instanceof WebHLOError && e.code === 'cancelled') void first; }
export {};
`;
  writeFileSync(path.join(folder, "typed.mts"), typed);
  check(["typed.mts"], { noUncheckedIndexedAccess: true, module: "nodenext" });
});

/** Compiles files of the folder, strictly. */
function check(files, options) {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    ...options,
  };
  writeFileSync(
    path.join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files }),
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
}
