// SPDX-License-Identifier: Apache-2.0
// `webhlo bench --onnx`, as a process in a folder where ONNX Runtime is installed, or is not. It is 140 MB, so here a
// package with what its documentation says of its API stands in for it; its "ONNX" is JSON with the numbers of one network.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));
let folder;

/** y = 2 x + k, and z, which the ONNX lacks. */
const program = `module {
  func.func public @main(%x: tensor<2x3xf32> loc("inputs['x']"), %k: tensor<3xi32> loc("inputs['k']"))
      -> (tensor<2x3xf32> {jax.result_info = "result['y']"}, tensor<2x3xf32> {jax.result_info = "result['z']"}) {
    %two = stablehlo.constant dense<2.0> : tensor<2x3xf32>
    %0 = stablehlo.convert %k : (tensor<3xi32>) -> tensor<3xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %2 = stablehlo.multiply %x, %two : tensor<2x3xf32>
    %3 = stablehlo.add %2, %1 : tensor<2x3xf32>
    %4 = stablehlo.negate %x : tensor<2x3xf32>
    return %3, %4 : tensor<2x3xf32>, tensor<2x3xf32>
  }
}`;

/** The package, of either name: y = factor x + k, with k as int64. */
const runtime = (name) => `const assert = require('node:assert');
const { readFileSync } = require('node:fs');
class Tensor {
  constructor(type, data, dims) {
    assert.equal(data.length, dims.reduce((a, b) => a * b, 1));
    const arrays = { float32: Float32Array, int64: BigInt64Array, float16: Uint16Array };
    assert.ok(data instanceof arrays[type], \`\${type} of \${data.constructor.name}\`);
    Object.assign(this, { type, data, dims });
  }
}
const isWeb = ${name === "onnxruntime-web"};
const env = { wasm: {}, versions: { ${name === "onnxruntime-web" ? "web" : "node"}: '9.8.7' } };
exports.env = env;
exports.Tensor = Tensor;
exports.InferenceSession = {
  async create(model, { executionProviders: [provider], externalData = [], intraOpNumThreads }) {
    assert.equal(provider, isWeb ? 'wasm' : 'cpu');
    assert.equal(isWeb ? env.wasm.numThreads : intraOpNumThreads, 1);
    assert.equal(typeof model === 'string', !isWeb);
    const bytes = isWeb ? Buffer.from(model) : readFileSync(model);
    const [text] = bytes.toString('latin1').split('\\n\\b');
    let network;
    try {
      network = JSON.parse(text);
    } catch {
      throw new Error('protobuf parsing failed');
    }
    const { inputs, outputs, file, shape = [2, 3] } = network;
    if (network.crash) process.kill(process.pid, 'SIGKILL');
    const external = externalData.find(({ path }) => path === file)?.data;
    const factor = external ? new Float32Array(external.slice().buffer)[0] : network.factor;
    return {
      inputNames: Object.keys(inputs),
      outputNames: outputs,
      inputMetadata: Object.entries(inputs).map(([name, type]) => ({ name, type, isTensor: true })),
      async run(feeds) {
        const [x, k] = Object.keys(inputs).map((name) => feeds[name]);
        if (x.dims.join() !== '2,3') throw new Error('Got invalid dimensions for input: x');
        const end = performance.now() + 2;
        while (performance.now() < end);
        const size = shape.reduce((a, b) => a * b, 1);
        const y = Float32Array.from({ length: size }, (_, i) => factor * x.data[i] + Number(k.data[i % 3]));
        return Object.fromEntries(outputs.map((name) => [name, new Tensor('float32', y, shape)]));
      },
    };
  },
};
`;

const network = {
  inputs: { x: "float32", k: "int64" },
  outputs: ["y"],
  factor: 2,
};
const file = (name) => path.join(folder, name);
const writeNetwork = (name, changes) =>
  writeFile(file(name), JSON.stringify({ ...network, ...changes }));

async function install(place, ...names) {
  for (const name of names) {
    const home = path.join(folder, place, "node_modules", name);
    await mkdir(home, { recursive: true });
    await writeFile(
      path.join(home, "package.json"),
      JSON.stringify({ name, version: "9.8.7", main: "index.js" }),
    );
    await writeFile(path.join(home, "index.js"), runtime(name));
  }
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-peers-"));
  await mkdir(file("none"));
  await install("web", "onnxruntime-web");
  await install("both", "onnxruntime-web", "onnxruntime-node");
  await install("broken", "onnxruntime-web");
  await writeFile(
    file("broken/node_modules/onnxruntime-web/index.js"),
    "throw new Error('no libonnxruntime.so');",
  );
  await writeFile(file("m.mlir"), program);
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const k = { dtype: "i32", shape: [3], data: [7, -8, 9] };
  await writeFile(file("in.json"), JSON.stringify({ x, k }));
  await writeNetwork("m.onnx", {});
});
after(() => rm(folder, { recursive: true, force: true }));

/** Of `webhlo bench` with one thread, in that folder. */
const bench = (place, onnx, ...options) =>
  new Promise((resolve) => {
    const line = [cli, "bench", file("m.mlir"), "--onnx", onnx];
    const more = ["--inputs", file("in.json"), "--time", "0.1"];
    execFile(
      process.execPath,
      [...line, ...more, "--threads", "1", ...options],
      { cwd: file(place), timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });

test("ONNX Runtime takes turns with WebHLO, and its results are compared", async () => {
  const { status, stdout, stderr } = await bench("web", "../m.onnx", "--json");
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const { times, peers } = JSON.parse(stdout);
  assert.equal(peers.length, 1);
  const [{ name, version, loadMs, firstMs, ratio, differences, ...peer }] =
    peers;
  assert.deepEqual([name, version], ["onnxruntime-web", "9.8.7"]);
  assert.ok(loadMs > 0 && firstMs >= 2 && peer.times.minMs >= 2);
  assert.ok(peer.times.runs >= 4 && times.runs > peer.times.runs);
  assert.equal(ratio.best, peer.times.minMs / times.minMs);
  assert.equal(ratio.median, peer.times.medianMs / times.medianMs);
  assert.ok(ratio.median > 1);
  assert.deepEqual(differences, [{ name: "y", largest: 0, rms: 0 }]);
});

test("each of its packages that is there is a peer, and differences are told", async () => {
  await writeNetwork("other.onnx", { factor: 2.5 });
  const { stdout, stderr } = await bench("both", file("other.onnx"));
  assert.equal(stderr, "");
  const peers = stdout.split(/^(?=onnxruntime)/m);
  assert.match(peers[0], /^load .*\n\d+ runs: best .*\n$/);
  assert.deepEqual(
    peers.slice(1).map((text) => text.split(": ")[0]),
    ["onnxruntime-web 9.8.7", "onnxruntime-node 9.8.7"],
  );
  for (const text of peers.slice(1)) {
    assert.match(text, /: load .*, first run .*\n {2}\d+ runs: best /);
    assert.match(text, /\n {2}takes [\d.]+ times as long as WebHLO \(median; /);
    // 0.5 x, of a result of at most 21.
    assert.match(text, /\n {2}y: largest difference 1\.43e-1, root mean /);
  }
});

test("weights that the ONNX keeps in a file beside it are found", async () => {
  const beside = JSON.stringify({ ...network, file: "w.bin", factor: null });
  await writeFile(file("w.bin"), Buffer.from(Float32Array.of(2).buffer));
  const name = (text) => Buffer.from([0x12, text.length, ...Buffer.from(text)]);
  const entry = Buffer.concat([Buffer.from("\n\blocation"), name("w.bin")]);
  const bytes = Buffer.concat([Buffer.from(beside), entry]);
  await writeFile(file("beside.onnx"), bytes);
  const { stdout, stderr } = await bench("web", "../beside.onnx", "--json");
  assert.equal(stderr, "");
  const [{ differences }] = JSON.parse(stdout).peers;
  assert.deepEqual(differences, [{ name: "y", largest: 0, rms: 0 }]);
  await rm(file("w.bin"));
  assert.match(
    (await bench("web", "../beside.onnx")).stderr,
    /invalid_argument: .*beside\.onnx in onnxruntime-web: ENOENT.*w\.bin/,
  );
});

test("what is missing or does not fit is said", async () => {
  await writeFile(file("text.onnx"), "no ONNX");
  await writeNetwork("names.onnx", {
    inputs: { image: "float32", k: "int64" },
  });
  await writeNetwork("results.onnx", { outputs: ["a", "b"] });
  await writeNetwork("types.onnx", { inputs: { x: "float16", k: "int64" } });
  await writeNetwork("strings.onnx", { inputs: { x: "string", k: "int64" } });
  await writeNetwork("crash.onnx", { crash: true });
  await writeNetwork("sizes.onnx", { shape: [2, 2] });
  for (const [place, onnx, message] of [
    [
      "none",
      "../m.onnx",
      /not installed in .*none: npm install onnxruntime-web/,
    ],
    ["none", "../no.onnx", /cannot read \.\.\/no\.onnx: ENOENT/],
    ["broken", "../m.onnx", /cannot import onnxruntime-web: no libonnx/],
    ["web", "../text.onnx", /text.onnx in onnxruntime-web: protobuf parsing/],
    ["web", "../names.onnx", /takes image; the inputs of the program are x, k/],
    ["web", "../results.onnx", /answers a, b; the results .* are y, z/],
    ["web", "../types.onnx", /takes "x" as float16, not as f32\[2,3\]/],
    ["web", "../strings.onnx", /takes "x" as string, not as f32\[2,3\]/],
    [
      "web",
      "../crash.onnx",
      /in onnxruntime-web: its process ended with SIGKILL/,
    ],
    ["web", "../sizes.onnx", /result "y" has 6 values, that of .* 4/],
  ]) {
    const { status, stderr } = await bench(place, onnx);
    assert.match(stderr, /^webhlo: invalid_argument: [^\n]*\n$/);
    assert.match(stderr, message);
    assert.equal(status, 1);
  }
});
