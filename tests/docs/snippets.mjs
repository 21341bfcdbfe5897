// SPDX-License-Identifier: Apache-2.0
// The code blocks of docs/*.md, and what a fence says behind its language:
//
//   ```js                     runs in Node. A block that imports something begins a program, and those that
//                             follow without an import go on with it
//   ```js page                is the script of a page in Chromium
//   ```html page              is the page
//   ```sh                     runs in bash, in a folder with the example's files
//   ```mlir                   is a program that loads
//   ```text output            is what the snippet before it printed; of a page, also its <output>
//   ```json [vercel.json]     is a file, which a test of its own takes
//   ```python no-run REASON   is not run; the site shows the reason below it

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const docs = fileURLToPath(new URL("../../docs/", import.meta.url));

/** Of one page: { language, file, kind, reason, code, line }. Kinds are '', 'page', 'output', 'no-run'. */
export function blocksOf(page) {
  const text = readFileSync(docs + page, "utf8");
  const fence =
    /^```(\S*)(?: \[(.+?)\])?(?: (page|output|no-run)\b ?(.*))?\n([^]*?)^```$/gm;
  return [...text.matchAll(fence)].map((match) => {
    const [, language, file, kind = "", reason = "", code] = match;
    const line = text.slice(0, match.index).split("\n").length;
    return { language, file, kind, reason, code, line };
  });
}

/** The files of a page, by name. */
export function filesOf(page) {
  const named = blocksOf(page).filter(({ file }) => file);
  return new Map(named.map(({ file, code }) => [file, code]));
}

export const pages = readdirSync(docs)
  .filter((name) => name.endsWith(".md"))
  .sort();

/**
 * What there is to run of a page, in its order: { language, kind, code, line, expected }. `expected` is
 * undefined where the page does not say what is printed.
 */
export function programsOf(page) {
  const programs = [];
  let last;
  for (const { language, file, kind, code, line } of blocksOf(page)) {
    if (file || kind === "no-run") continue;
    if (kind === "output") {
      if (!last) throw new Error(`docs/${page}:${line}: the output of nothing`);
      last.expected = (last.expected ?? "") + code;
    } else if (language === "js" && kind === "" && !/^import /m.test(code)) {
      if (last?.language !== "js" || last.kind !== "")
        throw new Error(`docs/${page}:${line}: goes on with nothing`);
      last.code += code;
    } else if (["js", "html", "sh", "mlir"].includes(language)) {
      last = { language, kind, code, line };
      programs.push(last);
    } else if (!["", "text"].includes(language)) {
      throw new Error(
        `docs/${page}:${line}: ${language} is neither run here, nor a file, nor marked no-run`,
      );
    }
  }
  return programs;
}
