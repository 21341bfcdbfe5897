// SPDX-License-Identifier: Apache-2.0
// For markdown-it, what these pages have beside plain Markdown:
// - a fence says behind its language what file it is, what it prints, and whether tests run it, and why not
//   (tests/docs/snippets.mjs); readers see that as a line above or below the code;
// - indented code looks as fenced code does;
// - types in plain text, such as complex<f32>, are no HTML;
// - what links point to outside of docs/ is in the repository, and not on the site.

import path from "node:path";

const info = /^(\S*)(?: \[(.+?)\])?(?: (page|output|no-run)\b ?(.*))?$/;
const isHtml = /^<(!--|\/?(a|br|kbd|sub|sup|Playground)\b)/;

export function plainMarkdown(md) {
  const { rules } = md.renderer;
  const { escapeHtml } = md.utils;
  const line = (kind, text) =>
    `<p class="fence-${kind}">${escapeHtml(text)}</p>`;

  const fence = rules.fence;
  rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const [, language = "", file, kind, reason] = info.exec(token.info) ?? [];
    token.info = language;
    return [
      file ? line("above", file) : "",
      kind === "output" ? line("above", "prints") : "",
      fence(tokens, index, options, env, self),
      kind === "no-run"
        ? line("below", `Not run by the tests: ${reason}.`)
        : "",
    ].join("");
  };

  rules.code_block = (tokens, index, options, env, self) => {
    tokens[index].info = "text";
    return fence(tokens, index, options, env, self);
  };

  rules.html_inline = (tokens, index) => {
    const { content } = tokens[index];
    return isHtml.test(content) ? content : escapeHtml(content);
  };

  md.core.ruler.push("links_out_of_docs", ({ tokens, env }) => {
    const folder = path.posix.dirname(env?.relativePath ?? "");
    const leaves = (href) =>
      !/^([a-z]+:|[/#])/.test(href) &&
      path.posix.join(folder, href).startsWith("..");
    for (const token of tokens) {
      let left = false;
      token.children = token.children?.filter((child) => {
        if (child.type === "link_open") left = leaves(child.attrGet("href"));
        return !left || !child.type.startsWith("link_");
      });
    }
  });
}
