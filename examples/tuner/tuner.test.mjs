// SPDX-License-Identifier: Apache-2.0
// The tuner in headless Chromium: the model hears what PyTorch's does, and the page hears its own scale, files of sound,
// and a microphone, which is a file here.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { load } from "../../js/dist/index.js";
import { launch, serveExample, visit } from "../../tests/browser/pages.mjs";
import { mountsOf } from "../serve.mjs";

const expected = JSON.parse(
  readFileSync(new URL("../../models/tuner/expected.json", import.meta.url)),
);

/** Eight overtones, as in models/tuner/make.py. */
const tone = (frequency, rate, length) =>
  Float32Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let k = 1; k <= 8 && 2 * k * frequency < 16000; k++) {
      sum += Math.sin((2 * Math.PI * k * frequency * i) / rate) / k;
    }
    return sum;
  });

/** A file of two seconds, 16 bits a sample. */
function wav(frequency, rate = 44100) {
  const samples = tone(frequency, rate, 2 * rate);
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((value, i) =>
    bytes.writeInt16LE(Math.round(8000 * value), 44 + 2 * i),
  );
  return bytes;
}

let browser, site, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-"));
  writeFileSync(path.join(folder, "a4.wav"), wav(440, 48000));
  [browser, site] = await Promise.all([
    launch([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${path.join(folder, "a4.wav")}`,
    ]),
    serveExample("tuner"),
  ]);
});
after(async () => {
  await browser?.close();
  site?.close();
  if (folder) rmSync(folder, { recursive: true });
});

test("the model hears tones as PyTorch's does", async () => {
  const model = await load(mountsOf("tuner")["/tuner.whlo"]);
  const { sampleRate } = model.metadata;
  for (const wanted of expected) {
    const samples = tone(wanted.tone, sampleRate, 1024);
    const { frequency, confidence } = await model.run({ samples });
    const near = (value, to, bound) =>
      assert.ok(Math.abs(value - to) < bound, `${value}, ${to}`);
    near(frequency[0], wanted.frequency, 1e-4 * wanted.frequency);
    near(confidence[0], wanted.confidence, 1e-4);
    near(frequency[0], wanted.tone, 0.01 * wanted.tone);
  }
  model.dispose();
});

const ready = (page) =>
  page.waitForSelector("body[data-state=ready]", { timeout: 20_000 });

const hears = (page, note) =>
  page.waitForFunction(
    (note) => document.querySelector("#note").textContent === note,
    note,
    { timeout: 20_000 },
  );

test("a microphone is heard until it is stopped", async () => {
  const { context, page, problems } = await visit(browser, site.address, {
    viewport: { width: 390, height: 664 },
    colorScheme: "dark",
  });
  try {
    await ready(page);
    await page.locator("#microphone").click();
    await hears(page, "A4");
    await page.waitForSelector("#dial[data-tune=right]");
    assert.match(
      await page.locator("#frequency").textContent(),
      /^4[34]\d\.\d Hz$/,
    );
    assert.match(
      await page.locator("#status").textContent(),
      /in a worker · \d+\.\d ms to hear 64 ms of sound$/,
    );
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth),
      390,
    );
    const { y, height } = await page.locator("#stop").boundingBox();
    assert.ok(y + height <= 664, `${y} + ${height}`);
    await page.locator("#stop").click();
    await ready(page);
    assert.ok(await page.locator("#stop").isDisabled());
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("files are heard to their end, and those that are no sound are told", async () => {
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await ready(page);
    const choose = (name, buffer) =>
      page.locator("#file").setInputFiles({
        name,
        mimeType: "audio/wav",
        buffer,
      });
    await choose("g3.wav", wav(196));
    await hears(page, "G3");
    await ready(page);
    await choose("notes.wav", Buffer.from("no sound"));
    await page.waitForFunction(
      () =>
        document.querySelector("#status").textContent ===
        "notes.wav is no sound that this browser reads",
    );
    await choose("e5.wav", wav(659.26));
    await hears(page, "E5");
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});

test("the scale that the page plays is heard, note by note", async () => {
  const { context, page, problems } = await visit(browser, site.address);
  try {
    await ready(page);
    await page.locator("#scale").click();
    for (const note of ["C4", "E4", "G4", "C5", "A4", "F4"]) {
      await hears(page, note);
    }
    await ready(page);
    const colours = await page.evaluate(() => {
      const { width, height } = document.querySelector("#roll");
      const { data } = document
        .querySelector("#roll")
        .getContext("2d")
        .getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(colours > 3, `${colours} colours`);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
});
