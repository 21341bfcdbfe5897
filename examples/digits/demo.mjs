// SPDX-License-Identifier: Apache-2.0
// The digits model in Node: classifies the 100 test images and shows some of them in the terminal.
// With --browser it serves the page of this folder and prints its address.

import { fileURLToPath } from "node:url";

const started = performance.now();
const { load } = await import("../../js/dist/index.js");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (process.argv.includes("--browser")) await serve();
else await classify();

async function classify() {
  const model = await load(
    {
      one: here("../../models/digits/model.jaxexport"),
      hundred: here("../../models/digits/model_batch100.jaxexport"),
    },
    { weights: here("../../models/digits/weights.safetensors") },
  );
  const { images, labels } = await testData();
  const image = (i) =>
    Float32Array.from(images.subarray(784 * i, 784 * (i + 1)), (v) => v / 255);

  const { one, hundred } = model.programs;
  const first = await one.run({ image: image(0) });
  const firstAnswer = performance.now() - started;

  const all = await hundred.run({
    image: Float32Array.from(images, (v) => v / 255),
  });
  const guesses = Array.from({ length: 100 }, (_, i) => {
    const row = all.probabilities.subarray(10 * i, 10 * (i + 1));
    const digit = row.indexOf(Math.max(...row));
    return { digit, sure: row[digit] };
  });
  const right = guesses.filter(({ digit }, i) => digit === labels[i]).length;

  for (let row = 0; row < 10; row += 5) show(row, images, labels, guesses);
  console.log(
    `\n${right} of 100 test images right (accuracy ${right.toFixed(0)} %)`,
  );
  const share = Math.max(...first.probabilities);
  console.log(
    `the first one alone: ${first.probabilities.indexOf(share)}, ${(100 * share).toFixed(1)} %`,
  );

  const input = { image: image(0) };
  const times = Array.from({ length: 500 }, () => {
    const start = performance.now();
    one.runSync(input);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  console.log(`import to first answer ${firstAnswer.toFixed(0)} ms`);
  console.log(
    `a run: median ${(1000 * times[250]).toFixed(0)} us, best ${(1000 * times[0]).toFixed(0)} us`,
  );
  console.log(`wasm: ${model.variant}, up to ${model.threads} threads`);
  model.dispose();
}

async function testData() {
  const { readTensors } = await import("../../js/dist/cli/tensor_files.js");
  const tensors = await readTensors(
    here("../../models/digits/test.safetensors"),
  );
  return {
    images: tensors.get("images").data(),
    labels: tensors.get("labels").data(),
  };
}

/** Five images side by side; each character is two pixels, one above the other. */
function show(from, images, labels, guesses) {
  const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  const pixel = (i, x, y) => images[784 * i + 28 * y + x];
  for (let y = 4; y < 24; y += 2) {
    let line = "";
    for (let i = from; i < from + 5; i++) {
      for (let x = 4; x < 24; x++) {
        const [top, bottom] = [pixel(i, x, y), pixel(i, x, y + 1)];
        if (colour) {
          const grey = (value) => 232 + Math.round((value / 255) * 23);
          line += `\x1b[38;5;${grey(top)};48;5;${grey(bottom)}m▀`;
        } else {
          line += " ▀▄█"[(top > 96 ? 1 : 0) + (bottom > 96 ? 2 : 0)];
        }
      }
      line += colour ? "\x1b[0m  " : "  ";
    }
    console.log(line.trimEnd());
  }
  const captions = guesses.slice(from, from + 5).map(({ digit, sure }, i) => {
    const mark = digit === labels[from + i] ? "" : `, is ${labels[from + i]}`;
    return `${digit} (${(100 * sure).toFixed(1)} %${mark})`.padEnd(22);
  });
  console.log(captions.join("").trimEnd());
}

async function serve() {
  const { mountsOf, servePage } = await import("../serve.mjs");
  const address = await servePage(mountsOf("digits"));
  console.log(`Draw digits at ${address} (Ctrl-C ends it)`);
}
