// SPDX-License-Identifier: Apache-2.0
// The page: trains step by step, and draws what was reached at each frame. Steps run in slices of a few
// milliseconds, so the page stays alive; it pauses between two of them.

import { prepare } from "./training.js";
import { load } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
const svg = (name, attributes, text = "") => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }
  node.textContent = text;
  return node;
};

let training;
/** Of the training under way; none while it rests. */
let pause;
const times = [];

async function read(name) {
  const response = await fetch(`model/${name}`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.arrayBuffer();
}

async function train() {
  pause = new AbortController();
  const { signal } = pause;
  state("training");
  try {
    while (!training.done && !signal.aborted) {
      const start = performance.now();
      await training.step();
      times.push(performance.now() - start);
      changed();
      if (training.losses.length % 20 === 0 || training.done) {
        showDigits(await training.examine(signal));
      }
    }
  } catch (error) {
    if (error.code !== "cancelled") throw error;
  } finally {
    pause = undefined;
  }
  state(training.done ? "done" : "paused");
}

/** What the buttons offer, and what tests wait for. */
function state(name) {
  document.body.dataset.state = name;
  at("train").textContent = name === "training" ? "Pause" : "Train";
  at("train").disabled = name === "done";
  at("again").disabled = name === "training" || training.losses.length === 0;
}

// The curve.

const [left, top, width, height] = [36, 10, 550, 280];

function place(losses) {
  const x = width / training.jax.losses.length;
  const y = height / highest();
  return losses
    .map((loss, i) => `${left + x * (i + 1)},${top + height - y * loss}`)
    .join(" ");
}

function highest() {
  return Math.ceil(2 * Math.max(...training.jax.losses)) / 2;
}

function drawAxes() {
  const [x1, x2] = [left, left + width];
  const lines = Array.from({ length: Math.floor(highest()) + 1 }, (_, loss) => {
    const y = top + height - (height / highest()) * loss;
    return [
      svg("line", { x1, x2, y1: y, y2: y }),
      svg("text", { class: "left", x: left - 8, y: y + 5 }, loss),
    ];
  });
  const steps = training.jax.losses.length;
  const marks = [0, steps / 2, steps].map((n) => {
    const x = left + (width / steps) * n;
    return svg("text", { class: "below", x, y: top + height + 22 }, n);
  });
  at("axes").replaceChildren(...lines.flat(), ...marks);
  at("theirs").setAttribute("points", place(training.jax.losses));
}

let waiting = false;
function changed() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    show();
  });
}

function show() {
  const { losses, jax, model, apart, rounding } = training;
  const n = losses.length;
  at("ours").setAttribute("points", place(losses));
  at("steps").textContent = `${n} of ${jax.losses.length}`;
  at("loss").textContent = n ? losses[n - 1].toFixed(4) : "–";
  at("expected").textContent = n ? jax.losses[n - 1].toFixed(4) : "–";
  at("apart").textContent = n ? apart.toExponential(1) : "–";
  at("rounding").textContent = n ? rounding.toExponential(1) : "–";
  const threads =
    model.threads === 1 ? "1 thread" : `up to ${model.threads} threads`;
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1];
  const time = middle ? ` · ${middle.toFixed(0)} ms a step` : "";
  at("status").textContent =
    `WebAssembly (${model.variant}), ${threads}${time}`;
}

/** All held-out images in rows of twenty, light on dark, on red those that are read wrong. */
function showDigits({ digits, right }) {
  const { heldOutImages, heldOutLabels } = training.data;
  const context = at("digits").getContext("2d");
  digits.forEach((digit, i) => {
    const tile = new ImageData(28, 28);
    const paper = digit === heldOutLabels[i] ? [29, 32, 38] : [190, 40, 40];
    for (let k = 0; k < 784; k++) {
      const ink = heldOutImages[784 * i + k] / 255;
      for (let c = 0; c < 3; c++) {
        tile.data[4 * k + c] = paper[c] + ink * (255 - paper[c]);
      }
      tile.data[4 * k + 3] = 255;
    }
    context.putImageData(tile, 28 * (i % 20), 28 * Math.floor(i / 20));
  });
  at("right").textContent = `${right} of ${digits.length}`;
}

function fail(error) {
  document.body.dataset.state = "failed";
  at("status").textContent = error.message;
}

at("train").addEventListener("click", () => {
  if (pause) pause.abort();
  else train().catch(fail);
});
at("again").addEventListener("click", () => {
  training.restart();
  training.examine().then(showDigits).catch(fail);
  state("ready");
  changed();
});

try {
  training = await prepare(load, read);
  drawAxes();
  show();
  showDigits(await training.examine());
  state("ready");
} catch (error) {
  fail(error);
}
