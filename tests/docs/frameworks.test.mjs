// SPDX-License-Identifier: Apache-2.0
// docs/frameworks.md: the components of each framework, built with Vite and visited. A page around them
// shows one image, then another, then takes the component away.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { launch, serve, visit } from "../browser/pages.mjs";
import { filesOf } from "./snippets.mjs";

const js = fileURLToPath(new URL("../../js", import.meta.url));
const modules = process.env.WEBHLO_SITE;
const files = filesOf("frameworks.md");

/** Of the site's packages, which `./dev test docs` fetches. */
const library = async (name) =>
  import(pathToFileURL(createRequire(`${modules}/`).resolve(name)).href);

let browser, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-frameworks-"));
  symlinkSync(modules, path.join(folder, "node_modules"));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const images = `
  const line = new Float32Array(784);
  for (let y = 5; y < 23; y++) line.fill(1, y * 28 + 13, y * 28 + 16);
  const ring = Float32Array.from({ length: 784 }, (_, i) => {
    const radius = Math.hypot((i % 28) - 13.5, Math.floor(i / 28) - 13.5);
    return radius > 6 && radius < 9 ? 1 : 0;
  });`;

/** Each page has a function show(image or undefined). */
const frameworks = {
  React: {
    uses: ["useModel.jsx", "Digit.jsx"],
    plugins: () => [],
    main: `
      import { createElement, StrictMode } from 'react';
      import { createRoot } from 'react-dom/client';
      import { Digit } from './Digit.jsx';
      const root = createRoot(document.body);
      globalThis.show = (image) =>
        root.render(createElement(StrictMode, null, image && createElement(Digit, { image })));`,
  },
  Vue: {
    uses: ["useModel.js", "Digit.vue"],
    plugins: async () => [(await library("@vitejs/plugin-vue")).default()],
    main: `
      import { createApp, h, shallowRef } from 'vue';
      import Digit from './Digit.vue';
      const image = shallowRef();
      createApp({ render: () => image.value && h(Digit, { image: image.value }) }).mount(document.body);
      globalThis.show = (given) => (image.value = given);`,
  },
  Svelte: {
    uses: ["Digit.svelte"],
    plugins: async () => [
      (await library("@sveltejs/vite-plugin-svelte")).svelte({
        configFile: false,
      }),
    ],
    write: {
      "App.svelte": `<script>
        import Digit from './Digit.svelte';
        let image = $state.raw();
        globalThis.show = (given) => (image = given);
      </script>
      {#if image}<Digit {image} />{/if}`,
    },
    main: `
      import { mount } from 'svelte';
      import App from './App.svelte';
      mount(App, { target: document.body });`,
  },
};

test("no file is left out", () => {
  const used = Object.values(frameworks).flatMap(({ uses }) => uses);
  assert.deepEqual([...files.keys()].sort(), used.sort());
});

for (const [name, { uses, plugins, main, write = {} }] of Object.entries(
  frameworks,
)) {
  test(name, async () => {
    const root = mkdtempSync(path.join(folder, `${name}-`));
    for (const file of uses)
      writeFileSync(path.join(root, file), files.get(file));
    for (const [file, text] of Object.entries(write))
      writeFileSync(path.join(root, file), text);
    writeFileSync(
      path.join(root, "main.js"),
      `${main}\n${images}\nglobalThis.images = { line, ring };`,
    );
    writeFileSync(
      path.join(root, "index.html"),
      `<!doctype html><link rel="icon" href="data:,"><body></body><script type="module" src="./main.js"></script>`,
    );
    const { build } = await library("vite");
    await build({
      root,
      configFile: false,
      logLevel: "error",
      plugins: await plugins(),
      esbuild: { jsx: "automatic" },
      resolve: {
        alias: [
          { find: /^webhlo$/, replacement: `${js}/dist/index.js` },
          { find: /^webhlo\/digits\.js$/, replacement: `${js}/digits.js` },
        ],
      },
    });
    const site = await serve({ "/": path.join(root, "dist") });
    const { context, page, problems } = await visit(browser, site.address);
    const reads = (digit) =>
      page.waitForFunction(
        (text) => document.querySelector("output")?.textContent === text,
        digit,
        {
          timeout: 60_000,
        },
      );
    try {
      await page.evaluate(() => show(images.line));
      await reads("1");
      await page.evaluate(() => show(images.ring));
      await reads("0");
      // Several at once: all but the last are out of date.
      await page.evaluate(() => {
        for (const image of [images.line, images.ring, images.line])
          show(image);
      });
      await reads("1");
      // Gone in the middle of a load, and in the middle of a run.
      await page.evaluate(async () => {
        show(undefined);
        await new Promise((done) => setTimeout(done, 50));
        show(images.ring);
        await new Promise((done) => setTimeout(done, 0));
        show(undefined);
      });
      await page.waitForFunction(() => !document.querySelector("output"));
      await page.waitForTimeout(500);
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
      site.close();
    }
  });
}
