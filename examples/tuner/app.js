// SPDX-License-Identifier: Apache-2.0
// The page: sound from a microphone, a file or an oscillator passes a listener in the audio thread, and a model in a
// worker hears its pitch.

import { load } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
const names = "C C♯ D D♯ E F F♯ G G♯ A A♯ B".split(" ");
const sure = 0.6;

let model;
let audio;
/** What makes sound, `{ node, end }`; none while it is quiet. */
let source;
/** Where the sound passes that is listened to. */
let ear;

/** Begins at a click, as browsers let no page listen before. */
async function prepare() {
  if (audio) return;
  // The rate that the model hears; the browser resamples what comes.
  audio = new AudioContext({ sampleRate: model.metadata.sampleRate });
  await audio.audioWorklet.addModule("listener.js");
  ear = new AudioWorkletNode(audio, "listener", { numberOfOutputs: 0 });
  ear.port.onmessage = ({ data }) => hear(data).catch(fail);
}

/** Of the last click: what an earlier one begins is ended at once. */
let turn = 0;

async function listen(begin) {
  stop();
  const mine = turn;
  await prepare();
  await audio.resume();
  const begun = await begin();
  if (turn !== mine) return begun.end();
  source = begun;
  source.node.connect(ear);
  at("stop").disabled = false;
  document.body.dataset.state = "listening";
}

function stop() {
  turn++;
  if (!source) return;
  const { node, end } = source;
  source = undefined;
  node.disconnect();
  end();
  at("stop").disabled = true;
  document.body.dataset.state = "ready";
}

async function microphone() {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    },
  });
  const node = audio.createMediaStreamSource(stream);
  return { node, end: () => stream.getTracks().forEach((t) => t.stop()) };
}

async function file(chosen) {
  const bytes = await chosen.arrayBuffer();
  const buffer = await audio.decodeAudioData(bytes).catch(() => {
    throw new Error(`${chosen.name} is no sound that this browser reads`);
  });
  return play(new AudioBufferSourceNode(audio, { buffer }));
}

function scale() {
  const node = new OscillatorNode(audio, { type: "triangle" });
  const semitones = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 0];
  semitones.forEach((semitone, i) => {
    const frequency = 261.63 * 2 ** (semitone / 12);
    node.frequency.setValueAtTime(frequency, audio.currentTime + 0.5 * i);
  });
  const played = play(node);
  node.stop(audio.currentTime + 0.5 * semitones.length);
  return played;
}

/** Also to be heard. */
function play(node) {
  const loudness = new GainNode(audio, { gain: 0.3 });
  node.connect(loudness).connect(audio.destination);
  node.start();
  node.onended = () => {
    if (source?.node === node) stop();
  };
  return { node, end: () => node.stop() };
}

// What is heard. The model looks at the last 1024 samples; while it does, others may come.

const last = new Float32Array(1024);
/** { note: in semitones as MIDI counts them, or NaN where nothing is sure }, of the last ten seconds. */
let notes = [];
let busy = false;

async function hear(samples) {
  last.copyWithin(0, samples.length);
  last.set(samples, last.length - samples.length);
  if (busy || !source) return;
  busy = true;
  try {
    const start = performance.now();
    const heard = await model.run({ samples: last });
    const [frequency] = heard.frequency;
    // Silence has no pitch, however sure the model is.
    const loud = last.some((sample) => Math.abs(sample) > 0.003);
    show(frequency, loud ? heard.confidence[0] : 0);
    tell(performance.now() - start);
  } finally {
    busy = false;
  }
}

function show(frequency, confidence) {
  const note = 69 + 12 * Math.log2(frequency / 440);
  const isSure = confidence > sure;
  notes = [...notes.slice(-319), isSure ? note : NaN];
  at("confidence").textContent = `${Math.round(100 * confidence)} %`;
  draw();
  if (!isSure) {
    at("dial").dataset.tune = "off";
    return;
  }
  const nearest = Math.round(note);
  const cents = Math.round(100 * (note - nearest));
  at("note").textContent = names[nearest % 12] + (Math.floor(nearest / 12) - 1);
  at("cents").textContent = `${cents > 0 ? "+" : ""}${cents}`;
  at("frequency").textContent = `${frequency.toFixed(1)} Hz`;
  at("needle").style.setProperty("--cents", cents);
  at("dial").dataset.tune = Math.abs(cents) <= 10 ? "right" : "near";
}

let times = [];
function tell(milliseconds) {
  times = [...times.slice(-59), milliseconds];
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1];
  at("status").textContent =
    `WebAssembly (${model.variant}) in a worker · ${middle.toFixed(1)} ms to hear 64 ms of sound`;
}

/** The notes from left to right, lines where the Cs are. */
function draw() {
  const canvas = at("roll");
  const context = canvas.getContext("2d");
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.clearRect(0, 0, width, height);
  const { color, accentColor } = getComputedStyle(canvas);
  const known = notes.filter((note) => !Number.isNaN(note));
  const [low, high] = [Math.min(55, ...known) - 3, Math.max(75, ...known) + 3];
  const y = (note) => height * (1 - (note - low) / (high - low));
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  for (let note = Math.ceil(low); note < high; note++) {
    const isC = note % 12 === 0;
    context.globalAlpha = isC ? 0.35 : 0.08;
    context.fillStyle = color;
    context.fillRect(0, y(note), width, devicePixelRatio);
    context.globalAlpha = 0.6;
    if (isC) context.fillText(`C${note / 12 - 1}`, 6, y(note) - 4);
  }
  context.globalAlpha = 1;
  context.fillStyle = accentColor;
  const step = width / 320;
  const size = Math.max(step, 3 * devicePixelRatio);
  notes.forEach((note, i) => {
    if (Number.isNaN(note)) return;
    const x = width - (notes.length - i) * step;
    context.fillRect(x, y(note) - size / 2, size, size);
  });
}

function fail(error) {
  stop();
  at("status").textContent = error.message;
}

at("microphone").addEventListener("click", () =>
  listen(microphone).catch(fail),
);
at("scale").addEventListener("click", () => listen(scale).catch(fail));
at("stop").addEventListener("click", stop);
at("file").addEventListener("change", ({ target }) => {
  const [chosen] = target.files;
  if (chosen) listen(() => file(chosen)).catch(fail);
  target.value = "";
});
new ResizeObserver(draw).observe(at("roll"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

try {
  model = await load("tuner.whlo", { worker: true, threads: 1 });
  for (const id of ["microphone", "scale", "file"]) at(id).disabled = false;
  at("status").textContent =
    `WebAssembly (${model.variant}) in a worker; play a scale to try it`;
  document.body.dataset.state = "ready";
} catch (error) {
  document.body.dataset.state = "failed";
  fail(error);
}
