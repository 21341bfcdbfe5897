// SPDX-License-Identifier: Apache-2.0
// For markdown-it, what these pages have beside plain Markdown:
// - a fence says behind its language what file it is, what it prints, and whether tests run it, and why not
//   (tests/docs/snippets.mjs); readers see that as a line above or below the code;
// - types in plain text, such as complex<f32>, are no HTML.

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

  rules.html_inline = (tokens, index) => {
    const { content } = tokens[index];
    return isHtml.test(content) ? content : escapeHtml(content);
  };
}
