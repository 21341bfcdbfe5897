// SPDX-License-Identifier: Apache-2.0
// Where the time of a run went: a bar of its steps as long as they took, the kernels, and a table.

import { element, hue, msText, quiet } from "./dom.js";

/** Of what `model.profile` answers. */
export function stepsView(profile) {
  const steps = profile.steps.filter(({ runs }) => runs > 0);
  if (steps.length === 0) return [quiet("The plan has no steps.")];
  const hues = new Map();
  for (const { kernel } of steps)
    if (!hues.has(kernel)) hues.set(kernel, hue(hues.size));

  const rows = steps.map((step) => stepRow(step, hues.get(step.kernel)));
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
    ...steps.map(({ step, kernel, sizes, ms, share }, i) => {
      const what = `${step}: ${kernel} ${sizes}, ${msText(ms)}, ${percent(share)}`;
      return element("button", {
        type: "button",
        className: "part",
        title: what,
        textContent: kernel,
        style: { "flex-grow": share, "--hue": hues.get(kernel) },
        aria: { label: what },
        onclick: () => choose(rows[i]),
      });
    }),
  );
  const list = profile.kernels.map(({ kernel, share }) =>
    element(
      "li",
      {},
      kernelName(kernel, hues.get(kernel)),
      ` ${percent(share)}`,
    ),
  );
  const titles = [
    "",
    "kernel",
    "time",
    "share",
    "GFLOP/s",
    "GB/s",
    "roofline",
    "runs",
  ];
  const head = titles.map((textContent) => element("th", { textContent }));
  const table = element(
    "table",
    { className: "steps" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return [
    quiet(
      `${steps.length} steps took ${msText(profile.totalMs)}, each the shortest time of several runs. ` +
        "Looking at the clock between them takes time, too: loops of small steps are several times as fast without.",
    ),
    bar,
    element("ul", { className: "kernels" }, ...list),
    element("div", { className: "scroll" }, table),
  ];
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function stepRow(step, hue) {
  const { kernel, sizes, op, location, ms, share, runs } = step;
  const { why, candidates = [] } = step;
  const number = (textContent) =>
    element("td", { textContent, className: "number" });
  /** Null where there is nothing to tell. */
  const known = (value, text) => (value === null ? "" : text(value));
  const rate = (value) => known(value, (rate) => rate.toFixed(1));
  const chosen = candidates.length > 1 && `${why} of ${candidates.join(", ")}`;
  const title = [op, location, chosen].filter((text) => text).join("\n");
  return element(
    "tr",
    {},
    number(step.step),
    element("td", { title }, kernelName(kernel, hue), ` ${sizes}`),
    ...[msText(ms), percent(share), rate(step.gflops), rate(step.gbs)].map(
      number,
    ),
    number(known(step.roofline, percent)),
    number(runs),
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
