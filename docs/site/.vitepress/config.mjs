// SPDX-License-Identifier: Apache-2.0
// The site's settings. It is built in build/site, where docs/ and the reference in api/ are together.

import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitepress";

import { grammar } from "../playground/mlir.js";
import { plainMarkdown } from "./markdown.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const js = at("../../../js");

/** Entries of the sidebar: `Title: page`. */
const pages = (list) =>
  Object.entries(list).map(([text, page]) => ({ text, link: `/${page}` }));

/** The pages that TypeDoc made of one kind of thing. */
const reference = (text, folder) => ({
  text,
  collapsed: true,
  items: readdirSync(at(`../api/${folder}`))
    .map((file) => path.basename(file, ".md"))
    .map((name) => ({ text: name, link: `/api/${folder}/${name}` })),
});

export default defineConfig({
  title: "WebHLO",
  description: "StableHLO programs in browsers, workers and Node",
  lang: "en",
  srcExclude: ["**/README.md"],
  transformHead: ({ siteData }) => [
    [
      "link",
      { rel: "icon", type: "image/svg+xml", href: `${siteData.base}icon.svg` },
    ],
  ],
  markdown: {
    config: plainMarkdown,
    languages: [grammar],
    theme: { light: "github-light", dark: "github-dark" },
  },
  vite: {
    resolve: {
      alias: [
        { find: /^webhlo$/, replacement: path.join(js, "dist/index.js") },
        {
          find: /^webhlo\/digits\.js$/,
          replacement: path.join(js, "digits.js"),
        },
      ],
    },
    server: { fs: { allow: [at("../../..")] } },
    // The package's wasm files and workers stay files of their own.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
  },
  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: pages({
      Start: "start",
      API: "javascript",
      Playground: "playground/",
    }),
    sidebar: [
      {
        text: "Use",
        items: pages({
          Start: "start",
          "From each framework": "exporting",
          "Threads and headers": "hosting",
          Workers: "workers",
          Bundlers: "bundlers",
          "React, Vue, Svelte": "frameworks",
          Performance: "performance",
          Troubleshooting: "troubleshooting",
          "Beside other runtimes": "comparison",
          Playground: "playground/",
        }),
      },
      {
        text: "Reference",
        items: [
          ...pages({
            "The JavaScript API": "javascript",
            Ops: "ops",
            Accuracy: "accuracy",
          }),
          { text: "Types", link: "/api/" },
          reference("Functions", "functions"),
          reference("Classes", "classes"),
          reference("Interfaces", "interfaces"),
          reference("Type aliases", "type-aliases"),
        ],
      },
      {
        text: "Inside",
        items: pages({
          "How it works": "architecture",
          "Benchmarks and tests": "benchmarking",
        }),
      },
    ],
  },
});
