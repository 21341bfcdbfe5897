// SPDX-License-Identifier: Apache-2.0
// What a second worker is worth: the same shards by one worker and by two, each on one thread, in turns. Two
// figures, for each of which the best round counts:
//
// - `whole`: from the first shard's beginning to the last one's end, as the queue has it. Loading the model is
//   part of it, and the end, where one of the workers has nothing left; starting Node is not.
// - `steady`: the rows a second that each worker does from the end of its first shard to that of its last.
//
//     node speed.mjs [--rounds 3] [--shards 40] [--rows 1000] [--model F] [--weights F]... [--program NAME] [--batch N]

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { Queue } from "bullmq";
import { Redis } from "ioredis";

import { batch, startRedis, startWorker } from "./harness.mjs";
import { makeRandomShards, makeShards } from "./make_shards.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    rounds: { ...text, default: "3" },
    shards: { ...text, default: "40" },
    rows: { ...text, default: "1000" },
    model: text,
    weights: { ...text, multiple: true },
    program: text,
    batch: text,
  },
});
const [rounds, shards, rows] = ["rounds", "shards", "rows"].map((name) => {
  const count = Number(values[name]);
  if (Number.isSafeInteger(count) && count > 0) return count;
  console.error(`speed: --${name} ${values[name]}: expected 1 or more`);
  process.exit(2);
});
const chosen = ["model", "weights", "program", "batch"].flatMap((name) =>
  [values[name] ?? []].flat().map((value) => `--${name}=${value}`),
);

const folder = await mkdtemp(path.join(tmpdir(), "webhlo-batch-"));
const redis = await startRedis(folder);
const connection = new Redis(redis.url);
const queue = new Queue("webhlo-batch", { connection });
const [given, made] = [path.join(folder, "in"), path.join(folder, "out")];

/** Rows a second of this many workers, { whole, steady }. */
async function measure(count) {
  await queue.obliterate();
  await rm(made, { recursive: true, force: true });
  const workers = Array.from({ length: count }, () =>
    startWorker(redis, chosen),
  );
  await Promise.all(workers.map((worker) => worker.saying(/0 shards/)));
  const args = ["enqueue", "--in", given, "--out", made];
  const { status, errors } = await batch(redis, ...args);
  if (status !== 0) throw new Error(errors);
  await workers[0].saying(new RegExp(` ${shards} done`));
  await Promise.all(workers.map((worker) => worker.terminate()));
  const jobs = await queue.getCompleted();
  const begin = Math.min(...jobs.map(({ processedOn }) => processedOn));
  const end = Math.max(...jobs.map(({ finishedOn }) => finishedOn));
  let steady = 0;
  for (const worker of new Set(jobs.map(({ processedBy }) => processedBy))) {
    const ends = jobs
      .filter(({ processedBy }) => processedBy === worker)
      .map(({ finishedOn }) => finishedOn);
    const span = Math.max(...ends) - Math.min(...ends);
    steady += (1000 * rows * (ends.length - 1)) / span;
  }
  return { whole: (1000 * rows * shards) / (end - begin), steady };
}

const kinds = ["whole", "steady"];
const tell = (title, one, two) =>
  console.log(
    `${title}: ${kinds
      .map((kind) => {
        const [a, b] = [one[kind], two[kind]];
        return `${kind} ${a.toFixed(1)} and ${b.toFixed(1)} rows/s, ${(b / a).toFixed(2)} times`;
      })
      .join("; ")}`,
  );

try {
  if (values.model) await makeRandomShards(given, shards, rows, values);
  else await makeShards(given, shards, rows);
  const best = [
    { whole: 0, steady: 0 },
    { whole: 0, steady: 0 },
  ];
  for (let round = 0; round < rounds; round++) {
    const speeds = [await measure(1), await measure(2)];
    tell(`round ${round + 1}`, ...speeds);
    for (const [i, speed] of speeds.entries())
      for (const kind of kinds)
        best[i][kind] = Math.max(best[i][kind], speed[kind]);
  }
  tell(`best of ${rounds}`, ...best);
} finally {
  connection.disconnect();
  await redis.kill();
  await rm(folder, { recursive: true });
}
