// SPDX-License-Identifier: Apache-2.0
// The page: what is typed becomes an embedding at each change, and the texts with the nearest ones are shown. Texts are
// indexed meanwhile, once; after that the browser keeps their embeddings.

import {
  Collection,
  forgetOwn,
  keepOwn,
  keptOwn,
  split,
} from "./collection.js";
import { Encoder, json } from "./encoder.js";
import { cache } from "./webhlo/index.js";

const at = (id) => document.getElementById(id);
/** How many texts are shown. */
const shown = 8;
/** How often an index that grows is kept, in milliseconds. */
const keepEach = 5000;
/** Of a text of one's own, bytes and sentences. */
const mostBytes = 20e6;
const mostTexts = 20_000;

/** The first one is asked where nothing else was. */
const ideas = {
  python: [
    "middle value of a list of numbers",
    "is this year a leap year",
    "get rid of a folder and everything in it",
    "break long text into lines",
  ],
  proverbs: [
    "good news from abroad",
    "a friend who stays when times are hard",
    "help the poor",
  ],
  own: [],
};

let encoder;
/** What is searched, and its name; none while the user's own text has yet to come. */
let collection, name;
/** How often another was chosen. */
let turns = 0;
/** Of the indexing under way; none while it rests. */
let stop;

// Searching. While one query is encoded others may be typed, of which the last is next.

let typed = "";
let answered = { text: "" };
let busy = false;

async function ask() {
  typed = at("query").value.trim();
  if (busy || !encoder) return;
  busy = true;
  try {
    while (typed !== answered.text) await answer(typed);
  } finally {
    busy = false;
  }
}

async function answer(text) {
  const start = performance.now();
  const embedding = text === "" ? undefined : await encoder.encode([text]);
  answered = { text, embedding };
  // One that waited for texts to be indexed says nothing of queries.
  if (embedding && !stop) tell(performance.now() - start);
  show();
}

function show() {
  const { embedding } = answered;
  const found =
    collection && embedding ? collection.search(embedding, shown) : [];
  at("found").hidden = found.length === 0;
  at("results").replaceChildren(...found.map(row));
}

function row({ title, text, score }) {
  const item = document.createElement("li");
  const bar = span("", "bar");
  bar.style.setProperty("--share", Math.max(score, 0));
  item.append(span(text, "text"), span(score.toFixed(2), "score"), bar);
  if (title) item.prepend(span(title, "title"));
  return item;
}

const span = (textContent, className) =>
  Object.assign(document.createElement("span"), { textContent, className });

let times = [];
let note = "";
function tell(...milliseconds) {
  times = [...times, ...milliseconds].slice(-30);
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1];
  const { variant, threads } = encoder.model;
  const used = threads === 1 ? "1 thread" : `up to ${threads} threads`;
  const time = times.length > 0 ? ` · ${middle.toFixed(0)} ms a query` : "";
  say(`WebAssembly (${variant}) in a worker, ${used}${time}${note}`);
}

function say(text) {
  at("status").textContent = text;
}

// Indexing.

function progress() {
  at("indexing").hidden = !collection || collection.complete;
  if (!collection) return;
  const { indexed, texts } = collection;
  at("progress").value = indexed / texts.length;
  at("read").textContent = `${indexed} of ${texts.length} read`;
  at("stop").textContent = stop ? "Stop" : "Go on";
}

/** Indexes what of the collection is not yet, until it is stopped. */
async function index() {
  const [mine, itsName] = [collection, name];
  const controller = (stop = new AbortController());
  let [kept, keptAt] = [mine.indexed, performance.now()];
  const keep = async () => {
    if (collection !== mine || kept === mine.indexed) return;
    [kept, keptAt] = [mine.indexed, performance.now()];
    await mine.keep(itsName);
  };
  const onProgress = () => {
    if (collection !== mine) return;
    progress();
    show();
    if (performance.now() - keptAt > keepEach) keep().catch(notKept);
  };
  progress();
  try {
    await mine.index({ signal: controller.signal, onProgress });
  } catch (error) {
    if (error.code !== "cancelled") throw error;
  } finally {
    if (stop === controller) stop = undefined;
    progress();
  }
  await keep().catch(notKept);
}

const notKept = (error) => console.warn("Not kept for the next visit:", error);

at("stop").addEventListener("click", () => {
  if (stop) stop.abort();
  else index().catch(fail);
});

// Collections.

/** Searches in these from now on, or in nothing. */
async function use(newName, data) {
  stop?.abort();
  const turn = ++turns;
  [collection, name] = [undefined, newName];
  const made = data && new Collection(encoder, data.texts);
  await made?.restore(newName);
  if (turn !== turns) return;
  collection = made;
  at("own").hidden = name !== "own";
  at("forget").hidden = !made;
  at("source").textContent = data?.source ?? "";
  at("ideas").replaceChildren(...ideas[name].map(button));
  const { value } = at("query");
  if (value === "" || Object.values(ideas).flat().includes(value)) {
    at("query").value = ideas[name][0] ?? "";
  }
  progress();
  show();
  await ask();
  if (turn === turns && made && !made.complete) await index();
}

const button = (textContent) =>
  Object.assign(document.createElement("button"), {
    type: "button",
    textContent,
  });

async function choose() {
  const turn = ++turns;
  const { value } = document.querySelector("input[name=in]:checked");
  const data =
    value === "own" ? await keptOwn() : await json(`model/${value}.json`);
  if (turn === turns) await use(value, data);
}

/** Searches in a text of the user's own. */
async function take(text) {
  const all = split(text);
  if (all.length === 0) {
    say("There is nothing to read in this");
    return;
  }
  const texts = all.slice(0, mostTexts).map((part) => ["", part]);
  const few = all.length > mostTexts ? `the first ${mostTexts} of ` : "";
  const source = `Your own text (${few}${all.length}), kept by this browser until you forget it`;
  document.querySelector("input[value=own]").checked = true;
  await forgetOwn();
  await keepOwn({ source, texts }).catch(notKept);
  at("text").value = "";
  at("query").focus();
  await use("own", { source, texts });
}

async function takeFile(file) {
  if (file.size > mostBytes) {
    say(`${file.name} has more than ${mostBytes / 1e6} MB`);
    return;
  }
  const text = await file.text();
  if (text.includes("\0")) say(`${file.name} is no text`);
  else await take(text);
}

for (const input of document.querySelectorAll("input[name=in]")) {
  input.addEventListener("change", () => choose().catch(fail));
}
at("query").addEventListener("input", () => ask().catch(fail));
at("ideas").addEventListener("click", ({ target }) => {
  if (target.localName !== "button") return;
  at("query").value = target.textContent;
  ask().catch(fail);
});
at("own").addEventListener("submit", (event) => {
  event.preventDefault();
  take(at("text").value).catch(fail);
});
at("file").addEventListener("change", ({ target }) => {
  if (target.files.length > 0) takeFile(target.files[0]).catch(fail);
  target.value = "";
});
at("forget").addEventListener("click", () =>
  use("own").then(forgetOwn).catch(fail),
);
for (const [type, over] of [
  ["dragover", true],
  ["dragleave", false],
  ["drop", false],
]) {
  addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", over);
  });
}
addEventListener("drop", ({ dataTransfer }) => {
  const [file] = dataTransfer.files;
  if (!encoder) return;
  if (file) takeFile(file).catch(fail);
  else take(dataTransfer.getData("text/plain")).catch(fail);
});

function fail(error) {
  document.body.dataset.state = "failed";
  say(error.message);
}

/** Waits until the browser has what a visit without a network needs. */
async function tellWhenOffline() {
  const { href } = new URL("model/minilm.whlo", location);
  for (let tries = 0; tries < 60; tries++) {
    const entries = await cache.entries();
    if (entries.some(({ url, complete }) => url === href && complete)) {
      note = " · works offline";
      document.body.dataset.offline = "ready";
      tell();
      return;
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

try {
  encoder = await Encoder.load("model", {
    onProgress: (loaded, total) => {
      say(`Loading the model: ${Math.round((100 * loaded) / total)} %`);
    },
  });
  tell();
  document.body.dataset.state = "ready";
  for (const input of document.querySelectorAll("input, button, textarea")) {
    input.disabled = false;
  }
  if (navigator.serviceWorker?.controller) {
    tellWhenOffline().catch(notKept);
  }
  await choose();
} catch (error) {
  fail(error);
}
