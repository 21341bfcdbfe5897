// SPDX-License-Identifier: Apache-2.0
// `webhlo bench`.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";

import { loop } from "../programs.mjs";
import { args, digits, file, webhlo } from "./webhlo.mjs";

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
