// SPDX-License-Identifier: Apache-2.0
// `webhlo convert`.

import assert from "node:assert/strict";
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { load, Tensor } from "../../../js/dist/index.js";
import { writeTensors } from "../../../js/dist/cli/tensor_files.js";
import { refused } from "../programs.mjs";
import { args, digits, file, webhlo } from "./webhlo.mjs";

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
