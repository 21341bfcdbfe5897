// SPDX-License-Identifier: Apache-2.0
// Elements in one expression, and numbers as people read them.

/** `properties` are the element's own (className, onclick, ...); `dataset`, `style` and `aria` are records. */
export function element(tag, properties = {}, ...children) {
  const { dataset = {}, style = {}, aria = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, dataset);
  for (const [name, value] of Object.entries(style))
    node.style.setProperty(name, value);
  for (const [name, value] of Object.entries(aria))
    node.setAttribute(`aria-${name}`, value);
  node.append(...children);
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes))
    node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A line of text that stands back. */
export const quiet = (textContent) =>
  element("p", { className: "quiet", textContent });

/** A list to choose from; `choices` are [value, label]. */
export function select(label, choices, chosen, onChoose) {
  const options = choices.map(([value, text]) => {
    const option = element("option", { value, textContent: text });
    option.selected = value === chosen;
    return option;
  });
  const node = element("select", { aria: { label } }, ...options);
  node.onchange = () => onChoose(node.value);
  return node;
}

export function bytesText(bytes) {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < 3) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 ? bytes : bytes.toPrecision(3)} ${units[unit]}`;
}

export function msText(ms) {
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`;
  return `${ms < 1000 ? ms.toPrecision(3) : Math.round(ms)} ms`;
}

export function numberText(value) {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return String(Number(value.toPrecision(5)));
}

export function typeText({ dtype, shape }) {
  return `${dtype} [${shape.map((size) => size ?? "?").join(", ")}]`;
}

/** Hues of things by their number, as far apart as they can be. */
export const hue = (number) => (225 + number * 137.508) % 360;
