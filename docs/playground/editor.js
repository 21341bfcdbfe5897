// SPDX-License-Identifier: Apache-2.0
// A text area with line numbers, colours and marks of errors: the coloured text lies behind a transparent one.

import { element } from "./dom.js";
import { highlighted } from "./mlir.js";

export class Editor {
  #numbers = element("div", { className: "numbers", aria: { hidden: "true" } });
  #colours = element("pre", { aria: { hidden: "true" } });
  #area = element("textarea", {
    spellcheck: false,
    wrap: "off",
    autocapitalize: "off",
    autocomplete: "off",
    aria: { label: "Program, in StableHLO text" },
  });
  #mark;
  node = element(
    "div",
    { className: "editor" },
    this.#numbers,
    element("div", { className: "text" }, this.#colours, this.#area),
  );

  constructor(onEdit) {
    this.#area.oninput = () => {
      this.#mark = undefined;
      this.#paint();
      onEdit();
    };
    this.#area.onkeydown = (event) => {
      if (
        event.key !== "Tab" ||
        event.shiftKey ||
        event.ctrlKey ||
        event.metaKey
      )
        return;
      event.preventDefault();
      this.#area.setRangeText(
        "  ",
        this.#area.selectionStart,
        this.#area.selectionEnd,
        "end",
      );
      this.#area.dispatchEvent(new Event("input"));
    };
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.#mark = undefined;
    this.#paint();
    this.node.scrollTo(0, 0);
  }

  set disabled(disabled) {
    this.#area.disabled = disabled;
  }

  /** Marks a place, counted from 1, and shows it. */
  mark(line, column) {
    this.#mark = { line, column };
    this.#paint();
    const number = this.#numbers.children[line - 1];
    if (!number) return;
    const { node } = this;
    const top = number.offsetTop;
    if (
      top < node.scrollTop ||
      top + number.offsetHeight > node.scrollTop + node.clientHeight
    )
      node.scrollTo(0, Math.max(top - node.clientHeight / 2, 0));
  }

  /** Puts the cursor at the mark. */
  goToMark() {
    const { line, column } = this.#mark;
    const before = this.text.split("\n").slice(0, line - 1);
    const at =
      before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    this.#area.focus();
    this.#area.setSelectionRange(at, at);
    this.mark(line, column);
  }

  #paint() {
    const lines = this.text.split("\n");
    this.#numbers.replaceChildren(
      ...lines.map((_, i) =>
        element("div", {
          textContent: i + 1,
          className: i + 1 === this.#mark?.line ? "marked" : "",
        }),
      ),
    );
    // Without the last line's end the area would be a line longer than what is behind it.
    this.#colours.replaceChildren(highlighted(`${this.text}\n`));
    if (!this.#mark) return;
    const { line, column } = this.#mark;
    const [text] = [lines[line - 1] ?? ""];
    const word = /^[\w$.%@#-]+/.exec(text.slice(column - 1))?.[0].length ?? 1;
    this.#colours.append(
      element("span", {
        className: "mark",
        style: { "--line": line - 1, "--column": column - 1, "--length": word },
      }),
    );
  }
}
