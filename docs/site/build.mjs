// SPDX-License-Identifier: Apache-2.0
// `./dev docs`: puts the pages of docs/, the reference that TypeDoc makes of the package's types and the
// site's own settings together in build/site, and has VitePress make build/docs of that.

import { execFileSync } from "node:child_process";
import { cpSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { createStaticServer, listen } from "../../js/dist/cli/serve.js";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const from = at("../");
const work = at("../../build/site");
const made = at("../../build/docs");
const modules = process.env.WEBHLO_SITE;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    serve: { type: "boolean" },
    base: { type: "string", default: "/" },
  },
});
if (!/^\/(.*\/)?$/.test(values.base))
  throw new Error(
    `--base is ${values.base}, expected a path that begins and ends with /`,
  );

rmSync(work, { recursive: true, force: true });
cpSync(from, work, {
  recursive: true,
  filter: (file) => path.relative(from, file) !== "site",
});
cpSync(at("."), work, { recursive: true });
symlinkSync(modules, path.join(work, "node_modules"));

function run(program, ...args) {
  const command = [path.join(modules, program), ...args];
  execFileSync(process.execPath, command, { cwd: work, stdio: "inherit" });
}
run("typedoc/bin/typedoc");
run(
  "vitepress/bin/vitepress.js",
  "build",
  "--base",
  values.base,
  "--outDir",
  made,
);

if (values.serve) {
  const server = createStaticServer({ mounts: { [values.base]: made } });
  console.log(
    await listen(server, Number(positionals[0] ?? 8000), "127.0.0.1"),
  );
}
