// SPDX-License-Identifier: Apache-2.0
// What the memory planner decided, as a picture: steps from left to right, addresses from bottom to top.

import { bytesText, element, hue, quiet, svg } from "./dom.js";

/** Of the text of `inspect('memory')`: { values, arena, bound }, in bytes. */
export function parseMemory(text) {
  const line =
    /^value (\d+): steps (\d+)\.\.(\d+), bytes (\d+)\.\.(\d+)(.*)$/gm;
  const values = [...text.matchAll(line)].map((match) => {
    const [name, first, last, begin, end] = match.slice(1, 6).map(Number);
    return { name, first, last, begin, end, more: match[6] };
  });
  const [, arena = 0, bound = 0] = (
    /^arena: (\d+) bytes, lower bound (\d+)/m.exec(text) ?? []
  ).map(Number);
  return { values, arena, bound };
}

export function memoryView(text, use) {
  const { values, arena, bound } = parseMemory(text);
  const parts = Object.entries(use).filter(
    ([name]) => name !== "arenaLowerBound",
  );
  const most = Math.max(...parts.map(([, bytes]) => bytes), 1);
  const rows = parts.map(([name, bytes]) =>
    element(
      "tr",
      {},
      element("td", { textContent: name }),
      element("td", { textContent: bytesText(bytes), className: "number" }),
      element(
        "td",
        { className: "measure" },
        element("span", { style: { width: `${(100 * bytes) / most}%` } }),
      ),
    ),
  );
  return [
    quiet(
      values.length > 0
        ? `The arena: ${values.length} values in ${bytesText(arena)}; no plan could do with less than ${bytesText(bound)}.`
        : "The arena is empty: no value has to wait for another step.",
    ),
    ...(values.length > 0 ? [picture(values, arena)] : []),
    element("h3", { textContent: "The model's memory" }),
    element("table", { className: "use" }, element("tbody", {}, ...rows)),
    element("pre", { className: "listing", textContent: text }),
  ];
}

function picture(values, arena) {
  const steps = Math.max(...values.map(({ last }) => last)) + 1;
  const told = quiet("\u00a0");
  const boxes = values.map((value) => {
    const { name, first, last, begin, end, more } = value;
    const text = `value ${name}: steps ${first} to ${last}, ${bytesText(end - begin)} at ${begin}${more}`;
    const box = svg(
      "rect",
      {
        x: first,
        width: last - first + 1,
        y: arena - end,
        height: end - begin,
        style: `--hue: ${hue(name)}`,
      },
      svg("title", {}, text),
    );
    box.onpointerenter = () => (told.textContent = text);
    return box;
  });
  const drawing = svg(
    "svg",
    {
      viewBox: `0 0 ${steps} ${arena}`,
      preserveAspectRatio: "none",
      class: "arena",
      role: "img",
      "aria-label": `${values.length} values over ${steps} steps`,
    },
    ...boxes,
  );
  return element(
    "figure",
    { className: "arena-figure" },
    element(
      "div",
      { className: "axis-y" },
      element("span", { textContent: bytesText(arena) }),
      element("span", { textContent: "0" }),
    ),
    drawing,
    element(
      "div",
      { className: "axis-x" },
      element("span", { textContent: "step 0" }),
      element("span", { textContent: "end" }),
    ),
    told,
  );
}
