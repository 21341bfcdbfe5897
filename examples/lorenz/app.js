// SPDX-License-Identifier: Apache-2.0
// The page: each frame the program takes the points some steps on, and they are drawn where they are then.

import { load } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
const canvas = at("points");
const context = canvas.getContext("2d");
const dt = 0.005;

let model;
/** `x`, `y` and `z` of all points. */
let points;
let time;
/** [time, how far the points are apart] at each frame. */
let history;
/** Of the last frames, a step of all points. */
let milliseconds = [];
/** From where the points are seen, in radians. */
let angle = 0.6;

const value = (id) => Number(at(id).value);

function gather() {
  const [count] = model.inputs.find(({ name }) => name === "x").shape;
  const all = (number) => new Float64Array(count).fill(number);
  // Along a line, so that neighbours have neighbouring colours.
  const x = all(1).map(
    (one, i) => one + 10 ** value("first") * (i / (count - 1) - 0.5),
  );
  points = { x, y: all(1), z: all(20) };
  time = 0;
  history = [[0, apart()]];
  clear();
  show();
}

/** The root mean square of the points' distances from their centre. */
function apart() {
  const squares = Object.values(points).map((numbers) => {
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    return numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0);
  });
  return Math.sqrt(squares.reduce((a, b) => a + b) / points.x.length);
}

function advance() {
  const steps = value("speed");
  const start = performance.now();
  points = model.runSync({
    ...points,
    steps: [steps],
    dt: [dt],
    sigma: [10],
    rho: [value("rho")],
    beta: [8 / 3],
  });
  milliseconds = [
    ...milliseconds.slice(-59),
    (performance.now() - start) / steps,
  ];
  time += steps * dt;
  history.push([time, apart()]);
}

let next;
function frame() {
  next = requestAnimationFrame(frame);
  try {
    advance();
    show();
  } catch (error) {
    fail(error);
  }
}

function go(on) {
  cancelAnimationFrame(next);
  if (on) next = requestAnimationFrame(frame);
  at("go").textContent = on ? "Pause" : "Go";
  document.body.dataset.state = on ? "running" : "paused";
}

function fail(error) {
  cancelAnimationFrame(next);
  document.body.dataset.state = "failed";
  at("status").textContent = error.message;
}

// The picture. What was drawn before fades.

function clear() {
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio) || 560;
  canvas.height = Math.round(canvas.clientHeight * devicePixelRatio) || 560;
}

function draw() {
  const { width, height } = canvas;
  context.globalCompositeOperation = "destination-out";
  context.fillStyle = "rgb(0 0 0 / 10%)";
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  // The attractor is some 50 high and 60 wide, and fits whatever rho is.
  const scale =
    Math.min(width / 60, height / 50) / Math.max(1, value("rho") / 28);
  const size = Math.max(1.5, width / 400);
  const { x, y, z } = points;
  const [across, along] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const colours = 64;
  const each = x.length / colours;
  for (let colour = 0; colour < colours; colour++) {
    const hue = 190 + (190 * colour) / colours;
    context.fillStyle = `hsl(${hue} 90% ${dark ? 65 : 48}%)`;
    for (let i = colour * each; i < (colour + 1) * each; i++) {
      context.fillRect(
        width / 2 + across * x[i] + along * y[i] - size / 2,
        height - scale * z[i] - size / 2,
        size,
        size,
      );
    }
  }
}

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  if (event.buttons) turn((3 * event.movementX) / canvas.clientWidth);
});
canvas.addEventListener("keydown", ({ key }) => {
  if (key === "ArrowLeft") turn(-0.1);
  if (key === "ArrowRight") turn(0.1);
});

function turn(by) {
  angle += by;
  if (!points) return;
  clear();
  draw();
}

// The curve: how far the points are apart, each unit a power of ten.

const [left, top, width, height] = [34, 8, 260, 124];
const [least, most] = [-14, 2];
const single = 2 ** -19; // The distance of f32 numbers between 16 and 32.

const place = (power) =>
  top + (height * (most - Math.max(power, least))) / (most - least);

function svg(name, attributes, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }
  node.textContent = text;
  return node;
}

function drawAxes() {
  const line = (power, name) =>
    svg("line", {
      x1: left,
      x2: left + width,
      y1: place(power),
      y2: place(power),
      class: name,
    });
  const marks = [-12, -8, -4, 0].map((power) => [
    line(power, ""),
    svg("text", { x: 0, y: place(power) + 4 }, `1e${power}`),
  ]);
  at("axes").replaceChildren(
    ...marks.flat(),
    line(Math.log10(single), "single"),
  );
}

function show() {
  draw();
  const [, distance] = history.at(-1);
  at("apart").textContent = tell(distance);
  at("time").textContent = time.toFixed(1);
  // The axis of time grows, and has as many points as it shows.
  const end = Math.max(40, time);
  const stride = Math.ceil(history.length / width);
  at("curve").setAttribute(
    "points",
    history
      .filter((_, i) => i % stride === 0)
      .map(([t, d]) => `${left + (width * t) / end},${place(Math.log10(d))}`)
      .join(" "),
  );
  if (milliseconds.length === 0) return;
  const middle = milliseconds.toSorted((a, b) => a - b)[
    milliseconds.length >> 1
  ];
  const million = points.x.length / middle / 1000;
  at("status").textContent =
    `WebAssembly (${model.variant}), f64 · a step of all points in ` +
    `${middle.toFixed(3)} ms, ${million.toFixed(0)} million points a second`;
}

const tell = (distance) =>
  distance < 0.01 ? distance.toExponential(0) : distance.toPrecision(2);

// The settings.

function showSettings() {
  at("rho-value").textContent = value("rho");
  at("first-value").textContent = `1e${value("first")}`;
  at("speed-value").textContent = value("speed");
}

for (const id of ["rho", "speed"])
  at(id).addEventListener("input", showSettings);
at("first").addEventListener("input", () => {
  showSettings();
  if (model) gather();
});
at("go").addEventListener("click", () =>
  go(document.body.dataset.state !== "running"),
);
at("gather").addEventListener("click", gather);
new ResizeObserver(() => turn(0)).observe(canvas);

try {
  showSettings();
  drawAxes();
  model = await load("lorenz.mlir", { threads: 1 });
  gather();
  at("go").disabled = at("gather").disabled = false;
  at("status").textContent = `WebAssembly (${model.variant}), f64`;
  go(!matchMedia("(prefers-reduced-motion: reduce)").matches);
} catch (error) {
  fail(error);
}
