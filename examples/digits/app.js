// SPDX-License-Identifier: Apache-2.0
// The page: strokes from mouse, finger, pen or keyboard become the 28x28 image that the model was
// trained on, and its ten probabilities become bars, at each change.

import { load } from "./webhlo/index.js";

const pad = document.querySelector("#pad");
const seen = document
  .querySelector("#seen")
  .getContext("2d", { willReadFrequently: true });
const ink = new OffscreenCanvas(112, 112).getContext("2d", {
  willReadFrequently: true,
});
const status = document.querySelector("#status");
const bars = Array.from({ length: 10 }, (_, digit) => addBar(digit));

/** Shown until somebody draws: a 2. */
const bow = Array.from({ length: 22 }, (_, i) => {
  const angle = ((10 * i - 170) * Math.PI) / 180;
  return { x: 0.48 + 0.2 * Math.cos(angle), y: 0.35 + 0.2 * Math.sin(angle) };
});
const sample = [[...bow, { x: 0.28, y: 0.85 }, { x: 0.75, y: 0.85 }]];

/** Lists of points, each from 0 to 1 in both directions. */
let strokes = sample;
let model;

function addBar(digit) {
  const item = document.createElement("li");
  const bar = Object.assign(document.createElement("span"), {
    className: "bar",
  });
  const value = document.createElement("span");
  item.append(
    Object.assign(document.createElement("span"), { textContent: digit }),
    bar,
    value,
  );
  document.querySelector("#bars").append(item);
  return { item, bar, value };
}

// The image: like those the model learned from, the digit fits a box of 20x20 with lines two wide, and
// its centre of mass is the centre of 28x28. It is drawn four times as large and averaged.

function render() {
  const points = strokes.flat();
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  // A dot is not blown up to a disc.
  const scale = 18 / Math.max(width, height, 0.1);
  let x = 14 - (left + width / 2) * scale;
  let y = 14 - (top + height / 2) * scale;
  const image = rasterize(scale, x, y);
  const mass = image.reduce((sum, value) => sum + value, 0);
  image.forEach((value, i) => {
    x += ((13.5 - (i % 28)) * value) / mass;
    y += ((13.5 - Math.floor(i / 28)) * value) / mass;
  });
  return rasterize(scale, x, y);
}

function rasterize(scale, x, y) {
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.clearRect(0, 0, 112, 112);
  ink.setTransform(4 * scale, 0, 0, 4 * scale, 4 * x, 4 * y);
  ink.lineWidth = 2.2 / scale;
  ink.lineCap = ink.lineJoin = "round";
  for (const stroke of strokes) trace(ink, stroke);
  const pixels = ink.getImageData(0, 0, 112, 112).data;
  const image = new Float32Array(28 * 28);
  for (let i = 0; i < 112 * 112; i++) {
    image[Math.floor(i / 448) * 28 + Math.floor((i % 112) / 4)] +=
      pixels[4 * i + 3] / (16 * 255);
  }
  return image;
}

function trace(context, stroke) {
  context.beginPath();
  stroke.forEach(({ x, y }, i) =>
    i ? context.lineTo(x, y) : context.moveTo(x, y),
  );
  if (stroke.length === 1) context.lineTo(stroke[0].x, stroke[0].y);
  context.stroke();
}

// The answer.

let waiting = false;
function changed() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    paint();
    recognize().catch(show);
  });
}

async function recognize() {
  const empty = strokes.length === 0;
  const image = empty ? new Float32Array(784) : render();
  seen.putImageData(
    new ImageData(
      Uint8ClampedArray.from({ length: 4 * 784 }, (_, i) =>
        i % 4 < 3 ? 255 * image[i >> 2] : 255,
      ),
      28,
    ),
    0,
    0,
  );
  if (!model) return;
  if (empty) {
    answer(new Float32Array(10));
    return;
  }
  const start = performance.now();
  const { probabilities } = await model.run({ image });
  tell(performance.now() - start);
  answer(probabilities);
}

function answer(probabilities) {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const known = probabilities[best] > 0;
  bars.forEach(({ item, bar, value }, digit) => {
    bar.style.setProperty("--share", probabilities[digit]);
    value.textContent = known
      ? `${(100 * probabilities[digit]).toFixed(1)} %`
      : "";
    item.classList.toggle("best", known && digit === best);
  });
  document.querySelector("#digit").textContent = known ? best : "?";
  const spoken = known
    ? `${best}, ${Math.round(100 * probabilities[best])} percent`
    : "";
  clearTimeout(answer.timer);
  answer.timer = setTimeout(
    () => (document.querySelector("#spoken").textContent = spoken),
    400,
  );
}

function tell(milliseconds) {
  tell.best = Math.min(tell.best ?? Infinity, milliseconds);
  const threads =
    model.threads === 1 ? "1 thread" : `up to ${model.threads} threads`;
  const time =
    milliseconds === Infinity
      ? ""
      : ` · ${tell.best.toFixed(2)} ms a run at best`;
  status.textContent = `WebAssembly (${model.variant}), ${threads} · ready in ${tell.loaded} ms${time}`;
}

function show(error) {
  document.body.dataset.state = "failed";
  status.textContent = error.message;
}

// Drawing.

function paint() {
  const context = pad.getContext("2d");
  const style = getComputedStyle(pad);
  const size = Math.round(pad.clientWidth * devicePixelRatio) || 560;
  if (pad.width !== size) pad.width = pad.height = size;
  context.clearRect(0, 0, size, size);
  context.save();
  context.scale(size, size);
  context.strokeStyle = style.color;
  context.lineWidth = 0.07;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) trace(context, stroke);
  if (document.activeElement === pad && cursor.used) {
    context.fillStyle = cursor.down ? style.color : style.accentColor;
    context.beginPath();
    context.arc(cursor.x, cursor.y, 0.025, 0, 7);
    context.fill();
  }
  context.restore();
  const hint = document.querySelector("#hint");
  hint.hidden = cursor.used || (strokes !== sample && strokes.length > 0);
  hint.textContent = strokes === sample ? "Draw your own" : "Draw here";
  hint.classList.toggle("below", strokes === sample);
}

function pointOf(event) {
  const box = pad.getBoundingClientRect();
  return {
    x: (event.clientX - box.left) / box.width,
    y: (event.clientY - box.top) / box.height,
  };
}

/** The sample makes room for the first stroke. */
function addStroke(point) {
  if (strokes === sample) strokes = [];
  strokes.push([point]);
}

let drawing;
pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || drawing !== undefined) return;
  drawing = event.pointerId;
  cursor.used = cursor.down = false;
  pad.setPointerCapture(drawing);
  addStroke(pointOf(event));
  changed();
});
pad.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drawing) return;
  const events = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1)?.push(...(events.length ? events : [event]).map(pointOf));
  changed();
});
for (const end of ["pointerup", "pointercancel"]) {
  pad.addEventListener(end, (event) => {
    if (event.pointerId === drawing) drawing = undefined;
  });
}

const cursor = { x: 0.5, y: 0.3, down: false, used: false };
const steps = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
pad.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  if (step) {
    cursor.x = Math.min(Math.max(cursor.x + step[0] * 0.04, 0.05), 0.95);
    cursor.y = Math.min(Math.max(cursor.y + step[1] * 0.04, 0.05), 0.95);
    if (cursor.down) strokes.at(-1)?.push({ x: cursor.x, y: cursor.y });
  } else if (event.key === " ") {
    cursor.down = !cursor.down;
    if (cursor.down) addStroke({ x: cursor.x, y: cursor.y });
  } else if (event.key === "Escape") {
    clear();
  } else {
    return;
  }
  cursor.used = true;
  event.preventDefault();
  changed();
});
pad.addEventListener("focus", changed);
pad.addEventListener("blur", changed);

function clear() {
  strokes = [];
  drawing = undefined;
  cursor.down = false;
  changed();
}
document.querySelector("#clear").addEventListener("click", clear);
document.querySelector("#undo").addEventListener("click", () => {
  strokes = strokes.slice(0, -1);
  changed();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
new ResizeObserver(changed).observe(pad);

// The service worker keeps what this visit has used, so that the next one needs no network.

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const used = performance
    .getEntriesByType("resource")
    .map((entry) => entry.name);
  const files = [...new Set([location.href, ...used])].filter((url) =>
    url.startsWith(location.origin),
  );
  const { port1, port2 } = new MessageChannel();
  const kept = new Promise((resolve, reject) => {
    port1.onmessage = ({ data }) =>
      data === "kept" ? resolve() : reject(new Error(data));
  });
  active.postMessage({ files }, [port2]);
  await kept;
  document.body.dataset.offline = "ready";
}

try {
  const start = performance.now();
  model = await load("digits.whlo", {
    onProgress: (loaded, total) => {
      status.textContent = `Loading the model: ${Math.round((100 * loaded) / total)} %`;
    },
  });
  tell.loaded = Math.round(performance.now() - start);
  tell(Infinity);
  document.body.dataset.state = "ready";
  changed();
  keepForOffline().catch((error) =>
    console.warn("Not kept for offline use:", error),
  );
} catch (error) {
  show(error);
}
