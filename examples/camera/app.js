// SPDX-License-Identifier: Apache-2.0
// The page: pictures and the camera's frames become inputs as the model's own metadata says, and the likeliest
// classes are shown by the names that the file has for them.

import { fromImage, load, Tensor } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
const view = at("view");
const samples = ["cat", "coffee", "rocket"];

let model;
/** The camera's stream, while it is on. */
let stream;

/** `source`: what fromImage takes, `size` in pixels. */
async function look(source, size) {
  draw(source, size);
  const start = performance.now();
  const [{ shape }] = model.inputs;
  const image = fromImage(source, { shape, ...model.metadata.image });
  const { probabilities } = await model.run({ image }, { transfer: ["image"] });
  tell(performance.now() - start);
  show(probabilities);
}

/** The middle of it, which is what the model sees. */
function draw(source, { width, height }) {
  const side = Math.min(width, height);
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  view
    .getContext("2d")
    .drawImage(source, left, top, side, side, 0, 0, view.width, view.height);
}

function show(probabilities) {
  const { values, indices } = new Tensor(probabilities).topk(5);
  const items = Array.from(values.data(), (share, i) => {
    const item = document.createElement("li");
    const bar = Object.assign(document.createElement("span"), {
      className: "bar",
    });
    bar.style.setProperty("--share", share);
    item.append(
      text(model.metadata.labels[indices.data()[i]]),
      text(`${(100 * share).toFixed(0)} %`),
      bar,
    );
    return item;
  });
  at("answers").replaceChildren(...items);
}

const text = (textContent) =>
  Object.assign(document.createElement("span"), { textContent });

let times = [];
function tell(milliseconds) {
  times = [...times.slice(-29), milliseconds];
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1];
  const threads =
    model.threads === 1 ? "1 thread" : `up to ${model.threads} threads`;
  at("status").textContent =
    `WebAssembly (${model.variant}) in a worker, ${threads} · ${middle.toFixed(0)} ms a picture`;
}

// Where pictures come from.

async function lookAtFile(file) {
  stopCamera();
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    at("status").textContent =
      `${file.name ?? "This"} is no picture that this browser reads`;
    return;
  }
  await look(picture, picture);
  picture.close();
}

async function lookAtSample(name) {
  const response = await fetch(`model/${name}.jpg`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  await lookAtFile(await response.blob());
}

async function startCamera() {
  const video = { facingMode: "environment" };
  const begun = await navigator.mediaDevices.getUserMedia({ video });
  stream = begun;
  at("camera").textContent = "Stop";
  document.body.dataset.source = "camera";
  const frames = document.createElement("video");
  frames.srcObject = begun;
  frames.muted = frames.playsInline = true;
  await frames.play();
  while (stream === begun) {
    const { videoWidth: width, videoHeight: height } = frames;
    await look(frames, { width, height });
    await new Promise(requestAnimationFrame);
  }
}

function stopCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  at("camera").textContent = "Camera";
  delete document.body.dataset.source;
}

function fail(error) {
  stopCamera();
  at("status").textContent = error.message;
}

at("camera").addEventListener("click", () => {
  if (stream) stopCamera();
  else startCamera().catch(fail);
});
at("file").addEventListener("change", ({ target }) => {
  if (target.files.length > 0) lookAtFile(target.files[0]).catch(fail);
  target.value = "";
});
for (const [name, over] of [
  ["dragover", true],
  ["dragleave", false],
  ["drop", false],
]) {
  view.addEventListener(name, (event) => {
    event.preventDefault();
    view.classList.toggle("over", over);
  });
}
view.addEventListener("drop", ({ dataTransfer }) => {
  if (model && dataTransfer.files.length > 0) {
    lookAtFile(dataTransfer.files[0]).catch(fail);
  }
});

try {
  model = await load("model/efficientnet.whlo", {
    worker: true,
    onProgress: (loaded, total) => {
      at("status").textContent =
        `Loading the model: ${Math.round((100 * loaded) / total)} %`;
    },
  });
  for (const name of samples) {
    const button = document.createElement("button");
    const picture = Object.assign(new Image(), {
      src: `model/${name}.jpg`,
      alt: name,
    });
    button.append(picture);
    button.addEventListener("click", () => lookAtSample(name).catch(fail));
    at("samples").append(button);
  }
  await lookAtSample(samples[0]);
  at("camera").disabled = at("file").disabled = false;
  document.body.dataset.state = "ready";
} catch (error) {
  document.body.dataset.state = "failed";
  fail(error);
}
