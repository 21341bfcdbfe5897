// SPDX-License-Identifier: Apache-2.0
// Where the time of a run went: a bar of its steps as long as they took, the kernels, and a table.

import { element, hueOf, msText } from "./dom.js";

/** Of the JSON of `inspect('steps')`. */
export function stepsView(json) {
  const steps = JSON.parse(json).filter(({ runs }) => runs > 0);
  const total = steps.reduce((sum, { ms }) => sum + ms, 0);
  if (steps.length === 0)
    return [
      element("p", { className: "quiet", textContent: "Nothing ran yet." }),
    ];
  const share = (ms) => `${((100 * ms) / (total || 1)).toFixed(1)} %`;
  const rows = steps.map((step) => stepRow(step, share(step.ms)));
  const bar = element(
    "div",
    { className: "flame", role: "img" },
    ...steps.map((step, i) => {
      const part = element("button", {
        type: "button",
        className: "part",
        title: `${step.step}: ${step.kernel} ${step.sizes}\n${msText(step.ms)}, ${share(step.ms)}`,
        textContent: step.kernel,
        style: {
          "flex-grow": step.ms / (total || 1),
          "--hue": hueOf(step.kernel),
        },
        aria: {
          label: `step ${step.step}, ${step.kernel}, ${msText(step.ms)}`,
        },
      });
      part.onclick = () => {
        rows[i].scrollIntoView({ block: "nearest", behavior: "smooth" });
        for (const row of rows) row.classList.toggle("chosen", row === rows[i]);
      };
      return part;
    }),
  );
  bar.role = "group";
  bar.ariaLabel = "Steps in their order, as wide as the time they took";
  return [
    element("p", {
      className: "quiet",
      textContent: `${steps.length} steps took ${msText(total)}; the parts are as wide as their time.`,
    }),
    bar,
    element("ul", { className: "kernels" }, ...kernels(steps, share)),
    element(
      "div",
      { className: "scroll" },
      element(
        "table",
        { className: "steps" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            ...["", "kernel", "time", "share", "GFLOP/s", "GB/s", "runs"].map(
              (name) => element("th", { textContent: name }),
            ),
          ),
        ),
        element("tbody", {}, ...rows),
      ),
    ),
  ];
}

function stepRow(
  { step, kernel, sizes, op, location, flops, bytes, ms, runs },
  share,
) {
  const rate = (work) =>
    work > 0 && ms > 0 ? ((work * runs) / ms / 1e6).toFixed(1) : "";
  const where = [op, location].filter((text) => text).join(", ");
  const name = element(
    "td",
    { title: where },
    element("span", { className: "dot", style: { "--hue": hueOf(kernel) } }),
    element("code", { textContent: kernel }),
    ` ${sizes}`,
  );
  const numbers = [msText(ms), share, rate(flops), rate(bytes), runs];
  return element(
    "tr",
    {},
    element("td", { textContent: step, className: "number" }),
    name,
    ...numbers.map((textContent) =>
      element("td", { textContent, className: "number" }),
    ),
  );
}

function kernels(steps, share) {
  const sums = new Map();
  for (const { kernel, ms } of steps)
    sums.set(kernel, (sums.get(kernel) ?? 0) + ms);
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([kernel, ms]) =>
      element(
        "li",
        {},
        element("span", {
          className: "dot",
          style: { "--hue": hueOf(kernel) },
        }),
        element("code", { textContent: kernel }),
        ` ${share(ms)}`,
      ),
    );
}
