// SPDX-License-Identifier: Apache-2.0
// The page: a model in a worker writes on from what was typed, and each token is shown as it comes.

import { generate, load } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
const settings = ["temperature", "topP", "maxTokens"];

let model;
/** Of the writing under way; none while it rests. */
let stop;

// The model's tokens are pieces of text, its labels. A text is read from left to right, each time the longest
// piece that fits; what fits no piece is unknown to the model.

let pattern;
function encode(text) {
  const { labels } = model.metadata;
  const escape = (piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  pattern ??= new RegExp(
    labels
      .toSorted((a, b) => b.length - a.length)
      .map(escape)
      .join("|"),
    "gu",
  );
  const unknown = text.replaceAll(pattern, "");
  if (unknown) throw new Error(`The model has never seen ${unknown[0]}`);
  return text.match(pattern).map((piece) => labels.indexOf(piece));
}

async function write() {
  const prompt = at("prompt").value.trim();
  // A verse begins on a line of its own.
  const tokens = encode(`\n${prompt}`);
  stop = new AbortController();
  begin(prompt);
  try {
    const written = generate(model, {
      tokens,
      inputs: (token, pos) => ({ token: [token], pos: [pos] }),
      state: { k_cache: "k_cache", v_cache: "v_cache" },
      ...Object.fromEntries(settings.map((id) => [id, Number(at(id).value)])),
      signal: stop.signal,
    });
    for await (const token of written) show(model.metadata.labels[token]);
  } catch (error) {
    if (error.code !== "cancelled") throw error;
  } finally {
    stop = undefined;
    at("write").textContent = "Write";
  }
  state("ready");
}

function state(name) {
  document.body.dataset.state = name;
}

function fail(error) {
  state("failed");
  at("status").textContent = error.message;
}

// What was written is shown once a frame.

let count, first, last, pending;

function begin(prompt) {
  at("begun").textContent = prompt;
  at("written").textContent = "";
  at("count").textContent = "0";
  at("rate").textContent = "–";
  at("write").textContent = "Stop";
  [count, pending] = [0, ""];
  tell();
  state("writing");
}

function show(piece) {
  count += 1;
  last = performance.now();
  // What the prompt took is over when the first one comes.
  if (count === 1) first = last;
  if (pending === "") requestAnimationFrame(paint);
  pending += piece;
}

function paint() {
  const text = at("text");
  const atEnd = text.scrollTop + text.clientHeight > text.scrollHeight - 40;
  at("written").append(pending);
  pending = "";
  if (atEnd) text.scrollTop = text.scrollHeight;
  at("count").textContent = count;
  const seconds = (last - first) / 1000;
  if (count > 20) at("rate").textContent = Math.round((count - 1) / seconds);
}

function tell() {
  at("status").textContent =
    `WebAssembly (${model.variant}) in a worker · ${tell.megabytes} MB of model`;
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (stop) stop.abort();
  else if (model) write().catch(fail);
});
at("ideas").addEventListener("click", ({ target }) => {
  if (target.localName !== "button") return;
  at("prompt").value = target.textContent;
  if (!stop) at("form").requestSubmit();
});

for (const id of settings) {
  const tellValue = () => (at(`${id}-value`).textContent = at(id).value);
  at(id).addEventListener("input", tellValue);
  tellValue();
}

try {
  model = await load("story.whlo", {
    worker: true,
    threads: 1,
    onProgress: (loaded, total) => {
      tell.megabytes = (total / 1e6).toFixed(1);
    },
  });
  tell();
  at("write").disabled = false;
  state("ready");
  await write();
} catch (error) {
  fail(error);
}
