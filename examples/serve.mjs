// SPDX-License-Identifier: Apache-2.0
// What `--browser` of the examples does: serves a page with the package beside it as webhlo/.

import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** `mounts` are files and folders by the path they appear under; answers the page's address. */
export async function servePage(mounts) {
  const { createStaticServer, listen } =
    await import("../js/dist/cli/serve.js");
  const server = createStaticServer({
    mounts: { "/webhlo/": at("../js/dist"), ...mounts },
  });
  const port = Number(process.env.PORT ?? 8000);
  return listen(server, port, "127.0.0.1").catch(() =>
    listen(server, 0, "127.0.0.1"),
  );
}
