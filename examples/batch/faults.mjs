// SPDX-License-Identifier: Apache-2.0
// Loaded into the processes of a worker before it (node --import), by tests alone: what goes wrong with
// machines. WEBHLO_FAULT is
// - kill-at-rename: a worker is killed, with all its processes, when an output is written and not yet
//   renamed;
// - disk-full: there is no space left for files of outputs.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { open } = fs.promises;
switch (process.env.WEBHLO_FAULT) {
  case "kill-at-rename":
    fs.promises.rename = () => {
      process.kill(0, "SIGKILL");
      return new Promise(() => undefined);
    };
    break;
  case "disk-full":
    fs.promises.open = async (file, flags, ...rest) => {
      const handle = await open(file, flags, ...rest);
      if (flags === "w") {
        handle.writeFile = async () => {
          const what = "ENOSPC: no space left on device, write";
          throw Object.assign(new Error(what), { code: "ENOSPC" });
        };
      }
      return handle;
    };
    break;
}
syncBuiltinESMExports();
