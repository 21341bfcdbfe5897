// SPDX-License-Identifier: Apache-2.0
// `node examples/serve.mjs NAME` serves the page of examples/NAME, with the package beside it as webhlo/, and prints
// its address.

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (file) => fileURLToPath(new URL(file, import.meta.url));

/** What lies elsewhere in the repository, by the path where a page has it. */
const models = {
  digits: { "/digits.whlo": at("../js/digits.whlo") },
  "train-digits": { "/model/": at("../models/train_digits") },
  camera: { "/model/": at("../build/examples/camera") },
  search: {
    "/model/": at("../build/examples/search"),
    "/tokenizers.js": at(
      "search/node_modules/@huggingface/tokenizers/dist/tokenizers.min.mjs",
    ),
  },
  tuner: { "/tuner.whlo": at("../models/tuner/tuner.whlo") },
  story: { "/story.whlo": at("../models/story/story.whlo") },
};

/** Files and folders by the path they appear under, of the page of that example. */
export const mountsOf = (name) => ({
  "/": at(name),
  "/page.css": at("page.css"),
  ...models[name],
});

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name] = process.argv.slice(2);
  const names = readdirSync(at(".")).filter((folder) =>
    existsSync(at(`${folder}/index.html`)),
  );
  if (names.includes(name)) {
    console.log(
      `${name} at ${await servePage(mountsOf(name))} (Ctrl-C ends it)`,
    );
  } else {
    console.error(`no example '${name}'; there are: ${names.join(", ")}`);
    process.exitCode = 1;
  }
}
