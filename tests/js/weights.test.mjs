// SPDX-License-Identifier: Apache-2.0
// Where weights come from and what becomes of them: companion files, ties and arguments that an
// exporter dropped, loaded as they are and through `webhlo convert`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";
import { readTensors, writeTensors } from "../../js/dist/cli/tensor_files.js";
import { load, Tensor } from "../../js/dist/index.js";
import { refused } from "./programs.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const cli = at("../../js/dist/cli.js");
const size = 4096;
const affine = `module {
  func.func public @main(%arg0: tensor<${size}xf32> loc("weights['scale']"), %arg1: tensor<${size}xf32> loc("weights['bias']"),
      %arg2: tensor<${size}xf32> loc("inputs['x']")) -> (tensor<${size}xf32> {jax.result_info = "result['y']"}) {
    %0 = stablehlo.multiply %arg2, %arg0 : tensor<${size}xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<${size}xf32>
    return %1 : tensor<${size}xf32>
  }
}`;
const scale = Float32Array.from({ length: size }, (_, i) => i % 100);
const bias = Float32Array.from({ length: size }, (_, i) => i % 7);
const x = new Float32Array(size).fill(2);
const y = scale.map((value, i) => 2 * value + bias[i]);

let folder;
const file = (...names) => path.join(folder, ...names);
const opened = [];
const open = async (source, options = {}) => {
  const model = await load(source, { threads: 1, ...options });
  opened.push(model);
  return model;
};
const webhlo = (...args) =>
  new Promise((resolve) => {
    const line = [cli, ...args, "--threads", "1"];
    execFile(process.execPath, line, (error, stdout, stderr) => {
      resolve({ status: error ? error.code : 0, stdout, stderr });
    });
  });
const converted = async (...args) => {
  const { status, stderr } = await webhlo("convert", ...args);
  assert.equal(status, 0, stderr);
};

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-"));
  await mkdir(file("model", "sub"), { recursive: true });
  await writeFile(file("affine.mlir"), affine);
  const tensors = { scale: new Tensor(scale), bias: new Tensor(bias) };
  const all = new Map(Object.entries(tensors));
  await writeTensors(file("model", "sub", "all 100%.safetensors"), all);
  await writeTensors(file("outside.safetensors"), all);
  all.delete("bias");
  await writeTensors(file("model", "scale.safetensors"), all);
  await converted(
    file("affine.mlir"),
    ...["--weights", file("model", "sub", "all 100%.safetensors")],
    ...["--companion", "-o", file("model", "affine.whlo")],
  );
});

after(async () => {
  opened.forEach((model) => model.dispose());
  await rm(folder, { recursive: true });
});

test("a .whlo file finds its companion from wherever it is loaded", async (t) => {
  const whlo = file("model", "affine.whlo");
  assert.ok((await stat(whlo)).size < 8192);
  const server = createStaticServer({ mounts: { "/": folder } });
  const address = await listen(server, 0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const relative = path.relative(process.cwd(), whlo);
  const url = pathToFileURL(whlo);
  const http = new URL("model/affine.whlo?v=1", address);
  for (const source of [whlo, relative, url, url.href, http, http.href]) {
    const model = await open(source);
    assert.deepEqual(model.inputs, [
      { name: "x", dtype: "f32", shape: [size] },
    ]);
    assert.deepEqual(model.runSync({ x }).y, y, String(source));
  }
});

test("bytes have no companion beside them; weights that are given stand in", async () => {
  const bytes = await readFile(file("model", "affine.whlo"));
  for (const source of [bytes, new Blob([bytes]), new Response(bytes)]) {
    await assert.rejects(
      open(source),
      refused(
        "invalid_argument",
        /weights are in sub\/all 100%\.safetensors; pass that file as weights/,
      ),
    );
  }
  // In another order, and another place in the file, than when it was converted.
  const weights = { bias: new Tensor(bias), scale: new Tensor(scale) };
  assert.deepEqual((await open(bytes, { weights })).runSync({ x }).y, y);
  const given = { weights: file("outside.safetensors") };
  assert.deepEqual((await open(bytes, given)).runSync({ x }).y, y);
});

test("a companion that is missing or lacks a tensor is an error; one saved anew is read", async () => {
  const copy = file("model", "copy.whlo");
  await converted(...[file("model", "affine.whlo"), "--companion", "-o", copy]);
  const companion = file("model", "sub", "all 100%.safetensors");
  const original = await readFile(companion);
  try {
    await rm(companion);
    await assert.rejects(
      open(copy),
      refused(
        "invalid_argument",
        /weights are in sub\/all 100%\.safetensors beside it: cannot read .*ENOENT/,
      ),
    );
    const run = await webhlo("run", copy);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /beside it: cannot read/);
    await writeTensors(companion, new Map([["scale", new Tensor(scale)]]));
    await assert.rejects(
      open(copy),
      refused("invalid_argument", /no weight tensor for 1 argument.*bias/),
    );
    const more = new Map([
      ["later", new Tensor([1])],
      ["bias", new Tensor(bias)],
      ["scale", new Tensor(scale)],
    ]);
    await writeTensors(companion, more);
    assert.deepEqual((await open(copy)).runSync({ x }).y, y);
    await writeFile(companion, original.subarray(0, 1000));
    await assert.rejects(open(copy), refused("invalid_model", /all 100%/));
  } finally {
    await writeFile(companion, original);
  }
});

test("convert refuses what cannot be a companion, and takes one in", async () => {
  const out = file("model", "other.whlo");
  const outside = ["--weights", file("outside.safetensors")];
  const refusal = await webhlo(
    ...["convert", file("affine.mlir"), ...outside, "--companion", "-o", out],
  );
  assert.equal(refusal.status, 1);
  assert.match(refusal.stderr, /outside\.safetensors cannot be a companion/);
  const alone = file("alone.whlo");
  await converted(file("model", "affine.whlo"), "-o", alone);
  assert.deepEqual((await open(alone)).runSync({ x }).y, y);
  const inside = await webhlo("convert", alone, "--companion", "-o", out);
  assert.equal(inside.status, 1);
  assert.match(inside.stderr, /alone\.whlo cannot be a companion/);
  // It holds its weights: others of the same names are refused.
  await assert.rejects(
    open(alone, { weights: file("outside.safetensors") }),
    refused("invalid_argument", /two weight tensors are named "scale"/),
  );
});

test("a tied tensor is stored once and loads without the map", async () => {
  await writeFile(file("tied.json"), '{"tied": {"bias": "scale"}}');
  const args = [
    ...[file("affine.mlir"), "--tied", file("tied.json")],
    ...["--weights", file("model", "scale.safetensors")],
  ];
  const tied = scale.map((value) => 3 * value);
  for (const [name, bytes, ...more] of [
    ["tied.whlo", 4 * size],
    ["apart.whlo", 0, "--companion"],
  ]) {
    const out = file("model", name);
    await converted(...args, ...more, "-o", out);
    const head = (await stat(out)).size - bytes;
    assert.ok(head > 0 && head < 8192, `${head} bytes beside the weights`);
    const model = await open(out);
    assert.deepEqual(
      model.inputs.map((input) => input.name),
      ["x"],
    );
    assert.deepEqual(model.runSync({ x }).y, tied);
    // And once more through a file that was converted.
    const again = file("model", `again-${name}`);
    await converted(out, "-o", again);
    assert.equal(
      (await stat(again)).size,
      (await stat(file("model", "tied.whlo"))).size,
    );
    assert.deepEqual((await open(again)).runSync({ x }).y, tied);
  }
});

// The digits program as jax.export writes it for a function that takes weights['zero.weight'] and a
// keyword `temperature` too, and reads neither: in_tree has leaves that are not kept. Tables that are
// new stand behind the file, since a FlatBuffer refers forward.
function withDropped(bytes) {
  const out = Buffer.concat([bytes, Buffer.alloc(16_384)]);
  let end = Math.ceil(bytes.length / 4) * 4;
  const take = (length) => {
    const begin = end;
    end = Math.ceil((end + length) / 4) * 4;
    return begin;
  };
  const follow = (slot) => slot + out.readUInt32LE(slot);
  const refer = (slot, target) => out.writeUInt32LE(target - slot, slot);
  const field = (table, id) => {
    const vtable = table - out.readInt32LE(table);
    if (4 + 2 * id >= out.readUInt16LE(vtable)) return 0;
    const offset = out.readUInt16LE(vtable + 4 + 2 * id);
    return offset && table + offset;
  };
  const slots = (vector) =>
    Array.from(
      { length: vector ? out.readUInt32LE(vector) : 0 },
      (_, i) => vector + 4 + 4 * i,
    );
  const readTree = (table) => {
    const [kind, children, names] = [0, 1, 2].map((id) => field(table, id));
    return {
      kind: kind && out[kind],
      children: slots(children && follow(children)).map((slot) =>
        readTree(follow(slot)),
      ),
      names: slots(names && follow(names)).map((slot) => {
        const text = follow(slot);
        return out.toString(
          "utf8",
          text + 4,
          text + 4 + out.readUInt32LE(text),
        );
      }),
    };
  };
  const writeVector = (slot, values, write) => {
    const vector = take(4 + 4 * values.length);
    refer(slot, vector);
    out.writeUInt32LE(values.length, vector);
    slots(vector).forEach((item, i) => refer(item, write(values[i])));
  };
  const writeText = (text) => {
    const begin = take(4 + text.length + 1);
    out.writeUInt32LE(text.length, begin);
    out.write(text, begin + 4);
    return begin;
  };
  const writeTree = ({ kind, children, names }) => {
    const vtable = take(10);
    [10, 16, 4, 8, 12].forEach((v, i) => out.writeUInt16LE(v, vtable + 2 * i));
    const table = take(16);
    out.writeInt32LE(table - vtable, table);
    out[table + 4] = kind;
    writeVector(table + 8, children, writeTree);
    writeVector(table + 12, names, writeText);
    return table;
  };
  const root = follow(0);
  const tree = readTree(follow(field(root, 2)));
  const add = (dict, name) => {
    dict.children.push({ kind: 0, children: [], names: [] });
    dict.names.push(name);
  };
  const [positional, keywords] = tree.children;
  const kept = field(root, 15);
  const weights = positional.children[0].children.length;
  add(positional.children[0], "zero.weight");
  add(keywords, "temperature");
  refer(field(root, 2), writeTree(tree));
  for (let i = 0; i < out.readUInt32LE(follow(kept)); i++) {
    const leaf = follow(kept) + 4 + 2 * i;
    const old = out.readUInt16LE(leaf);
    out.writeUInt16LE(old < weights ? old : old + 1, leaf);
  }
  return out.subarray(0, end);
}

test("what names a dropped argument is ignored, and nothing else", async () => {
  const digits = await readFile(at("../../models/digits/model.jaxexport"));
  const weights = Object.fromEntries(
    await readTensors(at("../../models/digits/weights.safetensors")),
  );
  const image = Float32Array.from({ length: 784 }, (_, i) => (i % 11) / 11);
  const plain = await open(digits, { weights });
  const { logits } = plain.runSync({ image });
  const temperature = new Tensor([3], { shape: [] });
  assert.throws(
    () => plain.runSync({ image, temperature }),
    refused("invalid_argument", /takes "image".*not an input: temperature/),
  );

  const program = withDropped(digits);
  const zero = new Tensor(new Int8Array(10_000));
  const whole = { ...weights, "weights.zero.weight": zero };
  const model = await open(program, { weights: whole });
  assert.deepEqual(model.inputs, plain.inputs);
  assert.deepEqual(model.runSync({ image, temperature }).logits, logits);
  assert.deepEqual(model.runSync({ image }).logits, logits);
  const result = await model.run({ image, temperature }, { deadline: 60_000 });
  assert.deepEqual(result.logits, logits);
  for (const [inputs, message] of [
    [{ image, temperature, pressure: 1 }, /not an input: pressure$/],
    [{ temperature }, /missing: image$/],
  ]) {
    assert.throws(
      () => model.runSync(inputs),
      refused("invalid_argument", message),
    );
  }
  model.runSync({ image, temperature }, { donate: ["temperature"] });
  assert.throws(() => temperature.data(), /donated/);
  await assert.rejects(
    open(program, { weights: { ...whole, "zero.bias": zero } }),
    refused(
      "invalid_argument",
      /no argument takes the weight tensors zero\.bias; .*: image$/,
    ),
  );
  const bare = await open(program);
  assert.ok(!bare.inputs.some((input) => input.name === "zero.weight"));
  assert.deepEqual(
    bare.runSync({ image, ...whole }),
    (await open(digits)).runSync({ image, ...weights }),
  );

  // The same by the command line, which writes no tensor that nothing reads.
  await writeFile(file("dropped.jaxexport"), program);
  await writeTensors(
    file("whole.safetensors"),
    new Map([...Object.entries(weights), ["zero.weight", zero]]),
  );
  const io = new Map([
    ["in.image", new Tensor(image, { shape: plain.inputs[0].shape })],
    ["in.temperature", new Tensor([3])],
    ["out.logits", new Tensor(logits, { shape: plain.outputs[0].shape })],
  ]);
  await writeTensors(file("io.safetensors"), io);
  const dropped = [
    ...[file("dropped.jaxexport"), "--weights", file("whole.safetensors")],
  ];
  await converted(...dropped, "-o", file("dropped.whlo"));
  await converted(
    at("../../models/digits/model.jaxexport"),
    ...["--weights", at("../../models/digits/weights.safetensors")],
    ...["-o", file("plain.whlo")],
  );
  const more =
    (await stat(file("dropped.whlo"))).size -
    (await stat(file("plain.whlo"))).size;
  assert.ok(more >= 0 && more < 1000, `${more} bytes more`);
  for (const line of [dropped, [file("dropped.whlo")]]) {
    const { status, stdout, stderr } = await webhlo(
      ...["run", ...line, "--inputs", file("io.safetensors")],
      ...["--expect", file("io.safetensors")],
    );
    assert.equal(status, 0, stdout + stderr);
  }
});

// y = clamp(0, (x w) scale + offset, 6): 40 rows, 24 columns.
const rows = 40;
const columns = 24;
const scaled = `module {
  func.func public @main(%x: tensor<${rows}x3xf32> loc("inputs['x']"), %w: tensor<3x${columns}xf32> loc("weights['w']"),
      %s: tensor<${columns}xf32> loc("weights['s']"), %o: tensor<${columns}xf32> loc("weights['o']"))
      -> (tensor<${rows}x${columns}xf32> {jax.result_info = "result['y']"}) {
    %zero = stablehlo.constant dense<0.0> : tensor<${rows}x${columns}xf32>
    %six = stablehlo.constant dense<6.0> : tensor<${rows}x${columns}xf32>
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<${rows}x3xf32>, tensor<3x${columns}xf32>) -> tensor<${rows}x${columns}xf32>
    %1 = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<${columns}xf32>) -> tensor<${rows}x${columns}xf32>
    %2 = stablehlo.multiply %0, %1 : tensor<${rows}x${columns}xf32>
    %3 = stablehlo.broadcast_in_dim %o, dims = [1] : (tensor<${columns}xf32>) -> tensor<${rows}x${columns}xf32>
    %4 = stablehlo.add %2, %3 : tensor<${rows}x${columns}xf32>
    %5 = stablehlo.clamp %zero, %4, %six : tensor<${rows}x${columns}xf32>
    return %5 : tensor<${rows}x${columns}xf32>
  }
}`;

test("scales that cannot be folded into weights are done as written, and a clamp keeps NaN", async () => {
  // Folded, column 1 would overflow (and its input be 0), and column 3 vanish.
  const w = new Float32Array(3 * columns).fill(1);
  const s = new Float32Array(columns).fill(0.5);
  const o = new Float32Array(columns).fill(1);
  for (let k = 0; k < 3; ++k) {
    w[k * columns + 1] = k === 2 ? 2 ** 60 : 0;
    w[k * columns + 3] = 2 ** -70;
  }
  s[1] = 2 ** 70;
  s[3] = 2 ** -70;
  for (const bad of [false, true]) {
    const plain = new Float32Array(3 * columns).fill(1);
    const weights = {
      w: new Tensor(bad ? w : plain, { shape: [3, columns] }),
      s: new Tensor(bad ? s : new Float32Array(columns).fill(0.5)),
      o: new Tensor(o),
    };
    const model = await open(new TextEncoder().encode(scaled), { weights });
    const x = Float32Array.from({ length: rows * 3 }, (_, i) =>
      Number(i % 3 < 2),
    );
    x[3 * 7] = NaN;
    x[3 * 9] = Infinity;
    x[3 * 9 + 1] = -Infinity;
    const { y } = await model.run({ x });
    for (let row = 0; row < rows; ++row) {
      const results = y.slice(row * columns, (row + 1) * columns);
      if (row === 7 || row === 9) {
        assert.ok(results.every(Number.isNaN), `row ${row}: ${results}`);
        continue;
      }
      assert.equal(results[0], 2);
      assert.equal(results[1], bad ? 1 : 2);
      assert.equal(results[3], bad ? 1 : 2);
    }
  }
});
