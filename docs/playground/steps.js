// SPDX-License-Identifier: Apache-2.0
// Where the time of a run went: a bar of its steps as long as they took, the kernels, and a table.

import { element, hue, msText, quiet } from "./dom.js";

/** Of the steps that `inspect('steps')` lists. */
export function stepsView(all) {
  const steps = all.filter(({ runs }) => runs > 0);
  if (steps.length === 0) return [quiet("The plan has no steps.")];
  const kernels = [...new Set(steps.map(({ kernel }) => kernel))];
  const hueOf = (kernel) => hue(kernels.indexOf(kernel));
  const total = sum(steps);
  const shareOf = (ms) => (total > 0 ? ms / total : 0);

  const rows = steps.map((step) =>
    stepRow(step, hueOf(step.kernel), percent(shareOf(step.ms))),
  );
  const choose = (chosen) => {
    chosen.scrollIntoView({ block: "nearest", behavior: "smooth" });
    for (const row of rows) row.classList.toggle("chosen", row === chosen);
  };
  const bar = element(
    "div",
    {
      className: "flame",
      role: "group",
      aria: { label: "Steps in their order, as wide as their time" },
    },
    ...steps.map(({ step, kernel, sizes, ms }, i) => {
      const what = `${step}: ${kernel} ${sizes}, ${msText(ms)}, ${percent(shareOf(ms))}`;
      return element("button", {
        type: "button",
        className: "part",
        title: what,
        textContent: kernel,
        style: { "flex-grow": shareOf(ms), "--hue": hueOf(kernel) },
        aria: { label: what },
        onclick: () => choose(rows[i]),
      });
    }),
  );
  const list = kernels
    .map((kernel) => [kernel, sum(steps.filter((s) => s.kernel === kernel))])
    .sort(([, a], [, b]) => b - a)
    .map(([kernel, ms]) =>
      element(
        "li",
        {},
        kernelName(kernel, hueOf(kernel)),
        ` ${percent(shareOf(ms))}`,
      ),
    );
  const titles = ["", "kernel", "time", "share", "GFLOP/s", "GB/s", "runs"];
  const head = titles.map((textContent) => element("th", { textContent }));
  const table = element(
    "table",
    { className: "steps" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return [
    quiet(
      `${steps.length} steps took ${msText(total)}, each the shortest time of several runs. ` +
        "Looking at the clock between them takes time, too: loops of small steps are several times as fast without.",
    ),
    bar,
    element("ul", { className: "kernels" }, ...list),
    element("div", { className: "scroll" }, table),
  ];
}

const sum = (steps) => steps.reduce((total, { ms }) => total + ms, 0);

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function stepRow(step, hue, share) {
  const { kernel, sizes, op, location, flops, bytes, ms, runs } = step;
  const giga = (work) =>
    work > 0 && ms > 0 ? ((work * runs) / ms / 1e6).toFixed(1) : "";
  const number = (textContent) =>
    element("td", { textContent, className: "number" });
  const title = [op, location].filter((text) => text).join(", ");
  return element(
    "tr",
    {},
    number(step.step),
    element("td", { title }, kernelName(kernel, hue), ` ${sizes}`),
    ...[msText(ms), share, giga(flops), giga(bytes), runs].map(number),
  );
}

/** With a dot of its colour. */
function kernelName(kernel, hue) {
  return element(
    "span",
    { className: "kernel" },
    element("span", { className: "dot", style: { "--hue": hue } }),
    element("code", { textContent: kernel }),
  );
}
