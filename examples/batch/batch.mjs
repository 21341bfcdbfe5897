// SPDX-License-Identifier: Apache-2.0
// Inference over many files by any number of machines: the command line. A job of the queue is a shard,
// a file of rows; it is done when its output is there. So the queue may lose all it knows, and any shard
// may be done twice: `verify` asks the files.

import { mkdir, realpath } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { isNotConnectionError, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

import { isWhole, removeParts, shardsIn } from "./files.mjs";
import { openModel } from "./model.mjs";

const help = `node batch.mjs enqueue --in DIR --out DIR [--attempts N] [--backoff MS]
node batch.mjs work [--concurrency N] [--model F] [--drain] ...
node batch.mjs status
node batch.mjs retry
node batch.mjs verify --in DIR --out DIR [--again]

enqueue  a job for each .safetensors, .npz or .npy file in a folder; those in the queue stay as they are
  --in DIR           the shards: each input of the program by its name, rows first
  --out DIR          an output has its shard's name and format; both folders have these paths everywhere
  --attempts N       how often a shard is tried before it is dead; default 5
  --backoff MS       wait before the second try, twice as long before each one after; default 1000
work     does shards until SIGTERM, which lets it finish those at hand; a second one does not
  --concurrency N    processes, each with the model in its memory; default 1
  --model F          default: the digits of the package
  --weights F        a .safetensors file (may be repeated)
  --program NAME     which program of several; default: the first
  --batch N          rows in a run, where the program leaves that free; default 64
  --outputs A,B      results that are written; default: all
  --threads N        of each process; default 1
  --stalled S        seconds without a sign of life after which another worker takes a shard; default 30
  --drain            end when nothing is left to do; status 1 if shards are dead
status   the total, what runs, and what is dead, with the reason
retry    takes the dead up again
verify   which outputs are missing or damaged (status 1); --again enqueues these shards once more

  --queue NAME       default webhlo-batch
Redis is at $REDIS_URL, default redis://127.0.0.1:6379
`;

class UsageError extends Error {}

const text = { type: "string" };
const flag = { type: "boolean" };
const folders = { in: text, out: text };
const commands = {
  enqueue: {
    run: enqueue,
    options: { ...folders, attempts: text, backoff: text },
  },
  work: {
    run: work,
    options: {
      concurrency: text,
      model: text,
      weights: { type: "string", multiple: true },
      program: text,
      batch: text,
      outputs: text,
      threads: text,
      stalled: text,
      drain: flag,
    },
  },
  status: { run: status, options: {} },
  retry: { run: retry, options: {} },
  verify: { run: verify, options: { ...folders, again: flag } },
};

async function main([name, ...args]) {
  if (name === "--help" || name === "help") {
    print(help.trimEnd());
    return 0;
  }
  if (!Object.hasOwn(commands, name ?? ""))
    throw new UsageError(name ? `no command "${name}"` : "no command");
  const { run, options } = commands[name];
  return run(parse(args, { queue: text, ...options }));
}

function parse(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** An option that counts something. */
function count(options, name, otherwise) {
  const value = Number(options[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} ${options[name]}: expected 1 or more`);
  return value;
}

/** The two folders, absolute, as all workers will open them. */
async function foldersOf(options) {
  if (options.in === undefined || options.out === undefined)
    throw new UsageError("--in and --out: expected two folders");
  await mkdir(options.out, { recursive: true });
  const found = [await realpath(options.in), await realpath(options.out)];
  if (found[0] === found[1])
    throw new UsageError("--in and --out are one folder");
  return { in: found[0], out: found[1] };
}

// The queue.

const redisURL = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";

/** Calls use(queue) with a connection that fails when there is no Redis. */
async function withQueue({ queue: name = "webhlo-batch" }, use) {
  const connection = new Redis(redisURL, {
    lazyConnect: true,
    retryStrategy: () => null,
  });
  let reason;
  connection.on("error", (error) => (reason = error));
  try {
    await connection.connect();
    const queue = new Queue(name, { connection });
    queue.on("error", (error) => (reason = error));
    return await use(queue);
  } catch (error) {
    if (!reason) throw error;
    throw new Error(`no Redis at ${address()}: ${why(reason)}`, {
      cause: reason,
    });
  } finally {
    connection.disconnect();
  }
}

/** Without a password. */
const address = () => new URL(redisURL).host;
const why = ({ message, code }) => message || code;

/** One job for one output, whoever enqueues it how often. Colons are BullMQ's. */
const idOf = (out, shard) => encodeURIComponent(path.join(out, shard));

function jobOf(data, shard, { attempts, backoff }) {
  const opts = {
    jobId: idOf(data.out, shard),
    attempts,
    backoff: { type: "exponential", delay: backoff },
  };
  return { name: shard, data, opts };
}

/** A new job in the place of one that is over: nothing is left of its counts of failures. */
async function addAgain(queue, { name, data, opts }, old) {
  await old?.remove();
  await queue.add(name, data, opts);
}

const defaults = { attempts: 5, backoff: 1000 };

async function countsOf(queue) {
  const { completed, active, waiting, delayed, failed } =
    await queue.getJobCounts();
  const left = active + waiting + delayed;
  const line =
    `${completed + left + failed} shards: ${completed} done, ${active} running, ` +
    `${waiting} waiting, ${delayed} to be tried again, ${failed} dead`;
  return { line, left, dead: failed };
}

// The commands: each answers the exit status.

async function enqueue(options) {
  const attempts = count(options, "attempts", defaults.attempts);
  const backoff = count(options, "backoff", defaults.backoff);
  const data = await foldersOf(options);
  const jobs = (await shardsIn(data.in)).map((shard) =>
    jobOf(data, shard, { attempts, backoff }),
  );
  if (jobs.length === 0)
    throw new Error(`${data.in}: no .safetensors, .npz or .npy file`);
  return withQueue(options, async (queue) => {
    const atOnce = 1000;
    for (let i = 0; i < jobs.length; i += atOnce)
      await queue.addBulk(jobs.slice(i, i + atOnce));
    print((await countsOf(queue)).line);
    return 0;
  });
}

async function status(options) {
  return withQueue(options, async (queue) => {
    print((await countsOf(queue)).line);
    for (const { name, progress } of await queue.getJobs(["active"]))
      print(`running  ${name}  ${progress} %`);
    for (const { name, attemptsMade, failedReason } of await queue.getFailed())
      print(`dead  ${name}  after ${attemptsMade} tries: ${failedReason}`);
    return 0;
  });
}

async function retry(options) {
  return withQueue(options, async (queue) => {
    for (const job of await queue.getFailed()) await addAgain(queue, job, job);
    print((await countsOf(queue)).line);
    return 0;
  });
}

async function verify(options) {
  const data = await foldersOf(options);
  const shards = await shardsIn(data.in);
  const whole = new Set();
  for (const shard of shards)
    if (await isWhole(path.join(data.out, shard))) whole.add(shard);
  await removeParts(data.out, whole);
  return withQueue(options, async (queue) => {
    for (const shard of shards) {
      if (whole.has(shard)) continue;
      const job = await queue.getJob(idOf(data.out, shard));
      const state = job ? await job.getState() : "unknown";
      const isOver = ["unknown", "completed", "failed"].includes(state);
      if (isOver && options.again)
        await addAgain(queue, job ?? jobOf(data, shard, defaults), job);
      const place = !isOver
        ? "in the queue"
        : state === "failed"
          ? `dead: ${job.failedReason}`
          : "not in the queue";
      print(
        `missing  ${shard}  ${place}${isOver && options.again ? ", enqueued" : ""}`,
      );
    }
    const missing = shards.length - whole.size;
    print(`${shards.length} shards: ${whole.size} whole, ${missing} missing`);
    return missing === 0 ? 0 : 1;
  });
}

async function work(options) {
  const concurrency = count(options, "concurrency", 1);
  const stalled = 1000 * count(options, "stalled", 30);
  const settings = {
    model:
      options.model ??
      fileURLToPath(new URL("../../js/digits.whlo", import.meta.url)),
    weights: options.weights,
    program: options.program,
    outputs: options.outputs?.split(","),
    threads: count(options, "threads", 1),
    ...(options.batch && { batch: count(options, "batch") }),
  };
  // Before any shard could fail for it.
  const { model, program, batch } = await openModel(settings);
  const unknown = settings.outputs?.find(
    (name) => !program.outputs.some((port) => port.name === name),
  );
  if (unknown !== undefined)
    throw new Error(`${settings.model}: no result "${unknown}"`);
  print(
    `${settings.model}, ${program.name}: batches of ${batch}, ${concurrency} process(es)`,
  );
  model.dispose();

  const connection = new Redis(redisURL, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  let isLost = false;
  connection.on("error", (error) => {
    if (!isLost)
      print(`no Redis at ${address()}: ${why(error)}; waiting for it`);
    isLost = true;
  });
  connection.on("ready", () => {
    if (isLost) print("Redis is back");
    isLost = false;
  });
  const name = options.queue ?? "webhlo-batch";
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, new URL("processor.mjs", import.meta.url), {
    connection,
    concurrency,
    lockDuration: stalled,
    stalledInterval: stalled,
    // One that kills its workers is dead in the end.
    maxStalledCount: defaults.attempts,
    // Who has done a shard, for job.processedBy.
    name: `${hostname()}:${process.pid}`,
    workerForkOptions: {
      // On one thread altogether: what helps to collect garbage and to compile would take another process's core.
      execArgv: [
        ...process.execArgv,
        ...(settings.threads === 1 ? ["--single-threaded"] : []),
      ],
      env: { ...process.env, WEBHLO_BATCH: JSON.stringify(settings) },
    },
  });
  for (const part of [queue, worker]) {
    part.on("error", (error) => {
      // Of the connection the one above speaks.
      if (!error.syscall && isNotConnectionError(error)) print(why(error));
    });
  }
  worker.on("failed", (job, error) => {
    if (job)
      print(
        `${job.name}, try ${job.attemptsMade} of ${job.opts.attempts}: ${why(error)}`,
      );
  });
  let rows = 0;
  worker.on("completed", (job, result) => (rows += result));

  const closed = new Promise((resolve) => worker.once("closed", resolve));
  let isClosing = false;
  const close = () => {
    isClosing = true;
    void worker.close();
  };
  // Whoever is asked to end cannot wait for a Redis that may never be back. The shards at hand are
  // done again.
  const leave = () => {
    if (!isClosing || connection.status === "ready") return;
    print("ending without a Redis to tell");
    process.exit(0);
  };
  connection.on("close", leave);
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      if (isClosing) process.exit(1);
      print("ending with the shards at hand");
      close();
      leave();
    });
  }
  let dead = 0;
  let told;
  const tell = async () => {
    if (isClosing || connection.status !== "ready") return;
    const counts = await countsOf(queue);
    if (counts.line !== told) print((told = counts.line));
    dead = counts.dead;
    if (options.drain && counts.left === 0) close();
  };
  // Whatever goes wrong with it goes wrong with the worker, too, which says so.
  const timer = setInterval(() => tell().catch(() => undefined), 500);
  await closed;
  clearInterval(timer);
  connection.off("close", leave);
  connection.disconnect();
  print(`${rows} rows done by this worker`);
  return options.drain && dead > 0 ? 1 : 0;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`batch: ${error.message}\n`);
  if (isUsage) process.stderr.write("node batch.mjs --help tells more\n");
  process.exitCode = isUsage ? 2 : 1;
}
