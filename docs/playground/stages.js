// SPDX-License-Identifier: Apache-2.0
// What the stages of the compiler print.

import { element, quiet } from "./dom.js";
import { highlighted } from "./mlir.js";

/** Past this many letters colours would take longer than reading. */
const maxColoured = 400_000;

export function listing(text) {
  const pre = element("pre", { className: "listing", tabIndex: 0 });
  pre.append(text.length > maxColoured ? text : highlighted(text));
  return pre;
}

/** The passes in their order; those that changed the graph show what they made of it. */
export function passesView(text) {
  const passes = text
    .split(/^\/\/ ---- /m)
    .slice(1)
    .map((part) => {
      const [, title, body] = /^(.*)\n([^]*)$/.exec(part);
      return {
        name: title.replace(/: no change$/, ""),
        changed: !title.endsWith(": no change"),
        body,
      };
    });
  const shown = element("div");
  const chosen = passes.filter(({ changed }) => changed);
  const buttons = new Map();
  const show = (pass) => {
    shown.replaceChildren(listing(pass.body));
    for (const [other, button] of buttons)
      button.ariaPressed = String(other === pass);
  };
  const list = passes.map((pass) => {
    if (!pass.changed)
      return element("li", { className: "unchanged", textContent: pass.name });
    const button = element("button", {
      type: "button",
      textContent: pass.name,
    });
    button.onclick = () => show(pass);
    buttons.set(pass, button);
    return element("li", {}, button);
  });
  if (chosen.length > 0) show(chosen.at(-1));
  return [
    quiet(
      `${passes.length - 1} passes, of which ${chosen.length - 1} changed the graph. Choose one to see what it made.`,
    ),
    element("ol", { className: "passes" }, ...list),
    shown,
  ];
}
