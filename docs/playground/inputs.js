// SPDX-License-Identifier: Apache-2.0
// The inputs of a run: generated values, or what is typed.

import { Tensor } from "webhlo";

import { element, quiet, select, typeText } from "./dom.js";

/** Numbers of [0, 1), the same each time. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const count = (shape) => shape.reduce((product, size) => product * size, 1);

/** Element i of an input: [label, (shape, isFloat) => (i) => number]. */
const kinds = {
  random: [
    "random",
    (_, isFloat) => {
      const next = randomNumbers(1);
      return () => (isFloat ? next() * 2 - 1 : Math.floor(next() * 10));
    },
  ],
  waves: [
    "waves",
    (shape, isFloat) => {
      // Along the two largest of the last three dimensions: rows and columns of an image.
      const [rows, columns] =
        shape.length < 2 ? [1, shape[0] ?? 1] : picture(shape);
      const channels = count(shape) / (rows * columns) || 1;
      return (i) => {
        const place =
          Math.floor(i / (shape.at(-1) < 5 ? channels : 1)) % (rows * columns);
        const x = (place % columns) / columns - 0.5;
        const y = Math.floor(place / columns) / rows - 0.5;
        const value = Math.sin(22 * Math.hypot(x, y)) * Math.cos(5 * x);
        return isFloat ? value : Math.round(4 * value + 4);
      };
    },
  ],
  count: ["0, 1, 2, …", () => (i) => i],
  zeros: ["zeros", () => () => 0],
  ones: ["ones", () => () => 1],
};

/** Rows and columns where a shape is one of images. */
function picture(shape) {
  return shape.at(-1) < 5 && shape.length > 2
    ? shape.slice(-3, -1)
    : shape.slice(-2);
}

/** The values that a program's comments ask for: `// input NAME: waves`, or numbers in JSON. */
export function wishesOf(text) {
  const wishes = new Map();
  for (const [, name, wish] of text.matchAll(/^\/\/ input (\S+): (.+)$/gm))
    wishes.set(name, wish);
  return wishes;
}

function generated(kind, { dtype, shape }) {
  const isFloat = /^(bf|f|tf|c)/.test(dtype);
  const slots = dtype.startsWith("c") ? 2 : 1;
  const size = count(shape) * slots;
  // Floats of a byte are given by their bits: here those of zero.
  if (/^f[468]/.test(dtype))
    return new Tensor(new Uint8Array(size), { dtype, shape });
  const make = kinds[kind][1](shape, isFloat);
  const values = Array.from({ length: size }, (_, i) =>
    make(Math.floor(i / slots)),
  );
  const different = isFloat ? Infinity : integersOf(dtype);
  return new Tensor(
    values.map((value) => value % different),
    { dtype, shape },
  );
}

/** How many integers of a type, from 0, a number holds. */
function integersOf(dtype) {
  const [, sign, bits] = /^([iu])(\d+)$/.exec(dtype);
  if (dtype === "i1") return 2;
  return 2 ** Math.min(Number(bits) - (sign === "i" ? 1 : 0), 53);
}

/** A row of the form for each input. */
export class InputForm {
  #rows = [];
  node = element("div", { className: "inputs" });

  constructor(onChange) {
    this.onChange = onChange;
  }

  /** For a program's inputs; what was chosen for one of the same name and type stays. */
  show(ports, wishes) {
    const before = new Map(this.#rows.map((row) => [row.key, row]));
    this.#rows = ports.map((port) => {
      const key = JSON.stringify([
        port.name,
        port.dtype,
        port.shape,
        wishes.get(port.name),
      ]);
      return (
        before.get(key) ??
        new Row(key, port, wishes.get(port.name), this.onChange)
      );
    });
    this.node.replaceChildren(
      ...(this.#rows.length > 0
        ? this.#rows.map(({ node }) => node)
        : [quiet("The program takes no inputs.")]),
    );
  }

  /** Tensors by name. Throws what is wrong with one that was typed. */
  values() {
    return Object.fromEntries(
      this.#rows.map((row) => [row.port.name, row.value()]),
    );
  }
}

class Row {
  #kind;
  #typed = element("input", { className: "typed", spellcheck: false });
  #sizes;

  constructor(key, port, wish, onChange) {
    this.key = key;
    this.port = port;
    this.#kind =
      wish === undefined
        ? "random"
        : Object.hasOwn(kinds, wish)
          ? wish
          : "typed";
    this.#typed.value = this.#kind === "typed" ? wish : example(port);
    this.#typed.ariaLabel = `Values of ${port.name}, in JSON`;
    this.#typed.hidden = this.#kind !== "typed";
    const choices = Object.entries(kinds).map(([kind, [label]]) => [
      kind,
      label,
    ]);
    const chooser = select(
      `Values of ${port.name}`,
      [...choices, ["typed", "typed"]],
      this.#kind,
      (kind) => {
        this.#kind = kind;
        this.#typed.hidden = kind !== "typed";
        onChange();
      },
    );
    this.#typed.oninput = onChange;
    if (port.shape.includes(null)) {
      this.#sizes = element("input", {
        className: "sizes",
        value: port.shape.map((size) => size ?? 2).join(", "),
        ariaLabel: `Shape of ${port.name}`,
        oninput: onChange,
      });
    }
    this.node = element(
      "div",
      { className: "row" },
      element("code", { className: "name", textContent: port.name }),
      element("span", { className: "type", textContent: typeText(port) }),
      ...(this.#sizes ? [this.#sizes] : []),
      chooser,
      this.#typed,
    );
  }

  value() {
    const { name, dtype } = this.port;
    const shape = this.#sizes
      ? this.#sizes.value.split(",").map((size) => Number(size.trim()))
      : this.port.shape;
    if (this.#kind !== "typed") return generated(this.#kind, { dtype, shape });
    try {
      return new Tensor(JSON.parse(this.#typed.value), { dtype, shape });
    } catch (error) {
      throw new Error(`input ${name}: ${error.message}`, { cause: error });
    }
  }
}

/** What to type: zeros of the shape, where that is short. */
function example({ shape }) {
  const sizes = shape.map((size) => size ?? 2);
  if (count(sizes) > 32) return "";
  const nested = (depth) =>
    depth === sizes.length
      ? 0
      : Array.from({ length: sizes[depth] }, () => nested(depth + 1));
  return JSON.stringify(nested(0));
}
