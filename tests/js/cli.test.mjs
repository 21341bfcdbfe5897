// SPDX-License-Identifier: Apache-2.0
// The built command line, as a process: what it writes and the status it ends with.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { load, Tensor } from "../../js/dist/index.js";
import { checkValues, find, parse } from "../../js/dist/cli/command.js";
import { commands } from "../../js/dist/cli/commands.js";
import { encodeNpz } from "../../js/dist/cli/npy.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";
import { loop, refused } from "./programs.mjs";

const cli = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));
const digits = fileURLToPath(new URL("../../models/digits/", import.meta.url));
let folder;
const file = (name) => path.join(folder, name);

const webhlo = (...args) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, ...args],
      { timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({
          status: error ? (error.code ?? error.signal) : 0,
          stdout,
          stderr,
        });
      },
    );
  });

const model = `module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['scale']"), %arg1: tensor<2x3xf32> loc("inputs['x']"))
      -> (tensor<2x3xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %1 = stablehlo.multiply %arg1, %0 : tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}`;
const cache = `module {
  func.func public @main(%arg0: tensor<2x4x3xf32> loc("inputs['cache']"), %arg1: tensor<1xi32> loc("inputs['pos']"),
      %arg2: tensor<2x1x3xf32> loc("inputs['x']")) -> (tensor<2x4x3xf32> {jax.result_info = "result['cache_out']"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.reshape %arg1 : (tensor<1xi32>) -> tensor<i32>
    %1 = stablehlo.dynamic_update_slice %arg0, %arg2, %c, %0, %c : (tensor<2x4x3xf32>, tensor<2x1x3xf32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<2x4x3xf32>
    return %1 : tensor<2x4x3xf32>
  }
}`;

const x = new Tensor([
  [1, 1, 1],
  [2, 2, 2],
]);
const y = [1, 2, 3, 2, 4, 6];

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  await writeFile(file("m.mlir"), model);
  await writeFile(file("cache.mlir"), cache);
  await writeTensors(
    file("w.safetensors"),
    new Map([["scale", new Tensor([1, 2, 3])]]),
  );
  const elements = 1_500_000;
  await writeFile(
    file("big.mlir"),
    model
      .replaceAll("tensor<3xf32>", `tensor<${elements}xf32>`)
      .replaceAll("tensor<2x3xf32>", `tensor<2x${elements}xf32>`),
  );
  await writeTensors(
    file("big.safetensors"),
    new Map([["scale", new Tensor(new Float32Array(elements))]]),
  );
  await writeTensors(file("x.safetensors"), new Map([["x", x]]));
  await writeTensors(file("x.npz"), new Map([["x", x]]));
  await writeTensors(file("x.npy"), new Map([["x", x]]));
  await writeFile(file("x.json"), '{"x": [[1, 1, 1], [2, 2, 2]]}');
  const io = new Map([
    ["in.x", x],
    ["out.y", new Tensor(y, { shape: [2, 3] })],
  ]);
  await writeTensors(file("io.safetensors"), io);
  io.set("out.y", new Tensor([...y.slice(0, 5), 6.0012], { shape: [2, 3] }));
  await writeTensors(file("off.safetensors"), io);
});

after(() => rm(folder, { recursive: true }));

const args = () => [file("m.mlir"), "--weights", file("w.safetensors")];

test("a wrong command line ends with status 2 and says why", async () => {
  const cases = [
    [[], /no command/],
    [["fly"], /no command "fly"/],
    [["rnu", "a"], /no command "rnu"; did you mean run\?/],
    [
      ["run", "a", "--thread", "2"],
      /no option --thread; did you mean --threads\?/,
    ],
    [["serve", "a", "--prot", "2"], /did you mean --port\?/],
    [
      ["inspect", "a", "--stage", "memroy"],
      /memroy; did you mean memory\?; expected/,
    ],
    [
      ["run", "a", "--max-memory", "3 parsecs"],
      /3 parsecs: expected bytes, as in/,
    ],
    [["run", "a", "--max-memory", "-1"], /--max-memory/],
    [
      ["serve", ".", "--port", "65536"],
      /--port 65536: expected a port, 0 to 65535/,
    ],
    [["serve", ".", "--port", "80.5"], /--port 80.5/],
    [["serve", ".", "--port", "x"], /--port x/],
    [["run"], /run what/],
    [["run", "a", "--stage", "plan"], /run has no option --stage/],
    [["run", "a", "--fast"], /--fast/],
    [["run", "a", "--steps"], /run has no option --steps/],
    [["run", "a", "--rtol", "x"], /--rtol x/],
    [["inspect", "a", "--stage", "x"], /--stage x/],
    [["convert", "a"], /-o OUT/],
    [["run", "a", "b"], /NAME=MODEL/],
    [["run", "a", "--trace"], /--trace <value>' argument missing/],
    [["serve", ".", "--json"], /serve has no option --json/],
    [["help", "rnu"], /no command "rnu"; did you mean run\?/],
    [["rnu", "--help"], /no command "rnu"; did you mean run\?/],
    [["completion"], /completion what/],
    [
      ["completion", "bsh"],
      /"bsh"; did you mean bash\?; there are bash, zsh, fish/,
    ],
  ];
  for (const [line, message] of cases) {
    const { status, stderr } = await webhlo(...line);
    assert.equal(status, 2, line.join(" "));
    assert.match(stderr, message);
  }
  assert.match((await webhlo("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
});

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
      { cwd: folder },
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

test("run reads inputs of every format and writes outputs of every format", async () => {
  for (const format of ["safetensors", "npz", "npy", "json"]) {
    const out = file(`out.${format}`);
    const { status, stderr } = await webhlo(
      "run",
      ...args(),
      "--inputs",
      file(`x.${format}`),
      "--output",
      out,
    );
    assert.equal(status, 0, stderr);
    const [value] = (await readTensors(out)).values();
    assert.deepEqual([...value.data()], y);
    assert.deepEqual(value.shape, [2, 3]);
  }
});

test("run compares with what is expected, by status", async () => {
  const good = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("io.safetensors"),
    "--expect",
    file("io.safetensors"),
  );
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /ok +y: /);
  const off = [
    ...args(),
    "--inputs",
    file("off.safetensors"),
    "--expect",
    file("off.safetensors"),
  ];
  const bad = await webhlo("run", ...off);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /FAIL y: .*relative 2.00e-4/);
  assert.equal((await webhlo("run", ...off, "--rtol", "1e-3")).status, 0);
  const none = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("x.npz"),
    "--expect",
    file("x.npz"),
  );
  assert.equal(none.status, 1);
  assert.match(none.stderr, /expected "x"/);
});

test("run checks one position of a cache, and that the rest is unchanged", async () => {
  const before = new Tensor(
    Float32Array.from({ length: 24 }, (_, i) => i),
    { shape: [2, 4, 3] },
  );
  const io = new Map([
    ["in.cache", before],
    ["in.pos", new Tensor([2], { dtype: "i32" })],
    ["in.x", new Tensor([[[-1, -2, -3]], [[-4, -5, -6]]])],
    [
      "out.cache_out.at_pos",
      new Tensor([
        [-1, -2, -3],
        [-4, -5, -6],
      ]),
    ],
  ]);
  await writeTensors(file("cache.safetensors"), io);
  const line = [
    "run",
    file("cache.mlir"),
    "--inputs",
    file("cache.safetensors"),
    "--expect",
    file("cache.safetensors"),
  ];
  const { status, stdout, stderr } = await webhlo(...line, "--json");
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(
    JSON.parse(stdout).checks.map(({ name, passed }) => [name, passed]),
    [
      ["cache_out.at_pos", true],
      ["cache_out elsewhere", true],
    ],
  );
  io.set(
    "out.cache_out.at_pos",
    new Tensor([
      [0, -2, -3],
      [-4, -5, -6],
    ]),
  );
  await writeTensors(file("cache.safetensors"), io);
  assert.equal((await webhlo(...line)).status, 1);
});

test("convert makes one file that runs the same", async () => {
  const out = file("m.whlo");
  const made = await webhlo("convert", ...args(), "-o", out);
  assert.equal(made.status, 0, made.stderr);
  const bytes = await readFile(out);
  assert.equal(bytes.subarray(0, 4).toString(), "WHLO");
  assert.equal(bytes.length % 64, 0);
  const run = [
    "run",
    out,
    "--inputs",
    file("io.safetensors"),
    "--expect",
    file("io.safetensors"),
  ];
  const { status, stderr } = await webhlo(...run);
  assert.equal(status, 0, stderr);
  for (const [name, change, message] of [
    ["version", (b) => b.writeUInt32LE(99, 4), /version/],
    ["short", (b) => b.subarray(0, b.length - 64), /bytes too early|ends/],
    ["size", (b) => b.writeUInt32LE(0xfffffff0, 8), /announces/],
    ["foreign", (b) => b.fill(0xff, 64, 128), /./],
  ]) {
    const copy = Buffer.from(bytes);
    const changed = change(copy);
    await writeFile(
      file("bad.whlo"),
      changed instanceof Uint8Array ? changed : copy,
    );
    const bad = await webhlo(
      "run",
      file("bad.whlo"),
      "--inputs",
      file("io.safetensors"),
    );
    assert.equal(bad.status, 1, name);
    assert.match(bad.stderr, message, name);
    assert.doesNotMatch(bad.stderr, /internal/, name);
  }
});

test("--max-memory takes units", async () => {
  for (const [size, bytes] of [
    ["3MB", 3e6],
    ["2.5mb", 2.5e6],
    ["2097152", 2 ** 21],
    ["2 MiB", 2 ** 21],
    ["4096K", 4096e3],
  ]) {
    // As bounds of the memory they are too small for these weights, and say how much they are.
    const { status, stderr } = await webhlo(
      "run",
      file("big.mlir"),
      "--weights",
      file("big.safetensors"),
      "--max-memory",
      size,
      "--threads",
      "1",
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`maxMemory is ${bytes}\\n`));
  }
});

test("an archive of inputs is bounded by what the program takes", async () => {
  const huge = encodeNpz(
    new Map([["x", new Tensor(new Float32Array(100_000))]]),
  );
  await writeFile(file("huge.npz"), Buffer.concat(huge));
  const { status, stderr } = await webhlo(
    "run",
    ...args(),
    "--inputs",
    file("huge.npz"),
  );
  assert.equal(status, 1);
  assert.match(stderr, /x.npy has 400128 bytes, more than the model can take/);
  const unknown = encodeNpz(new Map([["q", new Tensor(new Float32Array(9))]]));
  await writeFile(file("unknown.npz"), Buffer.concat(unknown));
  const other = await webhlo("run", ...args(), "--inputs", file("unknown.npz"));
  assert.match(other.stderr, /; missing: x; not an input: q/);
});

test("halves come back from JSON as they were, whatever array holds them", async () => {
  for (const dtype of ["f16", "bf16"]) {
    const tensor = new Tensor([0.5, -2, 65504], { dtype });
    await writeTensors(file(`${dtype}.json`), new Map([["x", tensor]]));
    const back = (await readTensors(file(`${dtype}.json`))).get("x");
    assert.equal(back.dtype, dtype);
    assert.deepEqual(back.toFloat32(), tensor.toFloat32());
  }
});

test("convert writes through no link", async () => {
  const target = file("precious.txt");
  await writeFile(target, "precious");
  const out = file("linked.whlo");
  await symlink(target, out);
  await symlink(target, `${out}.partial`);
  const { status, stderr } = await webhlo("convert", ...args(), "-o", out);
  assert.equal(status, 0, stderr);
  assert.equal(await readFile(target, "utf8"), "precious");
  assert.ok((await lstat(out)).isFile());
  assert.equal((await readFile(out)).toString("latin1", 0, 4), "WHLO");
  await rm(`${out}.partial`);
  await mkdir(file("folder.whlo"));
  const folder = await webhlo("convert", ...args(), "-o", file("folder.whlo"));
  assert.equal(folder.status, 1);
  assert.match(folder.stderr, /invalid_argument: cannot write .*folder\.whlo/);
});

test("serve says why it cannot listen", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const port = String(taken.address().port);
  const { status, stderr } = await webhlo(
    "serve",
    path.dirname(file("x")),
    "--port",
    port,
  );
  taken.close();
  assert.equal(status, 1);
  assert.match(stderr, /invalid_argument: cannot serve at .*EADDRINUSE/);
});

test("convert may write over what it reads, and a failure leaves it as it was", async () => {
  const own = file("own.whlo");
  assert.equal((await webhlo("convert", ...args(), "-o", own)).status, 0);
  const bytes = await readFile(own);
  const again = await webhlo("convert", own, "-o", own);
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(await readFile(own), bytes);
  await writeFile(file("cut.whlo"), bytes.subarray(0, bytes.length - 64));
  assert.equal(
    (await webhlo("convert", file("cut.whlo"), "-o", own)).status,
    1,
  );
  assert.deepEqual(await readFile(own), bytes);
  assert.deepEqual(
    (await readdir(path.dirname(own))).filter((name) => /partial/.test(name)),
    [],
  );
});

test("inspect tells names, and prints stages", async () => {
  const { stdout } = await webhlo("inspect", ...args());
  assert.match(stdout, /x {2}f32\[2,3\]/);
  assert.match(stdout, /y {2}f32\[2,3\]/);
  for (const stage of [
    "graph",
    "passes",
    "init",
    "plan",
    "jit",
    "memory",
    "steps",
    "choices",
    "weights",
    "roofline",
  ]) {
    assert.equal(
      (await webhlo("inspect", ...args(), "--stage", stage)).status,
      0,
      stage,
    );
  }
  const json = JSON.parse(
    (await webhlo("inspect", ...args(), "--json")).stdout,
  );
  assert.deepEqual(json.programs[0].inputs, [
    { name: "x", dtype: "f32", shape: [2, 3] },
  ]);
});

test("inspect tells what a model weighs, and what a run computes and moves", async () => {
  const { stdout } = await webhlo("inspect", ...args());
  assert.match(stdout, /^parameters {2}3, 0\.0 KB$/m);
  // Two rows of three products; inputs, weights and results are of four bytes.
  assert.match(stdout, /^one run {2}6 operations, moves 0\.1 KB$/m);
  const json = JSON.parse(
    (await webhlo("inspect", ...args(), "--json")).stdout,
  );
  assert.deepEqual(json.parameters, { elements: 3, bytes: 12 });
  assert.deepEqual(json.programs[0].work, {
    flops: 6,
    bytes: (6 + 3 + 6) * 4,
    branches: false,
  });
  assert.ok(json.memory.arena >= 0);

  const all = await webhlo(
    "inspect",
    "--json",
    `${digits}model.jaxexport`,
    "--weights",
    `${digits}weights.safetensors`,
  );
  const { parameters, programs } = JSON.parse(all.stdout);
  const weights = [
    ...(await readTensors(`${digits}weights.safetensors`)).values(),
  ];
  const elements = weights.reduce((sum, w) => sum + w.data().length, 0);
  assert.deepEqual(parameters, { elements, bytes: 4 * elements });
  assert.ok(programs[0].work.flops > elements);
});

test("inspect counts each step of a loop once, and nothing before shapes are known", async () => {
  await writeFile(file("loop.mlir"), loop);
  const { stdout } = await webhlo("inspect", file("loop.mlir"));
  assert.match(
    stdout,
    /^one run {2}1\.0\d k operations, .* \(of loops and branches, each step once\)$/m,
  );
  await writeFile(
    file("rows.mlir"),
    `func.func @main(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %y = stablehlo.add %x, %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}`,
  );
  const free = [file("rows.mlir"), "--json"];
  const work = async (...line) =>
    JSON.parse((await webhlo("inspect", ...free, ...line)).stdout).programs[0]
      .work;
  assert.equal(await work(), null);
  const told = (await webhlo("inspect", file("rows.mlir"))).stdout;
  assert.match(told, /^one run {2}depends on shapes; --shape/m);
  assert.equal((await work("--shape", "arg0=5x3")).flops, 15);
});

test("run --profile tells of each step, and --trace writes it as trace events", async () => {
  const line = ["run", ...args(), "--inputs", file("x.npy")];
  const trace = file("trace.json");
  const { status, stdout, stderr } = await webhlo(...line, "--profile");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^y f32\[2,3\]: 1, 2, 3, 2, 4, 6$/m);
  assert.match(stdout, /^roofline: .* GFLOPS, reads /m);
  assert.match(
    stdout,
    /^ *step +ms +share +GFLOPS +GB\/s +roofline +runs +kernel$/m,
  );
  assert.match(stdout, /^\d+ steps, of which \d+ ran: \d+\.\d+ ms$/m);
  const json = await webhlo(...line, "--trace", trace, "--json");
  const { steps, totalMs, outputs } = JSON.parse(json.stdout);
  assert.deepEqual(outputs.y.data, y);
  const { traceEvents } = JSON.parse(await readFile(trace, "utf8"));
  const events = traceEvents.filter(({ ph }) => ph === "X");
  assert.equal(events.length, steps.filter(({ runs }) => runs > 0).length);
  const duration = events.reduce((sum, { dur }) => sum + dur, 0);
  assert.ok(Math.abs(duration - totalMs * 1000) < 1e-6);
  const nowhere = await webhlo(...line, "--trace", file("no/such/folder"));
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /invalid_argument: cannot write .*folder/);
});

test("bench needs no inputs", async () => {
  const { status, stdout, stderr } = await webhlo(
    "bench",
    ...args(),
    "--time",
    "0.05",
    "--threads",
    "1",
    "--json",
  );
  assert.equal(status, 0, stderr);
  const { times, threads } = JSON.parse(stdout);
  assert.ok(times.runs > 0 && times.minMs > 0 && threads === 1);
});

test("bench --steps tells of each step of the plan", async () => {
  const line = [
    `${digits}model.jaxexport`,
    "--weights",
    `${digits}weights.safetensors`,
    "--threads",
    "1",
  ];
  const { stdout: plan } = await webhlo("inspect", ...line, "--stage", "plan");
  const planned = plan.match(/^\d+: .*$/gm);
  const bench = ["bench", ...line, "--steps", "--time", "0.05"];
  const { status, stdout, stderr } = await webhlo(...bench, "--json");
  assert.equal(status, 0, stderr);
  const { steps, kernels, roofline, times } = JSON.parse(stdout);
  assert.ok(times.runs > 0);
  assert.ok(roofline.flops > 0);
  assert.ok(roofline.reads.every(({ bytes, rate }) => bytes > 0 && rate > 0));
  assert.equal(steps.length, planned.length);
  for (const [i, step] of steps.entries()) {
    const { kernel, sizes } = step;
    assert.ok(planned[i].startsWith(`${i}: ${kernel} ${sizes}`), planned[i]);
    assert.equal(step.step, i);
    // The branches of convolutions whose scales do not fold are not taken.
    assert.ok(step.runs === 0 ? step.ms === 0 : step.runs === 1, kernel);
    assert.ok(step.share >= 0 && step.share <= 1, kernel);
    assert.equal(step.bytes > 0, step.op !== undefined, kernel);
    // Rates are of what took a time that the clock shows; caches and Winograd may beat the roofline.
    for (const rate of ["gflops", "gbs", "roofline"]) {
      assert.ok(step[rate] === null || step[rate] > 0, kernel);
    }
    if (step.ms > 0.001) assert.ok((step.roofline ?? 0) < 20, kernel);
  }
  const ran = steps.filter(({ runs }) => runs > 0);
  const products = steps.filter(({ op }) => /matmul|conv2d/.test(op));
  assert.ok(products.length > 0 && products.every(({ flops }) => flops > 0));
  assert.ok(products.some(({ gflops }) => gflops > 0));
  const sum = (list, key) => list.reduce((sum, item) => sum + item[key], 0);
  for (const list of [steps, kernels]) {
    assert.ok(Math.abs(sum(list, "share") - 1) < 1e-9);
  }
  assert.equal(sum(kernels, "steps"), ran.length);

  const text = (await webhlo(...bench)).stdout;
  const rows = text
    .split("\n")
    .filter((row) => /^ *\d+ +[\d.]+ +.*%/.test(row));
  assert.equal(rows.length, ran.length + kernels.length, text);
  for (const [i, { step, kernel, sizes }] of ran.entries()) {
    assert.equal(Number.parseInt(rows[i]), step, text);
    const [row, ...reason] = rows[i].split("; ");
    assert.ok(row.endsWith(`  ${kernel} ${sizes}`), text);
    assert.deepEqual(reason, planned[step].split("; ").slice(1), text);
  }
  assert.match(text, /^roofline: [\d.]+ GFLOPS, reads /m);
  const count = `${steps.length} steps, of which ${ran.length} ran`;
  assert.match(text, new RegExp(`^${count}: [\\d.]+ ms$`, "m"));
});

test("bench --steps counts the trips of loops", async () => {
  await writeFile(file("loop.mlir"), loop);
  const { status, stdout, stderr } = await webhlo(
    "bench",
    file("loop.mlir"),
    "--steps",
    "--time",
    "0.02",
    "--json",
  );
  assert.equal(status, 0, stderr);
  const { steps } = JSON.parse(stdout);
  const [product] = steps.filter(({ op }) => /matmul/.test(op));
  assert.equal(product.runs, 500);
  assert.equal(product.flops, 2 * 8 * 8 * 8);
});

test("what cannot be loaded ends with status 1 and its code", async () => {
  const { status, stderr } = await webhlo("run", file("none.mlir"));
  assert.equal(status, 1);
  assert.match(stderr, /invalid_argument: cannot read .*none\.mlir/);
  const text = await webhlo("run", file("x.json"));
  assert.equal(text.status, 1);
  assert.match(text.stderr, /invalid_model/);
});

test("the digits model: two programs of one weight set", async () => {
  const programs = [
    `one=${digits}model.jaxexport`,
    `many=${digits}model_batch100.jaxexport`,
  ];
  const { images, logits } = Object.fromEntries(
    await readTensors(`${digits}test.safetensors`),
  );
  const image = Float32Array.from(images.data(), (value) => value / 255);
  const io = new Map([
    ["in.image", new Tensor(image, { shape: [100, 28, 28, 1] })],
    ["out.logits", logits],
  ]);
  await writeTensors(file("digits.safetensors"), io);
  const line = [
    "--weights",
    `${digits}weights.safetensors`,
    "--program",
    "many",
    "--inputs",
    file("digits.safetensors"),
  ];
  const { status, stdout, stderr } = await webhlo(
    "run",
    ...programs,
    ...line,
    "--expect",
    file("digits.safetensors"),
  );
  assert.equal(status, 0, stdout + stderr);
});

test("convert keeps what is said of a model, and load tells it", async () => {
  const out = file("said.whlo");
  await writeFile(file("labels.txt"), "cat\r\ndog\nbig fish\n");
  const labels = ["cat", "dog", "big fish"];
  const image = { mean: [0.5], std: 0.25, fit: "cover" };
  const said = [
    ...["--label-file", file("labels.txt")],
    ...["--metadata", `image=${JSON.stringify(image)}`],
    ...["--metadata", "licence=Apache-2.0", "--metadata", "notes=a=b"],
    ...["--metadata", "__proto__=1", "--metadata", "version=3"],
  ];
  const made = await webhlo("convert", ...args(), ...said, "-o", out);
  assert.equal(made.status, 0, made.stderr);
  // Once more, which adds to it.
  const more = ["--metadata", "version=4", "-o", out];
  assert.equal((await webhlo("convert", out, ...more)).status, 0);
  const model = await load(out);
  const { metadata } = model;
  assert.deepEqual(
    { ...metadata },
    {
      ...{ labels, image, licence: "Apache-2.0", notes: "a=b", version: 4 },
      ...Object.fromEntries([["__proto__", 1]]),
    },
  );
  assert.ok(Object.isFrozen(metadata.image.mean));
  const { stdout } = await webhlo("inspect", out, "--json");
  assert.deepEqual(JSON.parse(stdout).metadata.labels, labels);
  assert.match(
    (await webhlo("inspect", out)).stdout,
    /^labels {2}\["cat","dog","big fish"\]$/m,
  );
  const plain = await load(file("m.mlir"), { weights: file("w.safetensors") });
  assert.deepEqual(plain.metadata, {});
  model.dispose();
  plain.dispose();

  for (const [option, message] of [
    [["--metadata", "notes"], /--metadata notes: expected KEY=VALUE/],
    [
      ["--metadata", "labels=cat"],
      /labels: it is "cat", expected a list of strings/,
    ],
    [
      ["--metadata", "image=3"],
      /image: it is 3, expected options of fromImage/,
    ],
    [["--label-file", file("none.txt")], /--label-file: cannot read/],
  ]) {
    const { status, stderr } = await webhlo(
      "convert",
      out,
      ...option,
      "-o",
      file("x.whlo"),
    );
    assert.notEqual(status, 0);
    assert.match(stderr, message);
  }
  // A file may say anything: what helpers would stumble over is an error of the load.
  const bytes = await readFile(out);
  for (const [from, to, message] of [
    ['["cat"', '{"cat"', /"labels" is no JSON/],
    ['"cat"', "12345", /"labels" is an Array, expected a list of strings/],
  ]) {
    const other = Buffer.from(
      bytes.toString("latin1").replace(from, to),
      "latin1",
    );
    await assert.rejects(load(other), refused("invalid_model", message));
  }
});

test("convert --precision makes a smaller file of the same bits as load with it", async () => {
  const line = [`${digits}model.jaxexport`];
  const weights = ["--weights", `${digits}weights.safetensors`];
  const raw = file("raw.whlo");
  const ink = Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
  const image = new Tensor(ink, { shape: [1, 28, 28, 1] });
  await writeTensors(file("image.npy"), new Map([["image", image]]));
  const made = await webhlo("convert", ...line, ...weights, "-o", raw);
  assert.equal(made.status, 0, made.stderr);
  const run = async (...rest) => {
    const inputs = ["--inputs", file("image.npy"), "--json"];
    const { status, stdout, stderr } = await webhlo("run", ...rest, ...inputs);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout).outputs;
  };
  const exact = await run(raw);
  for (const [precision, saved] of [
    ["bf16", 1.9],
    ["f16", 1.9],
    ["int8", 2.9],
    ["int4", 3.4],
  ]) {
    const out = file(`${precision}.whlo`);
    const options = ["--precision", precision, "-o", out];
    const { status, stderr } = await webhlo("convert", raw, ...options);
    assert.equal(status, 0, stderr);
    const bytes = (await readFile(raw)).length - (await readFile(out)).length;
    assert.ok(bytes > 576 * 64 * saved, `${precision} saves ${bytes}`);
    const rounded = await run(raw, "--precision", precision);
    assert.deepEqual(await run(out), rounded);
    assert.notDeepEqual(rounded, exact);
    // Once more, which changes nothing; and back.
    const again = file("again.whlo");
    assert.equal((await webhlo("convert", out, "-o", again)).status, 0);
    // The head of a file that encodes has room for what it may find.
    const near = async (a, b) => {
      const sizes = [(await readFile(a)).length, (await readFile(b)).length];
      assert.ok(Math.abs(sizes[0] - sizes[1]) <= 64, `${sizes}`);
    };
    await near(again, out);
    assert.deepEqual(await run(again), rounded);
    const back = ["--precision", "f32", "-o", again];
    assert.equal((await webhlo("convert", out, ...back)).status, 0);
    await near(again, raw);
    assert.deepEqual(await run(again, "--precision", precision), rounded);
  }
  const companion = ["--companion", "--precision", "int8", "-o", raw];
  const refused = await webhlo("convert", ...line, ...weights, ...companion);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /invalid_argument: .*convert without precision/);
  const unknown = await webhlo("run", raw, "--precision", "int3");
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /invalid_argument: .*precision is "int3"/);
});

test("bench --accuracy tells how far results are from those of weights as written", async () => {
  const line = [
    `${digits}model.jaxexport`,
    "--weights",
    `${digits}weights.safetensors`,
  ];
  const bench = ["bench", ...line, "--accuracy", "--time", "0.01"];
  for (const [precision, least, most] of [
    ["f32", 0, 0],
    ["int8", 1e-5, 3e-2],
    ["int4", 1e-4, 0.4],
  ]) {
    const options = ["--precision", precision, "--threads", "1"];
    const { stdout } = await webhlo(...bench, ...options, "--json");
    for (const { name, largest, rms } of JSON.parse(stdout).accuracy) {
      assert.ok(name && largest >= least && largest <= most, stdout);
      assert.ok(rms >= least / 10 && rms <= most, stdout);
    }
    const text = (await webhlo(...bench, ...options)).stdout;
    assert.match(text, /: largest error \S+, root mean square \S+/);
  }
});
