// SPDX-License-Identifier: Apache-2.0
// What a second worker is worth: the same shards by one worker and by two, each on one thread, in turns.
// The time is that from the first shard's beginning to the last one's end, as the queue has it: loading
// the model is part of it, starting the workers is not.
//
//     node speed.mjs [ROUNDS] [SHARDS] [ROWS]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { Queue } from "bullmq";
import { Redis } from "ioredis";

import { batch, startRedis, startWorker } from "./harness.mjs";
import { makeShards } from "./make_shards.mjs";

const [rounds = 3, shards = 40, rows = 1000] = process.argv
  .slice(2)
  .map(Number);
const folder = await mkdtemp(path.join(tmpdir(), "webhlo-batch-"));
const redis = await startRedis(folder);
const connection = new Redis(redis.url);
const queue = new Queue("webhlo-batch", { connection });
const [given, made] = [path.join(folder, "in"), path.join(folder, "out")];

/** Milliseconds that this many workers take. */
async function measure(count) {
  await queue.obliterate();
  await rm(made, { recursive: true, force: true });
  const workers = Array.from({ length: count }, () => startWorker(redis));
  await Promise.all(workers.map((worker) => worker.saying(/0 shards/)));
  const args = ["enqueue", "--in", given, "--out", made];
  const { status, errors } = await batch(redis, ...args);
  if (status !== 0) throw new Error(errors);
  await workers[0].saying(new RegExp(` ${shards} done`));
  await Promise.all(workers.map((worker) => worker.terminate()));
  const jobs = await queue.getCompleted();
  const begin = Math.min(...jobs.map(({ processedOn }) => processedOn));
  return Math.max(...jobs.map(({ finishedOn }) => finishedOn)) - begin;
}

try {
  await makeShards(given, shards, rows);
  const times = { 1: [], 2: [] };
  for (let round = 0; round < rounds; round++) {
    for (const count of [1, 2]) times[count].push(await measure(count));
    const [one, two] = [times[1].at(-1), times[2].at(-1)];
    console.log(
      `one ${one} ms, two ${two} ms: ${(one / two).toFixed(2)} times`,
    );
  }
  const [one, two] = [Math.min(...times[1]), Math.min(...times[2])];
  const speed = (ms) => `${Math.round((1000 * shards * rows) / ms)} rows/s`;
  console.log(
    `best of ${rounds}: ${speed(one)}, ${speed(two)}: ${(one / two).toFixed(2)} times`,
  );
} finally {
  connection.disconnect();
  await redis.kill();
  await rm(folder, { recursive: true });
}
