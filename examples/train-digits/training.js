// SPDX-License-Identifier: Apache-2.0
// The training itself, the same in Node and in the page. Three programs that JAX exported share one
// wasm memory: `init` makes a state (weights, momenta, statistics, the number of steps), `step` takes
// a state and a batch and makes the next one, `predict` reads images by a state's weights. The state
// stays in wasm memory from the first step to the last; a step is given a batch and answers its loss.

/** `load` is WebHLO's; `read(name)` answers the bytes of a file of models/train_digits. */
export async function prepare(load, read) {
  const [init, step, predict, weights, data, curve] = await Promise.all(
    [
      "init.jaxexport",
      "step.jaxexport",
      "predict.jaxexport",
      "initial.safetensors",
      "data.safetensors.gzip",
      "curve.json",
    ].map(read),
  );
  const model = await load({ init, step, predict }, { weights });
  const text = new TextDecoder().decode(curve);
  return new Training(model, tensorsOf(await unzip(data)), JSON.parse(text));
}

class Training {
  model;
  /** `images`, `labels`, `heldOutImages`, `heldOutLabels`: bytes, 784 an image and one a label. */
  data;
  /** What JAX made of the same training: the `losses` of its steps, how far `rounding` moves them, and how
   * many held-out images were read `right` in the end. */
  jax;
  /** The losses of the steps that were done. */
  losses = [];
  #state;
  #names;

  constructor(model, data, jax) {
    this.model = model;
    this.data = data;
    this.jax = jax;
    this.#names = model.programs.init.outputs.map(({ name }) => name);
    this.restart();
  }

  get done() {
    return this.losses.length === this.jax.losses.length;
  }

  restart() {
    for (const tensor of Object.values(this.#state ?? {})) tensor.dispose();
    this.#state = this.model.programs.init.runSync({}, { keep: this.#names });
    this.losses = [];
  }

  /**
   * The next step. It updates the state in place, so nothing stops it in the middle; but it has a deadline,
   * if a distant one, and so runs in slices of a few milliseconds.
   */
  async step() {
    const { loss, ...state } = await this.model.programs.step.run(
      { ...this.#state, ...this.#batch() },
      { keep: this.#names, donate: this.#names, deadline: 60_000 },
    );
    this.#state = state;
    this.losses.push(loss[0]);
  }

  /** The images in their order, round and round, as JAX was given them. */
  #batch() {
    const { images, labels } = this.data;
    const { shape } = this.model.programs.step.inputs.find(
      ({ name }) => name === "labels",
    );
    const from = (this.losses.length * shape[0]) % labels.length;
    const to = from + shape[0];
    return {
      images: images.subarray(784 * from, 784 * to),
      labels: labels.subarray(from, to),
    };
  }

  /** The digits that the state of this moment reads in the held-out images, and how many are right. */
  async examine(signal) {
    const { heldOutImages, heldOutLabels } = this.data;
    const { logits } = await this.model.programs.predict.run(
      { ...this.#state, images: heldOutImages },
      { signal },
    );
    const digits = Array.from(heldOutLabels, (_, i) => {
      const row = logits.subarray(10 * i, 10 * (i + 1));
      return row.indexOf(Math.max(...row));
    });
    const right = digits.filter((digit, i) => digit === heldOutLabels[i]);
    return { digits, right: right.length };
  }

  /** The largest difference between a loss and JAX's, so far. */
  get apart() {
    return this.losses.reduce(
      (most, loss, i) => Math.max(most, Math.abs(loss - this.jax.losses[i])),
      0,
    );
  }

  /** How far rounding alone moved JAX's own losses up to this step (models/train_digits/README.md). */
  get rounding() {
    return this.jax.rounding[this.losses.length - 1] ?? 0;
  }
}

async function unzip(bytes) {
  const stream = new Blob([bytes]).stream();
  return new Response(
    stream.pipeThrough(new DecompressionStream("gzip")),
  ).arrayBuffer();
}

/** The tensors of a safetensors file, all of bytes here. */
function tensorsOf(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(new Uint8Array(buffer, 8, length));
  return Object.fromEntries(
    Object.entries(JSON.parse(header)).map(([name, { data_offsets }]) => [
      name,
      new Uint8Array(buffer, 8 + length).subarray(...data_offsets),
    ]),
  );
}
