// SPDX-License-Identifier: Apache-2.0
// For markdown-it, what these pages have beside plain Markdown:
// - a fence says behind its language how tests/docs/snippets.mjs takes the snippet. Only `no-run` with its
//   reason is for readers too, as a line below the code;
// - types in plain text, such as complex<f32>, are no HTML.

const isHtml = /^<(!--|\/?(a|br|kbd|sub|sup|Playground)\b)/;

export function plainMarkdown(md) {
  const { rules } = md.renderer;
  const { escapeHtml } = md.utils;

  const fence = rules.fence;
  rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const [, language = "", said = ""] = /^(\S*)\s*(.*)$/.exec(token.info);
    const reason = /^no-run\s+(.+)$/.exec(said)?.[1];
    const title = /\[.+\]$/.exec(said)?.[0] ?? "";
    token.info = `${language} ${title}`.trim();
    const code = fence(tokens, index, options, env, self);
    return (
      code +
      (reason
        ? `<p class="no-run">Not run by the tests: ${escapeHtml(reason)}</p>`
        : "")
    );
  };

  rules.html_inline = (tokens, index) => {
    const { content } = tokens[index];
    return isHtml.test(content) ? content : escapeHtml(content);
  };
}
