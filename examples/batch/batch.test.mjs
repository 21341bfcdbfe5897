// SPDX-License-Identifier: Apache-2.0
// Two workers and a Redis, as processes, and what happens to them: killed at any moment, restarted with
// and without their memory, out of disk. Each time every output is there in the end, once, and right.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Queue } from "bullmq";
import { Redis } from "ioredis";

import { load } from "../../js/dist/index.js";
import { readTensors } from "../../js/dist/cli/tensor_files.js";
import { batch, startRedis, startWorker } from "./harness.mjs";
import { makeRandomShards, makeShards } from "./make_shards.mjs";

const digits = fileURLToPath(new URL("../../js/digits.whlo", import.meta.url));
let folder, redis, workers, names, mounted;
const at = (...names) => path.join(folder, ...names);
const folders = () => ["--in", at("in"), "--out", at("out")];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "webhlo-batch-"));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.isAlive && worker.kill()));
  await redis?.kill();
  redis = undefined;
  if (mounted) execFileSync("umount", [mounted]);
  mounted = undefined;
  await rm(folder, { recursive: true });
});

/** Runs a command, which must end with this status; answers what it prints. */
async function ok(args, wanted = 0) {
  const { status, output, errors } = await batch(redis, ...args);
  assert.equal(status, wanted, `${args.join(" ")}\n${output}\n${errors}`);
  return output;
}

/** Shards of digits, and a queue of them. */
async function enqueue({ shards = 8, rows = 800, aof, format } = {}, ...args) {
  redis = await startRedis(folder, { aof });
  names = await makeShards(at("in"), shards, rows, format);
  await ok(["enqueue", ...folders(), ...args]);
}

function work(args, options) {
  const worker = startWorker(redis, args, options);
  workers.push(worker);
  return worker;
}

/** Calls use(queue) with BullMQ's own view of the queue. */
async function look(use) {
  const connection = new Redis(redis.url);
  try {
    return await use(new Queue("webhlo-batch", { connection }));
  } finally {
    connection.disconnect();
  }
}

/** Waits until what look(use) answers is true of the queue. */
async function until(use) {
  const isLost = () => workers.length > 0 && workers.every((w) => !w.isAlive);
  while (!(await look(use))) {
    assert.ok(!isLost(), workers.map(({ said }) => said).join("\n"));
    await setTimeout(20);
  }
}

const isDone = async (queue) =>
  (await queue.getCompletedCount()) === names.length;
/** Work has begun. */
const isMidway = async (queue) =>
  (await queue.getCompletedCount()) > 0 ||
  (await queue.getActive()).some(({ progress }) => progress > 0);

/** What the model says of each row of a shard, alone. */
async function expected(name, result = "probabilities") {
  const model = await load(digits, { threads: 1 });
  const [images] = (await readTensors(at("in", name))).values();
  const rows = [];
  for (let row = 0; row < images.shape[0]; row++) {
    const image = images.slice([row], [row + 1]);
    rows.push(...model.programs.main.runSync({ image })[result]);
  }
  model.dispose();
  return rows;
}

/** The outputs are those of the shards, right in every row, and there is nothing else. */
async function assertAllDone() {
  assert.deepEqual((await readdir(at("out"))).sort(), names);
  for (const name of names) {
    const outputs = await readTensors(at("out", name));
    const { data, shape } = toPlain(outputs.get("probabilities"));
    const right = await expected(name);
    assert.deepEqual(shape, [right.length / 10, 10], name);
    assert.deepEqual(data, right, name);
  }
}
/** For workers that take over from others: they need not wait long. */
const impatient = ["--stalled", "1"];

const toPlain = (tensor) => ({ data: [...tensor.data()], shape: tensor.shape });

test("two workers do all shards, and a second enqueuing changes nothing", async () => {
  await enqueue();
  const [one, two] = [work(["--drain"]), work(["--drain"])];
  assert.equal((await one.ended).status, 0, one.said);
  assert.equal((await two.ended).status, 0, two.said);
  const rows = ({ said }) => Number(/(\d+) rows done/.exec(said)[1]);
  assert.equal(rows(one) + rows(two), 8 * 800, "no shard is done twice");
  await assertAllDone();
  const total =
    /^8 shards: 8 done, 0 running, 0 waiting, 0 to be tried again, 0 dead$/m;
  assert.match(one.said, total);
  assert.match(await ok(["enqueue", ...folders()]), total);
  assert.match(await ok(["status"]), total);
  assert.match(
    await ok(["verify", ...folders()]),
    /^8 shards: 8 whole, 0 missing$/m,
  );
});

test("processes, batches, results and formats are as the command line says", async () => {
  await enqueue({ shards: 4, rows: 250, format: "npy" });
  const args = ["--program", "batch100", "--outputs", "logits", "--drain"];
  const worker = work([...args, "--concurrency", "2"]);
  assert.equal((await worker.ended).status, 0, worker.said);
  assert.match(worker.said, /batches of 100, 2 process/);
  for (const name of names) {
    const { data, shape } = toPlain(
      (await readTensors(at("out", name))).get(""),
    );
    assert.deepEqual(shape, [250, 10]);
    const right = await expected(name, "logits");
    const scale = Math.max(...right.map(Math.abs));
    data.forEach((value, i) =>
      assert.ok(Math.abs(value - right[i]) < 1e-5 * scale, `${name} ${i}`),
    );
  }
});

test("a program that leaves its batch free gets the one that is asked for", async () => {
  await enqueue({ shards: 1, rows: 10 });
  const model = at("twice.mlir");
  await writeFile(
    model,
    `func.func @main(%image: tensor<?x28x28x1xf32> loc("inputs['image']")) -> tensor<?x28x28x1xf32> {
      %0 = stablehlo.add %image, %image : tensor<?x28x28x1xf32>
      return %0 : tensor<?x28x28x1xf32>
    }`,
  );
  const worker = work(["--model", model, "--batch", "4", "--drain"]);
  assert.equal((await worker.ended).status, 0, worker.said);
  assert.match(worker.said, /batches of 4,/);
  const [[given], [twice]] = await Promise.all(
    ["in", "out"].map(async (side) => [
      ...(await readTensors(at(side, names[0]))).values(),
    ]),
  );
  assert.deepEqual(twice.shape, [10, 28, 28, 1]);
  assert.deepEqual(
    twice.data(),
    given.data().map((value) => 2 * value),
  );
});

test("random shards of any model have its inputs", async () => {
  redis = await startRedis(folder);
  const program = (rest) =>
    `func.func @main(%x: tensor<?x${rest}xf32> loc("inputs['x']"), %n: tensor<?xi32> loc("inputs['n']")) -> tensor<?xi32> {
      return %n : tensor<?xi32>
    }`;
  const model = at("numbers.mlir");
  await writeFile(model, program("3"));
  names = await makeRandomShards(at("in"), 3, 10, { model }, "npz");
  await ok(["enqueue", ...folders()]);
  const worker = work([
    ...["--model", model, "--batch", "4", "--threads", "2", "--drain"],
  ]);
  assert.equal((await worker.ended).status, 0, worker.said);
  for (const name of names) {
    const given = await readTensors(at("in", name));
    assert.deepEqual(given.get("x").shape, [10, 3]);
    assert.equal(new Set(given.get("x").data()).size, 30);
    const [answer] = (await readTensors(at("out", name))).values();
    assert.deepEqual(toPlain(answer), toPlain(given.get("n")));
  }
  await writeFile(model, program("?"));
  await assert.rejects(
    makeRandomShards(at("in"), 1, 1, { model }),
    /"x" leaves more free than the batch/,
  );
});

test("what cannot work ends before it touches a shard", async () => {
  await enqueue({ shards: 1, rows: 1 });
  const add = at("add.mlir");
  await writeFile(
    add,
    `func.func @main(%x: tensor<3xf32>, %y: tensor<2xf32>) -> tensor<3xf32> {
      return %x : tensor<3xf32>
    }`,
  );
  const cases = [
    [["work", "--model", at("none.whlo")], 1, /none\.whlo/],
    [
      ["work", "--program", "none"],
      1,
      /no program "none"; there are main, batch100/,
    ],
    [["work", "--outputs", "logits,none"], 1, /no result "none"/],
    [["work", "--batch", "7"], 1, /its batch is 1, not 7/],
    [["work", "--model", add], 1, /has no batch as first dimension/],
    [["work", "--threads", "0"], 2, /--threads 0/],
    [["work", "--fast"], 2, /--fast/],
    [["enqueue", "--in", folder], 2, /expected two folders/],
    [["enqueue", "--in", folder, "--out", folder], 2, /are one folder/],
    [["enqueue", "--in", at("none"), "--out", at("out")], 1, /none/],
    [["enqueue", "--in", at("out"), "--out", at("in")], 1, /no .safetensors/],
    [["fly"], 2, /no command "fly"/],
  ];
  for (const [args, wanted, message] of cases) {
    const { status, errors } = await batch(redis, ...args);
    assert.equal(status, wanted, args.join(" "));
    assert.match(errors, message);
  }
  assert.match(await ok(["status"]), /^1 shards: 0 done, 0 running, 1 waiting/);
  await redis.kill();
  const { status, errors } = await batch(redis, "status");
  assert.equal(status, 1);
  assert.match(errors, /no Redis at 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
});

test("a shard that cannot be read is dead after its tries, and done once it is mended", async () => {
  await enqueue({ shards: 2, rows: 10 }, "--attempts", "2", "--backoff", "10");
  await truncate(at("in", names[1]), 1000);
  const worker = work(["--drain"]);
  assert.equal((await worker.ended).status, 1, worker.said);
  assert.match(
    worker.said,
    /digits-0001\.safetensors, try 1 of 2: .*ends at byte/,
  );
  const dead = await ok(["status"]);
  assert.match(
    dead,
    /1 done, 0 running, 0 waiting, 0 to be tried again, 1 dead/,
  );
  assert.match(
    dead,
    /^dead {2}digits-0001\.safetensors {2}after 2 tries: .*ends at byte/m,
  );
  assert.match(
    await ok(["verify", ...folders()], 1),
    /^missing {2}digits-0001\.safetensors {2}dead: .*ends at byte/m,
  );
  await makeShards(at("in"), 2, 10);
  assert.match(await ok(["retry"]), /1 waiting, 0 to be tried again, 0 dead/);
  assert.equal((await work(["--drain"]).ended).status, 0);
  await assertAllDone();
});

test("another worker takes over from one that is killed in the middle of a shard", async () => {
  await enqueue({ shards: 4, rows: 2500 });
  const one = work(impatient);
  await until(isMidway);
  assert.equal((await one.kill()).signal, "SIGKILL");
  const two = work([...impatient, "--drain"]);
  assert.equal((await two.ended).status, 0, two.said);
  await assertAllDone();
});

test("a worker that is killed between writing and renaming leaves no output, and no trace in the end", async () => {
  await enqueue();
  const one = work(impatient, { fault: "kill-at-rename" });
  assert.equal((await one.ended).signal, "SIGKILL");
  const [part, ...more] = await readdir(at("out"));
  assert.match(part, /^\.part-.*-digits-000\d\.safetensors$/);
  assert.deepEqual(more, [], "written, and not yet renamed");
  const whole = toPlain(
    (await readTensors(at("out", part))).get("probabilities"),
  );
  assert.equal(whole.shape[0], 800);

  const two = work([...impatient, "--drain"]);
  assert.equal((await two.ended).status, 0, two.said);
  const stalled = await look(async (queue) =>
    (await queue.getCompleted()).filter((job) => job.stalledCounter > 0),
  );
  assert.ok(stalled.length > 0);
  assert.ok((await readdir(at("out"))).includes(part));
  await ok(["verify", ...folders()]);
  await assertAllDone();
});

test("a shard that kills every worker is dead in the end", async () => {
  await enqueue({ shards: 1, rows: 10 });
  let last;
  do {
    assert.ok(workers.length < 7, "six were killed, and it is not dead");
    last = work(impatient, { fault: "kill-at-rename" });
    await Promise.race([
      last.ended,
      last.saying(/1 dead/).catch(() => undefined),
    ]);
  } while (!last.isAlive);
  assert.match(await ok(["status"]), /^dead {2}.*stalled more than allowable/m);
  await last.terminate();
  await ok(["retry"]);
  assert.equal((await work(["--drain"]).ended).status, 0);
  await ok(["verify", ...folders()]);
  await assertAllDone();
});

test("SIGTERM lets a worker finish the shard at hand", async () => {
  await enqueue();
  const one = work();
  await until(isMidway);
  assert.equal((await one.terminate()).status, 0, one.said);
  const done = await look((queue) => queue.getCompletedCount());
  assert.ok(done > 0);
  assert.match(
    await ok(["status"]),
    new RegExp(`${done} done, 0 running, ${8 - done} waiting`),
  );
  assert.equal((await readdir(at("out"))).length, done);
  assert.equal((await work(["--drain"]).ended).status, 0);
  await assertAllDone();
});

test("workers wait for a Redis that is gone, and one that remembers loses nothing", async () => {
  await enqueue({ aof: true });
  const two = [work(["--drain"]), work(["--drain"])];
  await until(isMidway);
  await redis.kill();
  for (const worker of two)
    await worker.saying(/no Redis at .*; waiting for it/);
  redis = await redis.restart();
  for (const worker of two) {
    assert.equal((await worker.ended).status, 0, worker.said);
    assert.match(worker.said, /Redis is back/);
  }
  await until(isDone);
  await assertAllDone();
});

test("verify finds what a Redis has forgotten that comes back empty", async () => {
  await enqueue({ shards: 12 });
  const worker = work();
  await until(isMidway);
  await redis.kill();
  await worker.saying(/waiting for it/);
  redis = await redis.restart();
  await worker.saying(/Redis is back/);
  assert.match(await ok(["status"]), /^0 shards/);
  const missing = await ok(["verify", ...folders(), "--again"], 1);
  const enqueued = missing.match(
    /^missing .* not in the queue, enqueued$/gm,
  ).length;
  assert.equal(enqueued, 12 - (await readdir(at("out"))).length);
  await until(async (queue) => (await queue.getCompletedCount()) >= enqueued);
  await ok(["verify", ...folders()]);
  assert.equal((await worker.terminate()).status, 0, worker.said);
  await assertAllDone();
});

test("verify finds outputs that are damaged or deleted, and has them done again", async () => {
  await enqueue({ shards: 3, rows: 10 });
  assert.equal((await work(["--drain"]).ended).status, 0);
  await truncate(at("out", names[0]), 100);
  await rm(at("out", names[1]));
  const missing = await ok(["verify", ...folders()], 1);
  assert.match(missing, /^missing {2}digits-0000.* {2}not in the queue$/m);
  assert.match(missing, /^missing {2}digits-0001.* {2}not in the queue$/m);
  assert.match(missing, /^3 shards: 1 whole, 2 missing$/m);
  await ok(["verify", ...folders(), "--again"], 1);
  assert.match(
    await ok(["verify", ...folders(), "--again"], 1),
    /^missing {2}digits-0000.* {2}in the queue$/m,
  );
  const again = work(["--drain"]);
  assert.equal((await again.ended).status, 0);
  assert.match(again.said, /20 rows done/);
  await assertAllDone();
});

test("a worker without work or Redis ends when it is asked to", async () => {
  await enqueue({ shards: 1, rows: 10 });
  const worker = work();
  await until(isDone);
  await redis.kill();
  await worker.saying(/waiting for it/);
  assert.equal((await worker.terminate()).status, 0, worker.said);
});

/** What a full disk is: a small one, where the user may mount one, and writes that fail. */
const disks = [
  { name: "a small file system", mounts: true },
  { name: "writes that fail", fault: "disk-full" },
];
for (const { name, mounts, fault } of disks) {
  test(`a full disk is an error that leaves nothing behind, and passes (${name})`, async (t) => {
    if (mounts) {
      await mkdir(at("out"));
      try {
        execFileSync("mount", [
          "-t",
          "tmpfs",
          "-o",
          "size=64k",
          "tmpfs",
          at("out"),
        ]);
      } catch (error) {
        t.skip(`cannot mount: ${error.message}`);
        return;
      }
      mounted = at("out");
    }
    await enqueue({ shards: 2 }, "--attempts", "2", "--backoff", "10");
    const one = work(["--drain"], { fault });
    assert.equal((await one.ended).status, 1, one.said);
    assert.match(
      one.said,
      /try 1 of 2: cannot write .*digits-000\d.*ENOSPC: no space left/,
    );
    assert.match(
      await ok(["status"]),
      /^dead .* after 2 tries: cannot write .*ENOSPC/m,
    );
    const left = await readdir(at("out"));
    assert.deepEqual(
      left.filter((file) => file.startsWith(".")),
      [],
    );

    if (mounts) execFileSync("mount", ["-o", "remount,size=10m", at("out")]);
    await ok(["retry"]);
    assert.equal((await work(["--drain"]).ended).status, 0);
    await assertAllDone();
  });
}
