// SPDX-License-Identifier: Apache-2.0
// Texts and their embeddings: made batch by batch, searched as far as they are there, and kept by the browser.

/** Texts that are encoded at a time. */
const batch = 16;
/** A line with more characters is a paragraph. */
const longLine = 300;

/** What the browser keeps; undefined where it keeps nothing, as of a page that came by plain http. */
async function opened() {
  if (!isSecureContext) return undefined;
  return caches.open("webhlo-search-index").catch(() => undefined);
}

export class Collection {
  /** In which the texts are indexed, and their embeddings lie. */
  #order;
  #embeddings;
  #encoder;
  /** How many of the texts can be found. */
  indexed = 0;

  /** `texts` are pairs of a title, which may be empty, and what is searched. */
  constructor(encoder, texts) {
    this.#encoder = encoder;
    this.texts = texts;
    this.#order = inBatches(texts.map(([, text]) => text.length));
    this.#embeddings = new Float32Array(texts.length * encoder.width);
  }

  get complete() {
    return this.indexed === this.texts.length;
  }

  /** Goes on until all is indexed, or the signal stops it, which is an error. */
  async index({ signal, onProgress }) {
    while (!this.complete) {
      const texts = this.#order
        .slice(this.indexed, this.indexed + batch)
        .map((i) => this.texts[i][1]);
      const rows = await this.#encoder.encode(texts, { signal });
      this.#embeddings.set(rows, this.indexed * this.#encoder.width);
      this.indexed += texts.length;
      onProgress();
    }
  }

  /** The `count` texts that are nearest to an embedding, as `{ title, text, score }`, the cosine of the angle between. */
  search(query, count) {
    const { width } = this.#encoder;
    const best = [];
    for (let row = 0; row < this.indexed; row++) {
      let score = 0;
      for (let i = 0; i < width; i++) {
        score += query[i] * this.#embeddings[row * width + i];
      }
      if (best.length === count && score <= best.at(-1).score) continue;
      const place = best.findIndex((other) => other.score < score);
      best.splice(place < 0 ? best.length : place, 0, { row, score });
      best.length = Math.min(best.length, count);
    }
    return best.map(({ row, score }) => {
      const [title, text] = this.texts[this.#order[row]];
      return { title, text, score };
    });
  }

  // What is kept under a name is for these texts and this model; of others it is as good as not there.

  /** Keeps what is indexed so far. */
  async keep(name) {
    const store = await opened();
    if (!store) return;
    const end = this.indexed * this.#encoder.width;
    const headers = { "X-Of": await this.#digest() };
    const rows = this.#embeddings.slice(0, end);
    await store.put(`index/${name}`, new Response(rows, { headers }));
  }

  /** Takes what was kept of these texts. */
  async restore(name) {
    const kept = await (await opened())?.match(`index/${name}`);
    if (!kept || kept.headers.get("X-Of") !== (await this.#digest())) return;
    const rows = new Float32Array(await kept.arrayBuffer());
    this.#embeddings.set(rows);
    this.indexed = rows.length / this.#encoder.width;
  }

  async #digest() {
    const { digest } = this.#encoder.model.metadata;
    const told = new TextEncoder().encode(JSON.stringify([digest, this.texts]));
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", told));
    return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  }
}

/** Of texts of these lengths, an order in which those of a batch are about as long, and early batches like all others. */
function inBatches(lengths) {
  const byLength = lengths.map((_, i) => i);
  byLength.sort((a, b) => lengths[a] - lengths[b]);
  const batches = [];
  while (byLength.length >= batch) batches.push(byLength.splice(0, batch));
  // Multiples of the golden ratio are spread evenly, however many there are.
  const place = batches.map((_, i) => (i * 0.618034) % 1);
  const spread = batches.map((_, i) => i).sort((a, b) => place[a] - place[b]);
  return [...spread.flatMap((i) => batches[i]), ...byLength];
}

// The user's own text stays until it is forgotten.

export async function keepOwn(own) {
  await (await opened())?.put("own.json", Response.json(own));
}

export async function keptOwn() {
  return (await (await opened())?.match("own.json"))?.json();
}

export async function forgetOwn() {
  const store = await opened();
  await Promise.all(
    ["own.json", "index/own"].map((name) => store?.delete(name)),
  );
}

/** A text's lines; or its sentences, where it has paragraphs. Those without a letter or a number are left out. */
export function split(text) {
  const paragraphs = text.replace(/\r\n?/g, "\n").split(/\n[^\S\n]*\n/);
  const lines = paragraphs.join("\n").split("\n");
  const isProse =
    paragraphs.length > 1 || lines.some((line) => line.length > longLine);
  return (isProse ? paragraphs.flatMap(sentences) : lines)
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
}

function sentences(paragraph) {
  // A sentence goes on in the next line, unless the line was short, as a heading or an item is.
  const joined = paragraph.replace(/(?<=[^\n]{40})\n/g, " ");
  const cutter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  return Array.from(cutter.segment(joined), ({ segment }) => segment);
}
