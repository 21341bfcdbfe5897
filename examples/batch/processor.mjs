// SPDX-License-Identifier: Apache-2.0
// What runs in each process of a worker: it loads the model once and does shards. BullMQ starts it and
// keeps it; the worker itself only talks to Redis, so that a long run never delays the sign that the
// worker is alive.

import path from "node:path";

import { inputsFrom } from "../../js/dist/cli/values.js";
import { readTensors } from "../../js/dist/cli/tensor_files.js";
import { isWhole, writeWhole } from "./files.mjs";
import { openModel, runRows } from "./model.mjs";

// Nobody would hear of the result.
process.on("disconnect", () => process.exit(1));

const settings = JSON.parse(process.env.WEBHLO_BATCH);
const opened = await openModel(settings);

/** Answers how many rows were computed: 0 where the output was there. */
export default async function (job) {
  const target = path.join(job.data.out, job.name);
  if (await isWhole(target)) return 0;
  const file = path.join(job.data.in, job.name);
  const inputs = inputsFrom(await readTensors(file), opened.program);
  let told = Date.now();
  let rows = 0;
  // Each is a message to the worker and one to Redis, whose time would be another worker's.
  const tell = async (done, all) => {
    rows = all;
    if (Date.now() - told < 1000) return;
    told = Date.now();
    await job.updateProgress(Math.floor((100 * done) / all));
  };
  await writeWhole(
    target,
    await runRows(opened, inputs, settings.outputs, tell),
  );
  return rows;
}
