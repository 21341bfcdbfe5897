// SPDX-License-Identifier: Apache-2.0
// A Redis and workers as processes of their own, for tests and measurements.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Redis } from "ioredis";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A redis-server that keeps its files in `folder`; with `aof` it knows after a restart what it knew. */
export async function startRedis(folder, { aof = false, port } = {}) {
  port ??= await freePort();
  const child = spawn(
    "redis-server",
    [
      ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ["--appendonly", aof ? "yes" : "no", "--maxmemory-policy", "noeviction"],
    ].flat(),
    { stdio: "ignore" },
  );
  await once(child, "spawn");
  const client = new Redis(port, "127.0.0.1", {
    maxRetriesPerRequest: null,
    retryStrategy: () => (child.exitCode === null ? 50 : null),
  });
  client.on("error", () => undefined);
  await client.ping();
  client.disconnect();
  return {
    url: `redis://127.0.0.1:${port}`,
    /** As a machine that stops. */
    async kill() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null)
        await once(child, "exit");
    },
    restart: () => startRedis(folder, { aof, port }),
  };
}

const environment = (redis, fault) => ({
  ...process.env,
  REDIS_URL: redis.url,
  ...(fault && {
    NODE_OPTIONS: `--import=${new URL("faults.mjs", import.meta.url)}`,
    WEBHLO_FAULT: fault,
  }),
});

/** Runs a command to its end; answers { status, output, errors }. */
export const batch = (redis, ...args) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [at("batch.mjs"), ...args],
      { env: environment(redis) },
      (error, output, errors) =>
        resolve({ status: error ? error.code : 0, output, errors }),
    );
  });

/** A worker, which has a group of processes of its own; `said` is all that it has printed. */
export function startWorker(redis, args = [], { fault } = {}) {
  const child = spawn(process.execPath, [at("batch.mjs"), "work", ...args], {
    env: environment(redis, fault),
    detached: true,
  });
  const ended = once(child, "close").then(([status, signal]) => ({
    status,
    signal,
  }));
  const worker = {
    said: "",
    ended,
    /** As its machine would: all its processes at once. */
    async kill() {
      process.kill(-child.pid, "SIGKILL");
      return ended;
    },
    async terminate() {
      child.kill("SIGTERM");
      return ended;
    },
    /** Waits until it has printed this. */
    async saying(pattern) {
      while (!pattern.test(worker.said)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(
            `it ended, and has not said ${pattern}:\n${worker.said}`,
          );
        await setTimeout(20);
      }
    },
    get isAlive() {
      return child.exitCode === null && child.signalCode === null;
    },
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (data) => (worker.said += data));
  return worker;
}
