// SPDX-License-Identifier: Apache-2.0
// The tokens of StableHLO text and of what `inspect` prints, as far as colours go: for this page's own
// listings and, as a TextMate grammar, for the site's code blocks.

/** Kind, pattern, and the TextMate scope that themes colour. The first that matches counts. */
export const tokens = [
  ["comment", /\/\/.*/, "comment.line"],
  ["string", /"(?:[^"\\]|\\.)*"/, "string.quoted.double"],
  ["value", /%[\w$.-]+(?:#\d+)?/, "variable.parameter"],
  ["symbol", /@[\w$.-]+/, "entity.name.function"],
  ["block", /\^\w+/, "entity.name.label"],
  [
    "type",
    /\b(?:tensor|complex|tuple|dense|dense_resource)\b|!stablehlo\.\w+/,
    "support.type",
  ],
  [
    "op",
    /\b(?:stablehlo|chlo|webhlo|func|check|mhlo)\.[\w.]+/,
    "keyword.control",
  ],
  [
    "keyword",
    /\b(?:module|return|applies|across|dimensions?|dims|cond|do|attributes|true|false|private|public|sizes|index|loc)\b/,
    "keyword.other",
  ],
  [
    "number",
    /-?\b(?:0x[\dA-Fa-f]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w])/,
    "constant.numeric",
  ],
];

export const grammar = {
  name: "mlir",
  scopeName: "source.mlir",
  patterns: tokens.map(([, pattern, scope]) => ({
    name: `${scope}.mlir`,
    match: pattern.source,
  })),
};

const any = new RegExp(
  tokens.map(([, pattern]) => `(${pattern.source})`).join("|"),
  "g",
);

/** The text as nodes: spans of class `t-KIND` between plain text. */
export function highlighted(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(any)) {
    const kind =
      tokens[match.slice(1).findIndex((part) => part !== undefined)][0];
    fragment.append(text.slice(end, match.index));
    const span = document.createElement("span");
    span.className = `t-${kind}`;
    span.textContent = match[0];
    fragment.append(span);
    end = match.index + match[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}
