// SPDX-License-Identifier: Apache-2.0
// The built site in headless Chromium: no link leads nowhere, and the playground does what it says, at the
// width of a phone and of a desktop, light and dark. Its screenshots are in build/screenshots;
// WEBHLO_REWRITE=1 makes those of docs/images/ anew.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, serve, visit } from "../browser/pages.mjs";
import { docs } from "./snippets.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const made = at("../../build/docs");
const screenshots = at("../../build/screenshots");
/** Where a site has it, other than at the root of its host. */
const base = "/webhlo/";

let browser, site;
before(async () => {
  execFileSync(
    process.execPath,
    [at("../../docs/site/build.mjs"), "--base", base],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  mkdirSync(screenshots, { recursive: true });
  browser = await launch();
  site = await serve({ [base]: made });
});
after(async () => {
  await browser?.close();
  site?.close();
});

test("every link and image of every page leads somewhere", () => {
  const pages = globSync("**/*.html", { cwd: made }).filter(
    (page) => page !== "404.html",
  );
  const text = (page) => readFileSync(path.join(made, page), "utf8");
  const ids = new Map(
    pages.map((page) => [
      page,
      new Set([...text(page).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  const broken = [];
  let count = 0;
  for (const page of pages) {
    for (const [, link] of text(page).matchAll(/\s(?:href|src)="([^"]+)"/g)) {
      const url = new URL(
        link.replaceAll("&amp;", "&"),
        `http://site${base}${page}`,
      );
      if (url.host !== "site") continue;
      count++;
      const file = url.pathname
        .slice(base.length)
        .replace(/(^|\/)$/, "$1index.html");
      const id = decodeURIComponent(url.hash.slice(1));
      const there =
        url.pathname.startsWith(base) && existsSync(path.join(made, file));
      if (!there || (id !== "" && !ids.get(file)?.has(id)))
        broken.push(`${page}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(
    pages.length > 20 && count > 1000,
    `${pages.length} pages, ${count} links`,
  );
});

test("the pages of docs/ are on the site, and in its sidebar", () => {
  const start = readFileSync(path.join(made, "start.html"), "utf8");
  for (const file of globSync("*.md", { cwd: docs })) {
    const page = file.replace(/md$/, "html");
    assert.ok(existsSync(path.join(made, page)), page);
    if (page !== "index.html")
      assert.ok(start.includes(`href="${base}${page}"`), page);
  }
});

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

async function openPlayground(fragment = "", options = {}) {
  const visited = await visit(
    browser,
    `${site.address}${base.slice(1)}playground/${fragment}`,
    {
      viewport: desktop,
      colorScheme: "light",
      ...options,
    },
  );
  await visited.page.waitForSelector(".playground");
  return visited;
}

const status = (page) => page.locator(".playground .status");
const ran = (page) =>
  status(page)
    .filter({ hasText: /runs in/ })
    .waitFor({ timeout: 60_000 });
const run = (page) =>
  page.getByRole("button", { name: "Run", exact: true }).click();
const stages = [
  "Results",
  "Steps",
  "Graph",
  "Passes",
  "Init",
  "Plan",
  "Memory",
  "JIT",
];
const open = (page, stage) =>
  page.getByRole("tab", { name: stage, exact: true }).click();
const panel = (page) => page.locator(".playground .panel");

/** What each stage shows of a program, as far as it is the same for all. */
const shows = {
  Results: /least .*greatest/,
  Steps: /steps took/,
  Graph: /func\.func/,
  Passes: /changed the graph/,
  Init: /./,
  Plan: /arena \d+ bytes/,
  Memory: /The model's memory/,
  JIT: /./,
};

test("every example runs, and shows every stage", async () => {
  const { context, page, problems } = await openPlayground();
  await ran(page);
  const chooser = page.getByLabel("Example");
  const names = (await chooser.locator("option").allTextContents()).slice(1);
  assert.ok(names.length >= 5);
  for (const name of names) {
    await chooser.selectOption(name);
    await ran(page);
    for (const stage of stages) {
      await open(page, stage);
      await panel(page).filter({ hasText: shows[stage] }).waitFor();
      assert.equal(
        await page.locator(".playground .error").isVisible(),
        false,
        `${name}: ${stage}`,
      );
    }
  }
  assert.deepEqual(problems, []);
  await context.close();
});

test("results are drawn: rows as shades, a trajectory as lines", async () => {
  const { context, page } = await openPlayground();
  await ran(page);
  assert.equal(await page.locator("canvas.shades").count(), 1);
  await page.getByLabel("Example").selectOption("Oscillator: a loop in f64");
  await ran(page);
  assert.equal(await page.locator(".plot polyline").count(), 2);
  // Between -2 and 2, as the oscillator of this mu is known to go.
  const [, least, greatest] = /least (\S+), greatest (\S+),/.exec(
    await panel(page).textContent(),
  );
  assert.ok(Number(least) < -2 && Number(greatest) > 2);
  await context.close();
});

test("the bar of steps is as wide as their time, and leads to their rows", async () => {
  const { context, page } = await openPlayground();
  await page.getByLabel("Example").selectOption("Dense layers with GELU");
  await ran(page);
  await open(page, "Steps");
  const parts = page.locator(".flame .part");
  await parts.first().waitFor();
  const count = await parts.count();
  assert.equal(count, await page.locator(".steps tbody tr").count());
  const shares = await parts.evaluateAll((nodes) =>
    nodes.map((node) => Number(node.style.flexGrow)),
  );
  assert.ok(
    Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 0.01,
    `${shares}`,
  );
  await parts.nth(count - 1).click();
  assert.match(
    await page.locator(".steps tr").nth(count).getAttribute("class"),
    /chosen/,
  );
  await context.close();
});

test("the memory picture has a box for each value of the planner", async () => {
  const { context, page } = await openPlayground();
  await page.getByLabel("Example").selectOption("Dense layers with GELU");
  await ran(page);
  await open(page, "Memory");
  await page.locator(".arena").waitFor();
  const listed = (await panel(page).locator(".listing").textContent()).match(
    /^value /gm,
  ).length;
  assert.equal(await page.locator(".arena rect").count(), listed);
  await context.close();
});

const typed = `func.func @main(%x: tensor<2xf32>, %n: tensor<2xi64>) -> (tensor<2xf32>, tensor<2xi64>) {
  %y = stablehlo.multiply %x, %x : tensor<2xf32>
  %m = stablehlo.add %n, %n : tensor<2xi64>
  return %y, %m : tensor<2xf32>, tensor<2xi64>
}
`;

async function type(page, text) {
  await page.getByLabel("Program, in StableHLO text").fill(text);
}

test("a typed program runs on typed inputs", async () => {
  const { context, page, problems } = await openPlayground();
  await ran(page);
  await type(page, typed);
  await run(page);
  await ran(page);
  await page
    .getByLabel("Values of arg0", { exact: true })
    .selectOption("typed");
  await page.getByLabel("Values of arg0, in JSON").fill("[3, -1.5]");
  await page
    .getByLabel("Values of arg1", { exact: true })
    .selectOption("typed");
  await page.getByLabel("Values of arg1, in JSON").fill("[20, 1]");
  await run(page);
  await panel(page).filter({ hasText: "[9, 2.25]" }).waitFor();
  assert.match(await panel(page).textContent(), /\[40, 2\]/);

  await page.getByLabel("Values of arg0, in JSON").fill("[3]");
  await run(page);
  const error = page.locator(".playground .error");
  await error.filter({ hasText: /input arg0: .*f32\[2\]/ }).waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a program is shared by its address, and back", async () => {
  const { context, page } = await openPlayground();
  await ran(page);
  await type(page, typed);
  await page.getByRole("button", { name: "Share" }).click();
  await status(page).filter({ hasText: "address" }).waitFor();
  const address = page.url();
  assert.ok(address.length < 400, address);
  await context.close();

  const other = await openPlayground(new URL(address).hash);
  await status(other.page).filter({ hasText: "run it" }).waitFor();
  assert.equal(
    await other.page.getByLabel("Program, in StableHLO text").inputValue(),
    typed,
  );
  await run(other.page);
  await ran(other.page);
  await other.context.close();
});

test("an address that holds no program says so, however large it pretends to be", async () => {
  const bomb = new Blob([new Uint8Array(64 * 2 ** 20)])
    .stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = Buffer.from(await new Response(bomb).arrayBuffer());
  for (const fragment of [
    "#program=rubbish",
    `#program=${bytes.toString("base64url")}`,
  ]) {
    const { context, page, problems } = await openPlayground(fragment);
    await page
      .locator(".playground .error")
      .filter({ hasText: "no program" })
      .waitFor();
    await run(page);
    await ran(page);
    assert.deepEqual(problems, []);
    await context.close();
  }
});

test("a wrong program shows what is wrong, and where", async () => {
  const { context, page, problems } = await openPlayground();
  await ran(page);
  for (const [program, line, message] of [
    [
      typed.replace("%y = stablehlo.multiply", "%y = stablehlo.multiplied"),
      2,
      /multiplied/,
    ],
    [
      typed.replace("%n, %n : tensor<2xi64>", "%n, %n : tensor<3xi64>"),
      3,
      /tensor<3xi64>/,
    ],
    [typed.replace("return", "return ("), 4, /./],
  ]) {
    await type(page, program);
    await run(page);
    const error = page.locator(".playground .error");
    await error.filter({ hasText: message }).waitFor();
    assert.equal(
      await page.locator(".numbers .marked").textContent(),
      String(line),
    );
    await error.getByRole("button", { name: `Go to line ${line}` }).click();
    const cursor = await page
      .getByLabel("Program, in StableHLO text")
      .evaluate(
        (area) => area.value.slice(0, area.selectionStart).split("\n").length,
      );
    assert.equal(cursor, line);
  }
  await type(page, typed);
  await run(page);
  await ran(page);
  assert.equal(await page.locator(".playground .error").isVisible(), false);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a loop without end is stopped", async () => {
  const { context, page } = await openPlayground();
  await ran(page);
  await type(
    page,
    `func.func @main(%x: tensor<i32>) -> tensor<i32> {
  %r = stablehlo.while(%i = %x) : tensor<i32>
  cond {
    %true = stablehlo.constant dense<true> : tensor<i1>
    stablehlo.return %true : tensor<i1>
  } do {
    %j = stablehlo.add %i, %i : tensor<i32>
    stablehlo.return %j : tensor<i32>
  }
  return %r : tensor<i32>
}`,
  );
  await run(page);
  await status(page).filter({ hasText: "Running" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await status(page).filter({ hasText: "Stopped" }).waitFor();
  await context.close();
});

test("leaving the page ends what runs there, and coming back begins anew", async () => {
  const { context, page, problems } = await openPlayground();
  await ran(page);
  await page.getByLabel("Example").selectOption("Oscillator: a loop in f64");
  await page.getByRole("link", { name: "Start", exact: true }).click();
  await page.getByRole("heading", { name: "In a page" }).waitFor();
  assert.equal(await page.locator(".playground").count(), 0);
  await page.goBack();
  await ran(page);
  assert.equal(await page.getByLabel("Example").inputValue(), "Softmax");
  assert.deepEqual(problems, []);
  await context.close();
});

const models = at("../../models/digits");

test("files are opened: an export with its weights, and a .whlo file", async () => {
  const { context, page, problems } = await openPlayground();
  await ran(page);
  const files = page.locator("input[type=file]");
  await files.setInputFiles([
    `${models}/model.jaxexport`,
    `${models}/weights.safetensors`,
  ]);
  await panel(page).filter({ hasText: "probabilities" }).waitFor();
  await ran(page);
  await open(page, "Init");
  await panel(page).filter({ hasText: "// from" }).waitFor();
  await open(page, "Results");
  await files.setInputFiles(at("../../js/digits.whlo"));
  await page.locator(".files").filter({ hasText: "digits.whlo" }).waitFor();
  await ran(page);
  assert.match(await panel(page).textContent(), /probabilities/);
  // Taken away again, the editor is back.
  await page.getByRole("button", { name: "Remove digits.whlo" }).click();
  await page.getByLabel("Program, in StableHLO text").waitFor();
  assert.deepEqual(problems, []);
  await context.close();
});

test("a file is dropped", async () => {
  const { context, page } = await openPlayground();
  await ran(page);
  const text =
    readFileSync(at("../cases/abs.mlir"), "utf8").slice(0, 0) + typed;
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "typed.mlir"));
    return transfer;
  }, text);
  await page.dispatchEvent(".playground", "drop", { dataTransfer: transfer });
  await panel(page).filter({ hasText: "[2]" }).waitFor();
  assert.equal(
    await page.getByLabel("Program, in StableHLO text").inputValue(),
    typed,
  );
  await context.close();
});

for (const [device, viewport] of Object.entries({ desktop, phone })) {
  for (const colorScheme of ["light", "dark"]) {
    test(`screenshots: ${device}, ${colorScheme}`, async () => {
      const { context, page, problems } = await openPlayground("", {
        viewport,
        colorScheme,
      });
      await ran(page);
      await page.getByLabel("Example").selectOption("Dense layers with GELU");
      await ran(page);
      const shot = (name) =>
        page.screenshot({
          path: path.join(screenshots, `${name}-${device}-${colorScheme}.png`),
          fullPage: true,
        });
      for (const stage of stages) {
        await open(page, stage);
        await panel(page).filter({ hasText: shows[stage] }).waitFor();
        await shot(`playground-${stage.toLowerCase()}`);
        // Nothing is wider than the screen.
        const width = await page.evaluate(
          () => document.documentElement.scrollWidth,
        );
        assert.ok(width <= viewport.width, `${stage}: ${width} pixels`);
      }
      for (const name of [
        "index",
        "start",
        "ops",
        "api/interfaces/LoadOptions",
      ]) {
        await page.goto(`${site.address}${base.slice(1)}${name}.html`);
        await page.waitForLoadState("networkidle");
        await page.screenshot({
          path: path.join(
            screenshots,
            `${path.basename(name)}-${device}-${colorScheme}.png`,
          ),
        });
        const width = await page.evaluate(
          () => document.documentElement.scrollWidth,
        );
        assert.ok(width <= viewport.width, `${name}: ${width} pixels`);
      }
      assert.deepEqual(problems, []);
      await context.close();
    });
  }
}

test("no page is wider than a phone's screen", async () => {
  const { context, page } = await visit(browser, site.address + base.slice(1), {
    viewport: phone,
  });
  const wide = [];
  for (const name of globSync("**/*.html", { cwd: made })) {
    await page.goto(`${site.address}${base.slice(1)}${name}`);
    const width = await page.evaluate(
      () => document.documentElement.scrollWidth,
    );
    if (width > phone.width) wide.push(`${name}: ${width} pixels`);
  }
  assert.deepEqual(wide, []);
  await context.close();
});

/** Of a picture in the README. */
const maxBytes = 150_000;

for (const colorScheme of ["light", "dark"]) {
  test(`docs/images/playground-${colorScheme}.webp shows the playground`, async () => {
    const { context, page } = await openPlayground("", {
      viewport: { width: 1280, height: 800 },
      colorScheme,
    });
    await page.getByLabel("Example").selectOption("Oscillator: a loop in f64");
    await ran(page);
    const png = await page.screenshot();
    const image = await page.evaluate(async (base64) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${base64}`;
      await picture.decode();
      const { width, height } = picture;
      const canvas = Object.assign(document.createElement("canvas"), {
        width,
        height,
      });
      canvas.getContext("2d").drawImage(picture, 0, 0);
      return canvas.toDataURL("image/webp", 0.9).split(",")[1];
    }, png.toString("base64"));
    const bytes = Buffer.from(image, "base64");
    assert.ok(bytes.length < maxBytes, `${bytes.length} bytes`);
    const file = `${docs}images/playground-${colorScheme}.webp`;
    if (process.env.WEBHLO_REWRITE === "1") writeFileSync(file, bytes);
    const stored = readFileSync(file);
    assert.ok(stored.length < maxBytes, `${stored.length} bytes`);
    assert.equal(stored.toString("latin1", 8, 12), "WEBP");
    await context.close();
  });
}
