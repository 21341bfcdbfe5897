// SPDX-License-Identifier: Apache-2.0
// Texts to embeddings: a tokenizer, and a model in a worker.

import { Tokenizer } from "./tokenizers.js";
import { load, Tensor } from "./webhlo/index.js";

/** More characters than the model reads of any text; what is behind them need not be cut into tokens. */
const mostCharacters = 5000;
/** Tokens of texts, filled up, are a multiple of this, as each shape of a run is compiled for once. */
const step = 8;
/** Of queries, compiled for before the first. */
const shapes = [1, 2].map((steps) => ({ ids: [1, steps * step] }));

export class Encoder {
  #tokenizer;

  constructor(tokenizer, model) {
    this.#tokenizer = new Tokenizer(tokenizer, {});
    this.model = model;
    const [{ shape }] = model.outputs;
    /** Numbers of an embedding. */
    this.width = shape.at(-1);
  }

  /** `folder` has minilm.whlo and tokenizer.json; `options` are those of `load`. */
  static async load(folder, options) {
    const [tokenizer, model] = await Promise.all([
      json(`${folder}/tokenizer.json`),
      load(`${folder}/minilm.whlo`, {
        worker: true,
        cache: true,
        shapes,
        maxShapes: 16,
        ...options,
      }),
    ]);
    return new Encoder(tokenizer, model);
  }

  /** As many tokens as the model was trained on, at most, the last of which says that the text is over. */
  tokens(text) {
    const { ids } = this.#tokenizer.encode(text.slice(0, mostCharacters));
    const { maxLength } = this.model.metadata;
    if (ids.length <= maxLength) return ids;
    return [...ids.slice(0, maxLength - 1), ids.at(-1)];
  }

  /** Answers a Float32Array with a row of `width` numbers for each text, of length 1. */
  async encode(texts, options) {
    const rows = texts.map((text) => this.tokens(text));
    const longest = Math.max(...rows.map((row) => row.length));
    const length = step * Math.ceil(longest / step);
    const ids = new Int32Array(rows.length * length);
    rows.forEach((row, i) => ids.set(row, i * length));
    const shape = [rows.length, length];
    const { embedding } = await this.model.run(
      { ids: new Tensor(ids, { shape }) },
      options,
    );
    return embedding;
  }
}

export async function json(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.json();
}
