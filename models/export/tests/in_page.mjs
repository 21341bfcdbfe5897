// SPDX-License-Identifier: Apache-2.0
// What `webhlo run` does, done by a page in Chromium, which imports the package and fetches the files:
//
//     node in_page.mjs run MODEL [--weights F]... --inputs F --output F

import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import {
  readTensors,
  writeTensors,
} from "../../../js/dist/cli/tensor_files.js";
import { Tensor } from "../../../js/dist/index.js";
import { launch, serve, visit } from "../../../tests/browser/pages.mjs";

const text = { type: "string" };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { ...text, multiple: true, default: [] },
    inputs: text,
    output: text,
  },
});
const files = [positionals[1], ...values.weights].map((file) =>
  path.resolve(file),
);
const [model, ...weights] = files.map((file) => `/${path.basename(file)}`);
const inputs = {};
for (const [name, tensor] of await readTensors(values.inputs))
  inputs[name.replace(/^in\./, "")] = {
    data: tensor.data(),
    dtype: tensor.dtype,
    shape: tensor.shape,
  };

const site = await serve({
  "/": fileURLToPath(new URL("in_page.html", import.meta.url)),
  ...Object.fromEntries(files.map((file) => [`/${path.basename(file)}`, file])),
});
let browser;
try {
  browser = await launch();
  const { page, problems } = await visit(browser, site.address);
  const results = await page.evaluate(
    (given) => window.run(...given),
    [model, weights, inputs],
  );
  if (problems.length > 0)
    throw new Error(`the page complains: ${problems.join("; ")}`);
  const tensors = Object.entries(results).map(
    ([name, { data, dtype, shape }]) => [
      name,
      new Tensor(data, { dtype, shape }),
    ],
  );
  await writeTensors(values.output, new Map(tensors));
} finally {
  await browser?.close();
  site.close();
}
