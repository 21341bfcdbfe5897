// SPDX-License-Identifier: Apache-2.0
// docs/frameworks.md: the components of each framework, built with Vite and visited. A page around them
// shows one image, then another, then takes the component away.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { launch, serve, visit } from "../browser/pages.mjs";
import { filesOf } from "./snippets.mjs";

const js = fileURLToPath(new URL("../../js", import.meta.url));
const modules = process.env.WEBHLO_SITE;
const files = filesOf("frameworks.md");

let browser, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-frameworks-"));
  const here = path.join(folder, "node_modules");
  mkdirSync(here);
  for (const name of readdirSync(modules)) {
    if (!name.startsWith("."))
      symlinkSync(path.join(modules, name), path.join(here, name));
  }
  symlinkSync(js, path.join(here, "webhlo"));
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
    plugin: ["import vue from '@vitejs/plugin-vue';", "vue()"],
    main: `
      import { createApp, h, shallowRef } from 'vue';
      import Digit from './Digit.vue';
      const image = shallowRef();
      createApp({ render: () => image.value && h(Digit, { image: image.value }) }).mount(document.body);
      globalThis.show = (given) => (image.value = given);`,
  },
  Svelte: {
    uses: ["Digit.svelte"],
    plugin: [
      "import { svelte } from '@sveltejs/vite-plugin-svelte';",
      "svelte({ configFile: false })",
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

for (const [name, { uses, plugin = [], main, write = {} }] of Object.entries(
  frameworks,
)) {
  test(name, async () => {
    const root = path.join(folder, name);
    const [importPlugin = "", usePlugin = ""] = plugin;
    const project = {
      ...Object.fromEntries(uses.map((file) => [file, files.get(file)])),
      ...write,
      "main.js": `${main}\n${images}\nglobalThis.images = { line, ring };`,
      "index.html": `<!doctype html><link rel="icon" href="data:,"><body></body><script type="module" src="./main.js"></script>`,
      "vite.config.mjs": `${importPlugin}
        export default { plugins: [${usePlugin}], esbuild: { jsx: 'automatic' } };`,
    };
    mkdirSync(root);
    for (const [file, text] of Object.entries(project))
      writeFileSync(path.join(root, file), text);
    const vite = path.join(modules, "vite/bin/vite.js");
    await promisify(execFile)(process.execPath, [vite, "build"], { cwd: root });
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
