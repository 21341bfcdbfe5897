// SPDX-License-Identifier: Apache-2.0
// `./dev docs`: puts the pages of docs/, the reference that TypeDoc makes of the package's types and the
// site's own settings together in build/site, and has VitePress make build/docs of that.

import { execFileSync } from "node:child_process";
import { cpSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const help = `./dev docs [--serve] [--port N] [--base /PATH/]
  --serve         serve the site when it is built, with the headers that allow threads
  --port N        where; default 8000, 0 takes any free port
  --base /PATH/   where a host has the site; default /
  --check         reads the options, and does nothing
  --help`;

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const work = at("../../build/site");
const made = at("../../build/docs");

/** Throws what is wrong with the options. */
function read(args) {
  const { values } = parseArgs({
    args,
    options: {
      serve: { type: "boolean", default: false },
      port: { type: "string", default: "8000" },
      base: { type: "string", default: "/" },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (!/^\d{1,5}$/.test(values.port))
    throw new Error(`--port: a number, not ${values.port}`);
  if (!/^\/(.+\/)?$/.test(values.base))
    throw new Error(`--base: a path from / to /, not ${values.base}`);
  return values;
}

function build(base) {
  const docs = at("../");
  const filter = (file) => path.relative(docs, file) !== "site";
  const modules = process.env.WEBHLO_SITE;
  rmSync(work, { recursive: true, force: true });
  cpSync(docs, work, { recursive: true, filter });
  cpSync(at("."), work, { recursive: true });
  symlinkSync(modules, path.join(work, "node_modules"));
  const run = (program, ...args) => {
    const command = [path.join(modules, program), ...args];
    execFileSync(process.execPath, command, { cwd: work, stdio: "inherit" });
  };
  run("typedoc/bin/typedoc");
  const options = ["--base", base, "--outDir", made];
  run("vitepress/bin/vitepress.js", "build", ...options);
}

async function serve(base, port) {
  const { createStaticServer, listen } =
    await import("../../js/dist/cli/serve.js");
  const server = createStaticServer({ mounts: { [base]: made } });
  const address = await listen(server, port, "127.0.0.1");
  console.log(new URL(base, address).href);
}

try {
  const options = read(process.argv.slice(2));
  if (options.help) console.log(help);
  else if (!options.check) {
    build(options.base);
    if (options.serve) await serve(options.base, Number(options.port));
  }
} catch (error) {
  console.error(`docs: ${error.message}`);
  process.exitCode = 2;
}
