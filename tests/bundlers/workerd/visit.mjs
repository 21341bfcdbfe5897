// SPDX-License-Identifier: Apache-2.0
// Starts workerd, prints what the worker answers, and stops it.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const arch = process.arch === "arm64" ? "arm64" : "64";
const child = spawn(
  `node_modules/@cloudflare/workerd-linux-${arch}/bin/workerd`,
  ["serve", "config.capnp", `--socket-addr=http=127.0.0.1:${port}`],
  { stdio: ["ignore", "ignore", "pipe"] },
);
let complaints = "";
child.stderr.on("data", (text) => (complaints += text));
try {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer?.ok) {
      console.log(await answer.text());
      break;
    }
    if (answer || tries === 100 || child.exitCode !== null)
      throw new Error((await answer?.text()) ?? complaints);
    await new Promise((done) => setTimeout(done, 100));
  }
} finally {
  child.kill();
}
