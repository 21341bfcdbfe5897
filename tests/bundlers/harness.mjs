// SPDX-License-Identifier: Apache-2.0
// What the bundlers' tests share: a project made ready, its build, a server of the result.

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const root = mkdtempSync(path.join(tmpdir(), "webhlo-bundlers-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

/** Where `./dev` has installed what the project's lock file names (need_locked in cmake/setup.sh). */
function installed(folder) {
  const lock = readFileSync(at(`${folder}/package-lock.json`));
  const digest = createHash("sha256").update(lock).digest("hex").slice(0, 8);
  const place = path.join(
    process.env.WEBHLO_CACHE,
    `bundler-${folder}-${digest}/node_modules`,
  );
  if (!existsSync(place))
    throw new Error(`${place} is not there; ./dev test bundlers makes it`);
  return place;
}

export function versionOf({ folder, tool }) {
  const lock = JSON.parse(
    readFileSync(at(`${folder}/package-lock.json`), "utf8"),
  );
  return lock.packages[`node_modules/${tool}`].version;
}

let archive;
/** The package as npm would publish it. */
function packed() {
  if (!archive) {
    const args = ["pack", "--silent", "--pack-destination", root];
    const name = execFileSync("npm", args, {
      cwd: at("../../js"),
      encoding: "utf8",
    }).trim();
    archive = path.join(root, name);
  }
  return archive;
}

let projects = 0;
/** A copy of the project's folder, or of another one with the same tools, with these and the packed package installed. */
export function makeProject(folder, source = at(folder)) {
  const project = path.join(root, `${folder}-${projects++}`);
  // What a build of one's own has left there is not the project's.
  const filter = (file) => !/^(node_modules|\.next)$/.test(path.basename(file));
  cpSync(source, project, { recursive: true, filter });
  cpSync(at("app.js"), path.join(project, "app.js"));
  const modules = path.join(project, "node_modules");
  // No links to folders: some bundlers leave what lies outside of the project alone.
  try {
    execFileSync("cp", ["-al", installed(folder), modules], { stdio: "pipe" });
  } catch {
    execFileSync("cp", ["-a", installed(folder), modules]);
  }
  mkdirSync(path.join(modules, "webhlo"));
  execFileSync("tar", [
    "xzf",
    packed(),
    "-C",
    path.join(modules, "webhlo"),
    "--strip-components=1",
  ]);
  return project;
}

const env = {
  ...process.env,
  CI: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  PARCEL_WORKERS: "1",
};
delete env.NODE_TEST_CONTEXT;

export function run(command, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    }
    child.on("error", reject).on("close", (status) => {
      if (status === 0) resolve(output);
      else
        reject(
          new Error(`${command.join(" ")} ended with ${status}\n${output}`),
        );
    });
  });
}

async function freePort() {
  const server = createServer();
  const port = new URL(await listen(server, 0, "127.0.0.1")).port;
  await new Promise((done) => server.close(done));
  return port;
}

/** Serves a folder. */
export async function serveFolder(folder, isolate) {
  const server = createStaticServer({ mounts: { "/": folder }, isolate });
  return {
    address: await listen(server, 0, "127.0.0.1"),
    close: () => end(server),
  };
}

/** Starts a server of the tool's own; resolves with its port, and its output, once it answers. */
export async function startServer(command, cwd) {
  const port = await freePort();
  const [program, ...args] = command(port);
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries === 600)
      throw new Error(`no server: ${output}`);
    const answers = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers)
      return { port, output: () => output, close: () => child.kill() };
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Stands before a tool's own server and adds the headers under which browsers allow threads. */
export async function serveBehind(port, isolate) {
  const target = { host: "127.0.0.1", port };
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const forward = request({ ...target, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, {
        ...answer.headers,
        ...(isolate && {
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        }),
      });
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.destroy());
    incoming.pipe(forward);
  });
  // A development server's page keeps a web socket open.
  server.on("upgrade", ({ url, rawHeaders }, socket, head) => {
    const there = connect(target, () => {
      there.write(`GET ${url} HTTP/1.1\r\n`);
      for (let i = 0; i < rawHeaders.length; i += 2) {
        there.write(`${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`);
      }
      there.write("\r\n");
      there.write(head);
      socket.pipe(there).pipe(socket);
    });
    for (const one of [socket, there])
      one.on("error", () => [socket, there].map((s) => s.destroy()));
  });
  return {
    address: await listen(server, 0, "127.0.0.1"),
    close: () => end(server),
  };
}

function end(server) {
  server.closeAllConnections();
  server.close();
}
