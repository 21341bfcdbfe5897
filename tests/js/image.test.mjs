// SPDX-License-Identifier: Apache-2.0
// fromImage and toImageData on pixels as Node has them. What a page shows is in tests/browser/api.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromImage, Tensor, toImageData } from "../../js/dist/index.js";
import { refused } from "./programs.mjs";

// Seven columns and five rows; red, green and blue are what PyTorch's numbers below were computed of.
const picture = {
  width: 7,
  height: 5,
  data: Uint8Array.from({ length: 35 * 4 }, (_, i) =>
    i % 4 < 3 ? ((Math.floor(i / 4) * 3 + (i % 4)) * 7) % 256 : 255,
  ),
};
const raw = { scale: 1 };

function close(tensor, wanted, tolerance = 1e-3) {
  const got = tensor.data();
  assert.equal(got.length, wanted.length);
  wanted.forEach((value, i) => {
    assert.ok(
      Math.abs(got[i] - value) <= tolerance,
      `at ${i}: ${got[i]}, not ${value}`,
    );
  });
}

test("an image of the same size is taken as it is, in either layout", () => {
  const nhwc = fromImage(picture, { shape: [1, 5, 7, 3], ...raw });
  const rgb = picture.data.filter((_, i) => i % 4 < 3);
  close(nhwc, [...rgb], 0);
  const nchw = fromImage(picture, { shape: [1, 3, 5, 7], ...raw });
  close(
    nchw,
    [0, 1, 2].flatMap((c) => [...rgb].filter((_, i) => i % 3 === c)),
    0,
  );
  close(fromImage(picture, { shape: [5, 7, 4], ...raw }), [...picture.data], 0);
  assert.deepEqual([...nchw.shape], [1, 3, 5, 7]);
});

test("sizes that are free are the image's", () => {
  const shape = [null, null, null, 3];
  assert.deepEqual([...fromImage(picture, { shape }).shape], [1, 5, 7, 3]);
  const crop = [1, 1, 4, 2];
  assert.deepEqual(
    [...fromImage(picture, { shape, crop }).shape],
    [1, 2, 4, 3],
  );
});

// torch.nn.functional.interpolate(red, size, mode='bilinear', antialias=True), version 2.9.
test("other sizes are what PyTorch's antialiased interpolation makes", () => {
  const red = (rows, columns) =>
    fromImage(picture, {
      shape: [1, 3, rows, columns],
      layout: "nchw",
      ...raw,
    }).slice([0, 0], [1, 1]);
  close(red(2, 3), [95.182, 136.759, 136.143, 133.182, 147.38, 114.299]);
  close(
    red(3, 12),
    [
      [
        63, 70.875, 83.125, 95.375, 107.625, 119.875, 132.125, 144.375, 156.625,
        164.304, 112.554,
      ],
      [
        79.286, 94.889, 102.764, 115.014, 127.264, 139.514, 151.764, 147.421,
        126.486, 131.625,
      ],
      [
        141.505, 120.569, 107.111, 122.714, 130.589, 142.839, 155.089, 167.339,
        179.589, 159.839,
      ],
      [108.089, 106.625, 118.875, 131.125, 139],
    ].flat(),
  );
});

test("cover takes the middle, contain shows all on a background, crop a part", () => {
  const stripes = {
    width: 4,
    height: 2,
    data: Uint8Array.from(
      { length: 32 },
      (_, i) => [10, 20, 30, 40][(i >> 2) % 4],
    ),
  };
  const shape = [1, 2, 2, 1];
  const grey = (options) => fromImage(stripes, { shape, ...raw, ...options });
  close(grey({ fit: "cover" }), [20, 30, 20, 30]);
  close(grey({ crop: [2, 0, 2, 2] }), [30, 40, 30, 40]);
  const wide = fromImage(stripes, {
    shape: [4, 4, 1],
    layout: "nhwc",
    fit: "contain",
    background: [255, 255, 255],
    ...raw,
  });
  close(
    wide,
    [255, 255, 255, 255, 10, 20, 30, 40, 10, 20, 30, 40, 255, 255, 255, 255],
  );
});

test("channels are scaled, centred and weighed", () => {
  const red = {
    width: 1,
    height: 1,
    data: Uint8ClampedArray.of(255, 0, 0, 51),
  };
  const shape = [1, 1, 1, 3];
  const layout = "nhwc";
  close(fromImage(red, { layout, shape }), [1, 0, 0]);
  close(
    fromImage(red, {
      layout,
      shape,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    }),
    [2.2489, -2.0357, -1.8044],
  );
  close(
    fromImage(red, { layout, shape, scale: 2 / 255, mean: 1 }),
    [1, -1, -1],
  );
  close(fromImage(red, { layout, shape: [1, 1, 1, 1] }), [0.299]);
  close(fromImage(red, { shape: [1, 1] }), [0.299]);
  close(fromImage(red, { layout, shape: [1, 1, 1, 4] }), [1, 0, 0, 0.2]);
  const bytes = fromImage(red, { layout, shape, dtype: "u8", scale: 1 });
  assert.deepEqual(bytes.data(), Uint8Array.of(255, 0, 0));
  const halves = fromImage(red, { layout, shape, dtype: "bf16" });
  assert.deepEqual(halves.toArray(), [[[[1, 0, 0]]]]);
});

test("toImageData undoes what fromImage did", () => {
  for (const options of [
    {},
    { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    { scale: 1 / 127.5, mean: 1 },
  ]) {
    for (const shape of [
      [1, 3, 5, 7],
      [5, 7, 3],
    ]) {
      const again = toImageData(
        fromImage(picture, { shape, ...options }),
        options,
      );
      assert.deepEqual([again.width, again.height], [7, 5]);
      assert.deepEqual([...again.data], [...picture.data]);
    }
  }
  const mask = new Tensor([
    [0, 0.5],
    [1, 2],
  ]);
  assert.deepEqual(
    [...toImageData(mask).data].filter((_, i) => i % 4 !== 3),
    [0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255],
  );
});

test("what is no image, no shape, no part of it is told", () => {
  const shape = [1, 3, 5, 7];
  for (const [image, options, message] of [
    [null, { shape }, /expected an image.* got null/],
    [new Uint8Array(140), { shape }, /expected an image.* got a Uint8Array/],
    [{ ...picture, width: 8 }, { shape }, /of length 140 is no RGBA of 8 x 5/],
    [picture, {}, /shape is undefined, as model.inputs has it/],
    [
      picture,
      { shape: [2, 3, 5, 7] },
      /shape \[2, 3, 5, 7\] is none of one image/,
    ],
    [picture, { shape: [1, 5, 7], layout: "nhwc" }, /in layout nhwc/],
    [picture, { shape: [3, 5, 3] }, /layout can say where they are/],
    [
      picture,
      { shape, layout: "hwc" },
      /layout is "hwc", expected nchw or nhwc/,
    ],
    [
      picture,
      { shape, crop: [0, 0, 8, 5] },
      /crop \[0, 0, 8, 5\] is no part of 7 x 5/,
    ],
    [picture, { shape, crop: 5 }, /crop 5/],
    [
      picture,
      { shape, background: "red" },
      /background is "red", expected channels/,
    ],
    [
      picture,
      { shape, fit: "crop" },
      /fit is "crop", expected fill, cover or contain/,
    ],
    [
      picture,
      { shape, mean: [1, 2] },
      /mean is an Array, expected one or 3 numbers/,
    ],
    [picture, { shape, std: 0 }, /std is 0/],
    [picture, { shape, scale: 0 }, /scale is 0/],
    [picture, { shape, dtype: "c64" }, /dtype is "c64"/],
    [picture, { shape, size: 5 }, /no option "size"/],
  ]) {
    assert.throws(
      () => fromImage(image, options),
      refused("invalid_argument", message),
    );
  }
  assert.throws(
    () => toImageData([1]),
    refused("invalid_argument", /expected a Tensor/),
  );
});
