// SPDX-License-Identifier: Apache-2.0
// The search example in headless Chromium, where `./dev example search` has made its model: tokens and embeddings are
// those of sentence-transformers, what is meant is found, and a second visit needs neither network nor indexing.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { launch, serveExample, visit } from "../../tests/browser/pages.mjs";
import { mountsOf } from "../serve.mjs";
import { split } from "./collection.js";

const { "/model/": folder, "/tokenizers.js": tokenizers } = mountsOf("search");
const skip = [folder, tokenizers].every(existsSync)
  ? false
  : "./dev example search makes its model";
const timeout = 300_000;

let browser, site;
before(async () => {
  if (skip) return;
  [browser, site] = await Promise.all([
    // An address that is no secure one, where localhost is.
    launch(["--host-resolver-rules=MAP plain.test 127.0.0.1"]),
    serveExample("search"),
  ]);
});
after(async () => {
  await browser?.close();
  site?.close();
});

const notes = `
The plumber comes on Tuesday at nine and needs the key to the cellar.
Grandmother's recipe: slowly melt the butter, then add flour and milk.
The train to Vienna leaves from platform seven.
Our cat was vaccinated in March.
`;

const ready = (page) =>
  page.waitForSelector("body[data-state=ready]", { timeout });
/** Waits until all of the collection that is searched is indexed. */
const indexed = async (page) => {
  await page.waitForSelector("#results li", { timeout });
  await page.waitForSelector("#indexing", { state: "hidden", timeout });
};
const choose = (page, value) =>
  page.locator(`input[value=${value}]`).check({ force: true });
/** Waits until the first result is one of these, by its title or its text. */
const finds = (page, ...wanted) =>
  page.waitForFunction(
    (wanted) => {
      const spans = document.querySelectorAll(
        "#results li:first-child :is(.title, .text)",
      );
      return [...spans].some((span) => wanted.includes(span.textContent));
    },
    wanted,
    { timeout },
  );
const status = (page, wanted) =>
  page.waitForFunction(
    (wanted) => document.querySelector("#status").textContent === wanted,
    wanted,
  );
const width = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth);

/** A page with these notes as its own text. */
async function withNotes(options, address = site.address) {
  const visited = await visit(browser, address, options);
  const { page } = visited;
  await ready(page);
  await choose(page, "own");
  await page.locator("#text").fill(notes);
  await page.locator("#take").click();
  await page.waitForFunction(() =>
    /^Your own text \(4\)/.test(document.querySelector("#source").textContent),
  );
  return visited;
}

test("a text falls into lines, or into sentences where it has paragraphs", () => {
  assert.deepEqual(split("one, two\r\nthree\n---\n  four  five"), [
    "one, two",
    "three",
    "four five",
  ]);
  const prose = `A heading

This sentence is longer than a line of its text may
be. Another one. And

- milk
- eggs`;
  assert.deepEqual(split(prose), [
    "A heading",
    "This sentence is longer than a line of its text may be.",
    "Another one.",
    "And",
    "- milk",
    "- eggs",
  ]);
  const line = `${"word ".repeat(70)}ends here. The next begins.`;
  assert.deepEqual(split(line).slice(1), ["The next begins."]);
  assert.deepEqual(split(" \n ... \n"), []);
});

test(
  "tokens and embeddings are those of sentence-transformers",
  { skip },
  async () => {
    const { context, page, problems } = await visit(browser, site.address);
    const expected = JSON.parse(
      readFileSync(path.join(folder, "expected.json")),
    );
    try {
      await page.waitForSelector("body[data-state=ready]", { timeout });
      const [ids, together, alone] = await page.evaluate(async (texts) => {
        const { Encoder } = await import("/encoder.js");
        const encoder = await Encoder.load("model");
        const rows = (made) =>
          texts.map((_, i) =>
            Array.from(
              made.subarray(i * encoder.width).slice(0, encoder.width),
            ),
          );
        const alone = [];
        for (const text of texts) alone.push(...(await encoder.encode([text])));
        const answers = [
          texts.map((text) => encoder.tokens(text)),
          rows(await encoder.encode(texts)),
          rows(Float32Array.from(alone)),
        ];
        encoder.model.dispose();
        return answers;
      }, expected.texts);
      assert.deepEqual(ids, expected.ids);
      assert.equal(Math.max(...ids.map((row) => row.length)), 256);
      const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
      expected.embeddings.forEach((wanted, i) => {
        assert.equal(together[i].length, 384);
        // The weights are bytes, which turns an embedding by less than four degrees.
        const cosine = dot(together[i], wanted);
        assert.ok(cosine > 0.998, `${expected.texts[i]}: ${cosine}`);
        assert.ok(Math.abs(dot(together[i], together[i]) - 1) < 1e-5);
        // What else is in a batch, and how long, is of no account.
        const same = dot(together[i], alone[i]);
        assert.ok(same > 1 - 1e-5, `${expected.texts[i]}: ${same}`);
      });
      assert.deepEqual(problems, []);
    } finally {
      await context.close();
    }
  },
);

test(
  "what is meant is found; the next visit indexes nothing, and needs no network",
  { skip },
  async () => {
    const site = await serveExample("search");
    const { context, page, problems } = await visit(browser, site.address);
    try {
      await ready(page);
      // It begins by itself, and answers while it still reads.
      await page.waitForSelector("#results li", { timeout });
      await page.locator("#stop").click();
      await page.getByRole("button", { name: "Go on" }).waitFor();
      const { indexed: some, texts } = await page.evaluate(() => {
        const [indexed, texts] = document
          .querySelector("#read")
          .textContent.match(/\d+/g)
          .map(Number);
        return { indexed, texts };
      });
      assert.ok(some > 0 && some < texts, `${some} of ${texts}`);
      await page.waitForTimeout(300);
      assert.match(
        await page.locator("#read").textContent(),
        new RegExp(`^${some} of`),
      );

      // Where it was stopped, the next visit goes on.
      await page.addInitScript(() => {
        addEventListener("DOMContentLoaded", () => {
          const read = document.querySelector("#read");
          const first = () => (window.firstRead ??= read.textContent);
          new MutationObserver(first).observe(read, { childList: true });
        });
      });
      await page.reload();
      await ready(page);
      await indexed(page);
      const first = await page.evaluate(() => window.firstRead);
      assert.equal(first, `${some} of ${texts} read`);
      await finds(page, "statistics.median");
      await page.getByRole("button", { name: "is this year a leap" }).click();
      await finds(page, "calendar.isleap");
      await page.locator("#query").fill("");
      await page.locator("#found").waitFor({ state: "hidden" });
      await page.locator("#query").pressSequentially("open a browser window");
      await finds(page, "webbrowser.open_new", "webbrowser.open_new_tab");
      assert.equal(await page.locator("#results li").count(), 8);
      const scores = await page.locator("#results .score").allTextContents();
      assert.deepEqual(scores, scores.toSorted().reverse());
      await page.waitForSelector("body[data-offline=ready]", { timeout });
      assert.match(
        await page.locator("#status").textContent(),
        /^WebAssembly \(\S+\) in a worker, .*threads? · \d+ ms a query · works offline$/,
      );
      assert.deepEqual(problems, []);

      site.close();
      await context.setOffline(true);
      await page.reload();
      await ready(page);
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      await finds(page, "statistics.median");
      assert.ok(await page.locator("#indexing").isHidden());
      // What was not looked at is there as well.
      await choose(page, "proverbs");
      await page.waitForFunction(() =>
        /King James/.test(document.querySelector("#source").textContent),
      );
      await page.waitForSelector("#results li", { timeout });
    } finally {
      await context.close();
      site.close();
    }
  },
);

test("one's own text is searched, kept, and forgotten", { skip }, async () => {
  const { context, page, problems } = await withNotes();
  const query = page.locator("#query");
  const [plumber, recipe] = notes.trim().split("\n");
  try {
    await query.fill("someone repairs the pipes");
    await finds(page, plumber);
    await query.fill("how do I cook the sauce");
    await finds(page, recipe);

    await page.reload();
    await ready(page);
    await choose(page, "own");
    await query.fill("repair of the tap");
    await finds(page, plumber);
    assert.equal(await page.locator("#results li").count(), 4);

    const file = (name, text) =>
      page.locator("#file").setInputFiles({
        name,
        mimeType: "text/plain",
        buffer: Buffer.from(text),
      });
    await file("noise.txt", "a\0b");
    await status(page, "noise.txt is no text");
    await file("empty.txt", "");
    await status(page, "There is nothing to read in this");
    await finds(page, plumber);
    await file(
      "two.txt",
      "Taps drip.\n\nApples are ripe in autumn. Snow falls.",
    );
    await query.fill("fruit");
    await finds(page, "Apples are ripe in autumn.");

    await choose(page, "python");
    const dataTransfer = await page.evaluateHandle(() => {
      const dropped = new DataTransfer();
      const lines = "Birds sing at dawn.\nStones are silent.";
      dropped.items.add(new File([lines], "b.txt"));
      return dropped;
    });
    await page.dispatchEvent("body", "drop", { dataTransfer });
    await query.fill("music in the morning");
    await finds(page, "Birds sing at dawn.");

    await page.locator("#forget").click();
    await page.locator("#found").waitFor({ state: "hidden" });
    await page.reload();
    await ready(page);
    await choose(page, "own");
    await page.locator("#text").waitFor();
    assert.ok(await page.locator("#forget").isHidden());
    assert.ok(await page.locator("#found").isHidden());
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("on a phone, the first results are in sight", { skip }, async () => {
  const { context, page, problems } = await withNotes({
    viewport: { width: 390, height: 664 },
    colorScheme: "dark",
  });
  try {
    await page.locator("#query").fill("railway");
    await finds(page, "The train to Vienna leaves from platform seven.");
    assert.equal(await width(page), 390);
    await choose(page, "proverbs");
    await page.waitForSelector("#results .title", { timeout });
    const { y, height } = await page
      .locator("#results li:first-child")
      .boundingBox();
    assert.ok(y + height <= 664, `${y} + ${height}`);
    assert.equal(await width(page), 390);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test(
  "a page that came by plain http searches, and keeps nothing",
  { skip },
  async () => {
    const address = site.address.replace("127.0.0.1", "plain.test");
    const { context, page, problems } = await withNotes({}, address);
    try {
      assert.equal(await page.evaluate(() => isSecureContext), false);
      await page.locator("#query").fill("railway");
      await finds(page, "The train to Vienna leaves from platform seven.");
      await page.reload();
      await ready(page);
      await choose(page, "own");
      await page.locator("#text").waitFor();
      assert.ok(await page.locator("#forget").isHidden());
      // Chromium complains of headers that only secure pages may have, and the package that it keeps no model.
      const known = /Opener-Policy|WebHLO does not keep/;
      assert.deepEqual(
        problems.filter((text) => !known.test(text)),
        [],
      );
    } finally {
      await context.close();
    }
  },
);
