// SPDX-License-Identifier: Apache-2.0
// Every command of ./dev, in a copy of the tree: what they print and what they leave. The copy has its
// own sources, logs and package, so that nothing here touches the checkout. It shares the cache, and
// the build folders by links: they stay those of the checkout, whose sources are the same, so that
// ninja finds nothing to do; a build folder that moved would be configured and compiled again.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import {
  parseSafetensors,
  writeSafetensors,
} from "../../bench/safetensors.mjs";

const checkout = fileURLToPath(new URL("../../", import.meta.url));
// What git ignores, by name; the checkout may be an archive without git.
const notSources = ["build", "out", "node_modules", "js/dist", ".git"];
const isSource = (file) =>
  !notSources.some((name) => `/${file}`.endsWith(`/${name}`));
let copy;

before(() => {
  const folder = mkdtempSync(path.join(tmpdir(), "webhlo-dev-"));
  copy = path.join(folder, "tree");
  cpSync(checkout, copy, {
    recursive: true,
    filter: (file) => isSource(path.relative(checkout, file)),
  });
  cpSync(path.join(checkout, "js/dist"), path.join(copy, "js/dist"), {
    recursive: true,
  });
  const link = (name) =>
    symlinkSync(path.join(checkout, name), path.join(copy, name));
  link("js/node_modules");
  mkdirSync(path.join(copy, "build"));
  for (const name of readdirSync(path.join(checkout, "build"))) {
    // Not the logs, nor what is known of the checkout's package.
    if (/^(native|wasm)/.test(name)) link(path.join("build", name));
  }
});

after(() => rmSync(path.dirname(copy), { recursive: true, force: true }));

const used = new Set();

/** Runs a command of the copy; answers { status, output, errors }. */
function dev(...args) {
  used.add(args[0]);
  const { status, stdout, stderr, error } = spawnSync("./dev", args, {
    cwd: copy,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  assert.ifError(error);
  return { status, output: stdout, errors: stderr };
}

/** The output of a command that must succeed. */
function ok(...args) {
  const { status, output, errors } = dev(...args);
  assert.equal(
    status,
    0,
    `./dev ${args.join(" ")}: status ${status}\n${output}\n${errors}`,
  );
  return output;
}

const lastLine = (output) => output.trimEnd().split("\n").at(-1);
const read = (file) => readFileSync(path.join(copy, file), "utf8");

test("fmt mends what test lint-format complains about", () => {
  const files = ["core/base/sort.cc", "js/src/errors.ts"];
  const good = files.map(read);
  for (const file of files) {
    writeFileSync(path.join(copy, file), read(file).replaceAll("\n", "\n  "));
  }
  const broken = dev("test", "lint-format");
  assert.equal(broken.status, 1, broken.errors);
  assert.equal(lastLine(broken.output), "0 passed, 1 failed, 0 skipped");
  assert.match(broken.output, /core\/base\/sort\.cc:\d+:\d+: error/);

  ok("fmt");
  assert.deepEqual(files.map(read), good);
  assert.equal(
    lastLine(ok("test", "lint-format")),
    "1 passed, 0 failed, 0 skipped",
  );
});

test("test refuses a suite that there is not before it builds anything", () => {
  const { status, output, errors } = dev("test", "nativ");
  assert.equal(status, 1);
  assert.match(errors, /no suite 'nativ'; there are fuzz, native/);
  assert.doesNotMatch(output, /build/);
});

test("test --rewrite writes what stages print where a file says something else", () => {
  const file = "tests/golden/simplify.mlir";
  const good = read(file);
  appendFileSync(path.join(copy, file), "what no pass prints\n");
  assert.match(ok("test", "--rewrite"), /simplify\.mlir: rewritten/);
  assert.equal(read(file), good);
});

test("build js makes the package from its sources", () => {
  const file = "js/dist/index.js";
  rmSync(path.join(copy, file));
  appendFileSync(
    path.join(copy, "js/src/errors.ts"),
    "(globalThis as { builtHere?: boolean }).builtHere = true;\n",
  );
  assert.match(ok("build", "js"), /^build js +\d+ s$/m);
  // Which is minified.
  assert.match(read(file), /globalThis\.builtHere/);
  assert.match(
    dev("build", "butter").errors,
    /'butter' is not a part, see \.\/dev help/,
  );
});

test("demo classifies the test images", () => {
  const output = ok("demo");
  assert.match(output, /^99 of 100 test images right \(accuracy 99 %\)$/m);
  assert.match(output, /^wasm: (simd|relaxed)/m);
});

test("conformance counts the cases of a folder", () => {
  const cases = readdirSync(path.join(copy, "tests/cases")).length;
  const [, passed] =
    /^(\d+) passed, 0 failed, \d+ skipped$/m.exec(
      ok("conformance", "tests/cases"),
    ) ?? [];
  assert.ok(passed >= cases, `${passed} passed of ${cases} files or more`);

  const wrong = path.join(copy, "wrong.mlir");
  writeFileSync(
    wrong,
    `func.func @main() {
      %0 = stablehlo.constant dense<1> : tensor<i32>
      check.expect_eq_const %0, dense<2> : tensor<i32>
      return
    }`,
  );
  const { status, output } = dev("conformance", wrong);
  assert.equal(status, 1);
  assert.equal(lastLine(output), "0 passed, 1 failed, 0 skipped");
});

test("conformance has the functions that models have, linear algebra among them", () => {
  const file = path.join(copy, "potrf.mlirbc"); // What it is its bytes tell: text.
  writeFileSync(
    file,
    `func.func @main(%a: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>) {
      %0:2 = stablehlo.custom_call @lapack_spotrf_ffi(%a) {mhlo.backend_config = {uplo = 76 : ui8}}
        : (tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<i32>)
      return %0#0, %0#1 : tensor<2x2xf32>, tensor<i32>
    }`,
  );
  const f32 = (shape, ...values) => ({
    dtype: "F32",
    shape,
    data: new Float32Array(values),
  });
  writeFileSync(
    file.replace("mlirbc", "safetensors"),
    writeSafetensors({
      "in.0": f32([2, 2], 4, 2, 2, 5),
      "out.0": f32([2, 2], 2, 2, 1, 2),
      "out.1": { dtype: "I32", shape: [], data: new Int32Array(1) },
    }),
  );
  assert.match(ok("conformance", file), /^1 passed, 0 failed, 0 skipped$/m);
});

test("conformance draws the same files for Node and for pages", () => {
  const drawn = ["--sample", "30", "--seed", "1", "tests/cases"];
  const output = ok("conformance", ...drawn);
  assert.match(output, /^[1-9]\d* passed, 0 failed, \d+ skipped$/m);
  assert.equal(
    lastLine(ok("conformance", "--browser", ...drawn)),
    lastLine(output),
  );
});

test("example needs one of the names that it tells", () => {
  for (const args of [[], ["nonsense"], ["digits", "lorenz"]]) {
    const { status, output, errors } = dev("example", ...args);
    assert.equal(status, 1);
    assert.match(errors, /example needs a name: .*\bdigits .*\blorenz /);
    assert.equal(output, "");
  }
});

test("size says what of the wasm is whose", () => {
  const told = ok("size", "--json");
  const { bytes, gzipped, code, data, parts } = JSON.parse(
    told.slice(told.indexOf("{")), // Behind what building says.
  );
  assert.ok(gzipped < bytes && code.bytes + data.bytes < bytes);
  const part = (name) => parts.find((row) => row.part === name);
  for (const name of [
    "core/ops",
    "core/kernels/matmul",
    "core/runtime",
    "libc++",
    "XNNPACK",
    "C library",
  ]) {
    assert.ok(part(name)?.gzipped > 1000, name);
  }
  // The module that ships is linked of the same, and its functions are in another order.
  const sum = (of) => parts.reduce((all, row) => all + row[of], 0);
  assert.ok(
    Math.abs(sum("code") / code.bytes - 1) < 0.01,
    `${sum("code")} of ${code.bytes}`,
  );
  assert.ok(sum("gzipped") < code.gzipped);
  const functions = ok("size", "--part", "core/kernels/sort");
  assert.match(functions, /^ *\d+ {2}webhlo::.*RadixSort/m);
  assert.match(
    dev("size", "--part", "nonsense").errors,
    /no part 'nonsense'; there are core\/ops, /,
  );
  const { status, errors, output } = dev("size", "--nonsense");
  assert.equal(status, 1);
  assert.match(errors, /^size: Unknown option '--nonsense'/);
  assert.equal(output, "");
});

test("differential reads its options before it builds or fetches anything", () => {
  assert.match(ok("differential", "--help"), /^ {2}--seed N {2,}the first/m);
  for (const [args, complaint] of [
    [["--count", "many"], /--count: a number, not many/],
    [["--sed", "1"], /Unknown option '--sed'/],
  ]) {
    const { status, output, errors } = dev("differential", ...args);
    assert.equal(status, 2);
    assert.match(errors, complaint);
    assert.equal(output, "");
  }
});

test("docs reads its options before it builds or fetches anything", () => {
  assert.match(ok("docs", "--help"), /^ {2}--base \/PATH\/ {2,}where/m);
  for (const [args, complaint] of [
    [["--base", "there"], /--base: a path from \/ to \/, not there/],
    [["--port", "http"], /--port: a number, not http/],
    [["--sreve"], /Unknown option '--sreve'/],
  ]) {
    const { status, output, errors } = dev("docs", ...args);
    assert.equal(status, 2);
    assert.match(errors, complaint);
    assert.equal(output, "");
  }
});

test("bench measures a model, here against the same build", () => {
  const models = path.join(copy, "bench-models");
  makeModel(path.join(models, "digits"));
  const results = path.join(copy, "bench-results.json");
  const output = ok(
    ...["bench", "--models", models, "--peers", "none", "--threads", "1"],
    ...["--rounds", "1", "--slice", "20", "--cold", "1", "--build", copy],
    ...["--json", results],
  );
  const rows = output.split("\n").filter((line) => line.startsWith("| digits"));
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  const [timed, ...started] = cells.map((row) => row.slice(2, -1));
  // Threads, runSync, run, against one thread, the other build, its ratio.
  const time = /^[\d.]+( \([\d.]+\))?$/;
  for (const i of [1, 2, 4, 5]) assert.match(timed[i], time, rows[0]);
  assert.deepEqual(
    started.map(([runtime]) => runtime),
    ["webhlo", "build", "webhlo (.whlo)"],
  );
  assert.match(
    dev("bench", "--models", models, "--build", "core").errors,
    /--build: core has no index\.js/,
  );
  // The results: tables, a chart with a bar for the other build, and what to compare later ones with.
  const beside = (extension) =>
    readFileSync(results.replace(".json", extension), "utf8");
  assert.match(beside(".md"), /^\| digits/m);
  assert.match(beside(".svg"), /<text[^>]*>digits, 1 thread<\/text>/);
  assert.equal(beside(".svg").match(/height="12" fill/g).length, 1);
  const slower = JSON.parse(beside(".json"));
  for (const record of slower.models.digits) record.best *= 2;
  const later = path.join(copy, "bench-later.json");
  writeFileSync(later, JSON.stringify(slower));
  const compared = ok("bench", "--against", results, later);
  assert.match(compared, /^slower: digits x 1 \(2\.00\)\nfaster: none$/m);
  assert.match(
    ok("bench", "--against", results, results),
    /^slower: none\nfaster: none$/m,
  );
  assert.match(
    dev("bench", "--against", path.join(copy, "README.md"), results).errors,
    /cannot read .*README\.md/,
  );
});

/** The digits model as a benchmark: one image, and the answer that float64 gives. */
function makeModel(folder) {
  mkdirSync(folder, { recursive: true });
  const digits = path.join(copy, "models/digits");
  for (const file of ["model.jaxexport", "weights.safetensors"]) {
    copyFileSync(path.join(digits, file), path.join(folder, file));
  }
  writeFileSync(path.join(folder, "weights.json"), '{ "tied": {} }');
  const { images, logits } = parseSafetensors(
    readFileSync(path.join(digits, "test.safetensors")),
  );
  const exact = logits.data.slice(0, 10);
  const powers = Array.from(exact, Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  const image = Float32Array.from(images.data.subarray(0, 784), (v) => v / 255);
  const probabilities = Float32Array.from(powers, (v) => v / sum);
  const f32 = (shape, data) => ({ dtype: "F32", shape, data });
  writeFileSync(
    path.join(folder, "io.safetensors"),
    writeSafetensors({
      "in.image": f32([1, 28, 28, 1], image),
      "out.logits": f32([1, 10], exact),
      "out.probabilities": f32([1, 10], probabilities),
    }),
  );
}

test("bench ops times ops, here beside an XLA that has one answer wrong", () => {
  const python = path.join(copy, "python.mjs");
  writeFileSync(python, pretendedXla, { mode: 0o755 });
  const names = ["argmax_1x51864", "reverse_rows_1000x1000"];
  const few = ["--peers", "none", "--rounds", "1", "--slice", "10"];
  const some = ["bench", "ops", "--only", names.join(), ...few];
  const { status, output } = dev(...some, "--xla", python);
  assert.equal(status, 1, output);
  const time = String.raw`[\d.]+`;
  const rows = [
    String.raw`reverse_rows_1000x1000 +\| +${time} \| +2 \| +${time} \|`,
    String.raw`argmax_1x51864 +\| +failed \| +2 \| +- \|`,
  ];
  for (const row of rows) assert.match(output, new RegExp(`^\\| ${row}$`, "m"));
  assert.match(output, /webhlo failed: argmax_1x51864: wrong answer/);

  const alone = ok(...some, "--xla", "no-such-python");
  for (const name of names)
    assert.match(alone, new RegExp(`^\\| ${name}`, "m"));
  assert.match(alone, /XLA:CPU is left out, .*: spawn no-such-python ENOENT/);
  assert.match(
    dev("bench", "ops", "--only", "teleport").errors,
    /--only: no op has teleport in its name or group/,
  );
});

/** Speaks as bench/ops/xla.py does: every op takes 2 ms, every argmax is -1. */
const pretendedXla = `#!${process.execPath}
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
const { parseSafetensors, writeSafetensors } = await import("./bench/safetensors.mjs");
const calls = {
  version: () => ({ jax: "pretended" }),
  slice: () => ({ times: [2] }),
  open({ program, io }) {
    if (!/argmax/.test(readFileSync(program, "utf8"))) return { firstRun: 2 };
    const tensors = parseSafetensors(readFileSync(io));
    const data = Int32Array.of(-1);
    tensors["out.0"] = { dtype: "I32", shape: [1], data };
    writeFileSync(io, writeSafetensors(tensors));
    return { firstRun: 2 };
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { call, options } = JSON.parse(line);
  console.log(JSON.stringify({ result: calls[call](options) }));
}
`;

test("env makes the tools known to a shell", () => {
  used.add("env");
  const shell =
    'eval "$(./dev env)"; command -v emcmake node; echo "$EM_CONFIG"';
  const { status, stdout } = spawnSync("bash", ["-euc", shell], {
    cwd: copy,
    encoding: "utf8",
    env: {
      HOME: process.env.HOME,
      PATH: "/usr/bin:/bin",
      ...cacheOf(process.env),
    },
  });
  assert.equal(status, 0);
  const files = stdout.trim().split("\n");
  assert.equal(files.length, 3);
  for (const file of files) assert.ok(existsSync(file), file);
});

/** The settings that say where the cache is. */
function cacheOf(env) {
  const names = ["WEBHLO_CACHE", "XDG_CACHE_HOME"];
  return Object.fromEntries(
    names.filter((name) => env[name]).map((name) => [name, env[name]]),
  );
}

test("help tells of every command, and every command is tried above", () => {
  const words = /^case \$\{1:-help\} in\n([^]*?)^esac/m.exec(read("dev"))[1];
  const commands = [...words.matchAll(/^ {2}([^)*]+)\)/gm)].flatMap(
    ([, list]) => list.split("|").map((word) => word.trim()),
  );
  const usage = ok("help");
  for (const word of ["-h", "--help"]) assert.equal(ok(word), usage);
  const spawned = dev("nonsense");
  assert.equal(spawned.status, 1);
  assert.match(spawned.errors, /no command 'nonsense'/);
  used.delete("nonsense");

  assert.deepEqual([...used].sort(), commands.sort());
  for (const name of commands.filter((word) => !/help|-h/.test(word))) {
    assert.match(usage, new RegExp(`^\\./dev ${name}\\b`, "m"));
  }
});
