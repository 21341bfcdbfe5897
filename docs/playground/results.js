// SPDX-License-Identifier: Apache-2.0
// Results as pictures and numbers.

import { element, numberText, quiet, svg, typeText } from "./dom.js";

const maxPixels = 256;
const maxLines = 4;

/** A card for one result. */
export function resultCard(name, tensor) {
  const { dtype, shape } = tensor;
  const values = dtype.startsWith("c") ? magnitudes(tensor) : numbers(tensor);
  return element(
    "section",
    { className: "result" },
    element(
      "h3",
      {},
      element("code", { textContent: name }),
      element("span", { className: "type", textContent: typeText(tensor) }),
    ),
    ...pictures(values, shape),
    quiet(summary(values)),
    element("pre", { className: "values", textContent: excerpt(tensor) }),
  );
}

/** f64 and integers as they are, all else as f32. */
function numbers(tensor) {
  const data = tensor.data();
  if (/^(f64|i(8|16|32)|u(8|16|32)|i1|[iu][24])$/.test(tensor.dtype))
    return data;
  return /^[iu]64$/.test(tensor.dtype)
    ? Float64Array.from(data, Number)
    : tensor.toFloat32();
}

function magnitudes(tensor) {
  const parts = tensor.dtype === "c128" ? tensor.data() : tensor.toFloat32();
  return Float64Array.from({ length: parts.length / 2 }, (_, i) =>
    Math.hypot(parts[2 * i], parts[2 * i + 1]),
  );
}

function summary(values) {
  if (values.length === 0) return "no elements";
  let [least, most, sum, others] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (Number.isFinite(value)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
      sum += value;
    } else others++;
  }
  const finite = values.length - others;
  const range = `least ${numberText(least)}, greatest ${numberText(most)}, mean ${numberText(sum / finite)}`;
  const odd = others > 0 ? `${others} not finite` : "";
  return [finite > 0 ? range : "", odd].filter((text) => text).join(", ");
}

/** The first values, rounded, as nested as they are. */
function excerpt(tensor) {
  const { shape } = tensor;
  const inner = shape.length - 1;
  const part = shape.map((size, axis) =>
    Math.min(size, axis === inner ? 8 : 4),
  );
  const few = tensor.slice(
    part.map(() => 0),
    part,
  );
  const text = (value, depth) => {
    if (depth > inner) return numberText(value);
    const apart = depth === inner ? ", " : `,\n${" ".repeat(depth + 1)}`;
    const elements = value.map((element) => text(element, depth + 1));
    if (shape[depth] > value.length) elements.push("…");
    return `[${elements.join(apart)}]`;
  };
  const lines = text(few.toArray(), 0).split("\n");
  const most = 64;
  return lines.length > most
    ? `${lines.slice(0, most).join("\n")}\n…`
    : lines.join("\n");
}

/** Lines of a few series, or the first matrix (or the channels of an image) as shades. */
function pictures(values, shape) {
  const sizes = shape.filter((size) => size !== 1);
  const rank = sizes.length;
  if (rank === 0 || values.length < 4) return [];
  const last = sizes.at(-1);
  if (rank === 1) return [plot([values])];
  if (rank === 2 && last <= maxLines && sizes[0] > 8)
    return [
      plot(
        Array.from({ length: last }, (_, k) =>
          values.filter((_, i) => i % last === k),
        ),
      ),
    ];
  if (rank > 2 && last <= maxLines) {
    const [rows, columns] = sizes.slice(-3, -1);
    const channel = (k) =>
      values
        .subarray(0, rows * columns * last)
        .filter((_, i) => i % last === k);
    const images = Array.from({ length: last }, (_, k) =>
      shades(channel(k), rows, columns),
    );
    return [element("div", { className: "images" }, ...images)];
  }
  const [rows, columns] = sizes.slice(-2);
  return [
    element(
      "div",
      { className: "images" },
      shades(values.subarray(0, rows * columns), rows, columns),
    ),
  ];
}

function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most && value !== Infinity) most = value;
  }
  return [least, most > least ? most : least + 1];
}

function shades(values, rows, columns) {
  const [height, width] = [
    Math.min(rows, maxPixels),
    Math.min(columns, maxPixels),
  ];
  const canvas = element("canvas", { width, height, className: "shades" });
  canvas.ariaLabel = `${rows} rows of ${columns} values as shades`;
  canvas.role = "img";
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const [least, most] = rangeOf(values);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at =
        Math.floor((y * rows) / height) * columns +
        Math.floor((x * columns) / width);
      image.data.set(
        colour((values[at] - least) / (most - least)),
        4 * (y * width + x),
      );
    }
  }
  context.putImageData(image, 0, 0);
  canvas.style.setProperty("--ratio", width / height);
  return canvas;
}

/** From dark blue by green to yellow: as light as the value is great. What is no number is grey. */
function colour(part) {
  if (!Number.isFinite(part)) return [128, 128, 128, 255];
  const stops = [
    [48, 18, 92],
    [45, 82, 142],
    [32, 146, 140],
    [110, 204, 90],
    [250, 231, 60],
  ];
  const at = Math.min(Math.max(part, 0), 1) * (stops.length - 1);
  const i = Math.min(Math.floor(at), stops.length - 2);
  return [0, 1, 2]
    .map((c) => stops[i][c] + (at - i) * (stops[i + 1][c] - stops[i][c]))
    .concat(255);
}

function plot(series) {
  const [width, height, margin] = [600, 160, 4];
  const ranges = series.map((values) => rangeOf(values));
  const least = Math.min(...ranges.map(([low]) => low));
  const most = Math.max(...ranges.map(([, high]) => high));
  const lines = series.map((values, k) => {
    const shown = Math.min(values.length, 2 * width);
    const points = Array.from({ length: shown }, (_, i) => {
      const at = Math.floor((i * (values.length - 1)) / Math.max(shown - 1, 1));
      const x =
        margin + (at / Math.max(values.length - 1, 1)) * (width - 2 * margin);
      const y =
        height -
        margin -
        ((values[at] - least) / (most - least)) * (height - 2 * margin);
      return Number.isFinite(y) ? `${x.toFixed(1)},${y.toFixed(1)}` : undefined;
    });
    return svg("polyline", {
      points: points.filter((point) => point).join(" "),
      class: `line-${k}`,
    });
  });
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "plot",
      role: "img",
      "aria-label": `${series.length} lines from ${numberText(least)} to ${numberText(most)}`,
    },
    ...lines,
  );
}
