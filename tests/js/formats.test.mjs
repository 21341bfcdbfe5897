// SPDX-License-Identifier: Apache-2.0
// Formats that JavaScript reads itself: dtypes, safetensors, .npy and .npz.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { Tensor, WebHLOError } from "../../js/dist/index.js";
import {
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
} from "../../js/dist/cli/npy.js";
import { decodeSafetensors } from "../../js/dist/cli/tensor_files.js";
import {
  encodeHeader,
  headerLength,
  parseHeader,
} from "../../js/dist/safetensors.js";
import { refused } from "./programs.mjs";

test("a tensor takes its dtype and shape from what it is given", () => {
  const typed = new Tensor(new Int32Array(6), { shape: [2, 3] });
  assert.equal(typed.dtype, "i32");
  assert.deepEqual(typed.shape, [2, 3]);
  const nested = new Tensor([
    [1, 2],
    [3, 4],
  ]);
  assert.equal(nested.dtype, "f32");
  assert.deepEqual(nested.shape, [2, 2]);
  assert.deepEqual(nested.data(), Float32Array.of(1, 2, 3, 4));
  const wide = new Tensor([1, 2n, Number.MAX_SAFE_INTEGER], { dtype: "i64" });
  assert.deepEqual(
    wide.data(),
    BigInt64Array.of(1n, 2n, BigInt(Number.MAX_SAFE_INTEGER)),
  );
  assert.deepEqual(
    new Tensor([true, false], { dtype: "i1" }).data(),
    Uint8Array.of(1, 0),
  );
  assert.deepEqual(new Tensor([[1, 2]], { dtype: "c64" }).shape, [1]);
  assert.deepEqual(new Tensor(7).shape, []);
});

test("a tensor refuses what does not fit its type", () => {
  const cases = [
    [
      () => new Tensor(new Float32Array(5), { shape: [2, 3] }),
      /f32\[2,3\].*length 6.*length 5/,
    ],
    [
      () => new Tensor(new Float32Array(4), { dtype: "i32" }),
      /Int32Array.*Float32Array/,
    ],
    [() => new Tensor([1.5], { dtype: "i8" }), /element 0 is 1.5.*i8/],
    [() => new Tensor([0, 300], { dtype: "u8" }), /element 1 is 300.*0 to 255/],
    [() => new Tensor([2 ** 53], { dtype: "i64" }), /element 0/],
    [() => new Tensor([[1, 2], [3]]), /dimension 1/],
    [() => new Tensor([[1, 2], 3]), /stands where an array should/],
    [() => new Tensor([1], { dtype: "f8E5M2" }), /Uint8Array of the bits/],
    [() => new Tensor(["1"]), /expected a number/],
    [() => new Tensor([1], { dtype: "f31" }), /not known/],
  ];
  for (const [make, message] of cases)
    assert.throws(make, refused("invalid_argument", message));
});

test("a disposed tensor says so", () => {
  const tensor = new Tensor([1]);
  tensor.dispose();
  tensor.dispose();
  assert.throws(() => tensor.data(), refused("invalid_argument", /disposed/));
});

test("every dtype reads as f32", () => {
  const read = (dtype, bits) => [...new Tensor(bits, { dtype }).toFloat32()];
  assert.deepEqual(read("bf16", Uint16Array.of(0x3f80, 0xc000, 0x7f80, 1)), [
    1,
    -2,
    Infinity,
    2 ** -133,
  ]);
  assert.deepEqual(read("f16", Uint16Array.of(0x3c00, 0xc000, 0x7c00, 1)), [
    1,
    -2,
    Infinity,
    2 ** -24,
  ]);
  assert.deepEqual(read("f8E4M3FN", Uint8Array.of(0x38, 0x7e, 0x7f, 0x81)), [
    1,
    448,
    NaN,
    -(2 ** -9),
  ]);
  assert.deepEqual(read("f8E5M2", Uint8Array.of(0x3c, 0x7b, 0x7c, 0x7d)), [
    1,
    57344,
    Infinity,
    NaN,
  ]);
  assert.deepEqual(read("f8E4M3FNUZ", Uint8Array.of(0x40, 0x7f, 0x80)), [
    1,
    240,
    NaN,
  ]);
  assert.deepEqual(read("f8E4M3B11FNUZ", Uint8Array.of(0x58, 0x7f, 0x80)), [
    1,
    30,
    NaN,
  ]);
  assert.deepEqual(read("f8E5M2FNUZ", Uint8Array.of(0x40, 0x7f)), [1, 57344]);
  assert.deepEqual(read("f8E4M3", Uint8Array.of(0x38, 0x77, 0x78)), [
    1,
    240,
    Infinity,
  ]);
  assert.deepEqual(read("f8E3M4", Uint8Array.of(0x30, 0x6f, 0x70)), [
    1,
    15.5,
    Infinity,
  ]);
  assert.deepEqual(read("f8E8M0FNU", Uint8Array.of(127, 128, 255)), [
    1,
    2,
    NaN,
  ]);
  assert.deepEqual(
    read("f6E2M3FN", Uint8Array.of(0x08, 0x1f, 0x3f)),
    [1, 7.5, -7.5],
  );
  assert.deepEqual(read("f6E3M2FN", Uint8Array.of(0x0c, 0x1f)), [1, 28]);
  assert.deepEqual(
    read("f4E2M1FN", Uint8Array.of(0, 1, 2, 7, 15)),
    [0, 0.5, 1, 6, -6],
  );
  assert.deepEqual(read("i64", BigInt64Array.of(-3n)), [-3]);
  assert.deepEqual(read("c64", Float32Array.of(1, 2)), [1, 2]);
});

test("numbers round to the nearest half, ties to even", () => {
  const bf16 = [
    ...new Tensor(
      [1, -2, 3.4e38, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1e-40, NaN, -0],
      { dtype: "bf16" },
    ).data(),
  ];
  assert.deepEqual(
    bf16,
    [0x3f80, 0xc000, 0x7f80, 0x3f80, 0x3f82, 0x0001, 0x7fc0, 0x8000],
  );
  const half = new Tensor([1, 65504, 65520, 2 ** -24, 2 ** -25, 1 / 3], {
    dtype: "f16",
  });
  assert.deepEqual(
    [...half.toFloat32()],
    [1, 65504, Infinity, 2 ** -24, 0, 0.333251953125],
  );
});

const encode = (header, data = new Uint8Array(0)) => {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
};
const parse = (file) => {
  const length = headerLength(file, "w", file.length);
  return parseHeader(file.subarray(8, 8 + length), "w", file.length);
};
const f32 = (shape, data_offsets) => ({ dtype: "F32", shape, data_offsets });

test("safetensors headers come back in file order", () => {
  const header = {
    b: f32([2], [4, 12]),
    a: f32([], [0, 4]),
    __metadata__: { format: "pt" },
    e: f32([0, 4], [4, 4]),
  };
  const file = encode(header, new Uint8Array(12));
  const start = file.length - 12;
  assert.deepEqual(
    parse(file).map(({ name, offset, size }) => [name, offset - start, size]),
    [
      ["a", 0, 4],
      ["e", 4, 0],
      ["b", 4, 8],
    ],
  );
  const own = encodeHeader([{ name: "x", dtype: "bf16", shape: [3], size: 6 }]);
  assert.equal(own.length % 8, 0);
  assert.deepEqual(parseHeader(own.subarray(8), "w"), [
    { name: "x", dtype: "bf16", shape: [3], offset: own.length, size: 6 },
  ]);
});

test("a safetensors header that does not hold is refused, with the tensor named", () => {
  const data = new Uint8Array(16);
  const cases = [
    [{ a: f32([4], [0, 12]) }, /"a".*16 bytes.*12/],
    [{ a: f32([4], [4, 20]) }, /"a" ends/],
    [{ a: f32([2], [0, 8]), b: f32([2], [4, 12]) }, /"b" overlaps/],
    [{ a: f32([-1], [0, 4]) }, /"a": shape/],
    [{ a: f32([1.5], [0, 6]) }, /"a": shape/],
    [{ a: f32([2 ** 40, 2 ** 40], [0, 16]) }, /"a"/],
    [{ a: f32([1], [0]) }, /"a": data_offsets/],
    [{ a: f32([1], [8, 4]) }, /"a"/],
    [{ a: null }, /"a" *:? *is no JSON object/],
    [[], /no JSON object/],
    ['{"a":', /header/],
    ['{"a":\xff}', /header/],
  ];
  for (const [header, message] of cases) {
    assert.throws(
      () => parse(encode(header, data)),
      refused("invalid_model", message),
      JSON.stringify(header),
    );
  }
  assert.throws(
    () => parse(encode({ a: { ...f32([1], [0, 4]), dtype: "F33" } }, data)),
    refused("unsupported", /"F33"/),
  );
  const huge = encode({});
  huge.fill(255, 0, 8);
  assert.throws(
    () => parse(huge),
    refused("invalid_model", /not a safetensors file/),
  );
});

test("keys of safetensors may name a dtype that the format lacks", () => {
  const header = {
    "in.z:c64": f32([3, 2], [0, 24]),
    "q:f8e4m3fn": { dtype: "U8", shape: [2], data_offsets: [24, 26] },
  };
  const values = decodeSafetensors(encode(header, new Uint8Array(26)), "w");
  assert.equal(values.get("in.z").dtype, "c64");
  assert.deepEqual(values.get("in.z").shape, [3]);
  assert.equal(values.get("q").dtype, "f8E4M3FN");
});

test(".npy and .npz come back as they were written", () => {
  const tensors = new Map([
    ["x", new Tensor([[1, 2, 3]])],
    ["n", new Tensor([1n, -1n], { dtype: "i64" })],
    ["b", new Tensor([true], { dtype: "i1" })],
    ["s", new Tensor(7, { dtype: "f64" })],
  ]);
  for (const tensor of tensors.values()) {
    const back = decodeNpy(encodeNpy(tensor), "x");
    assert.deepEqual(
      [back.dtype, back.shape, back.data()],
      [tensor.dtype, tensor.shape, tensor.data()],
    );
  }
  const archive = Buffer.concat(encodeNpz(tensors));
  const back = decodeNpz(archive, "a.npz");
  assert.deepEqual([...back.keys()], [...tensors.keys()]);
  assert.deepEqual(back.get("x").data(), tensors.get("x").data());
});

// An archive of one deflated entry; `size` is what its directory claims.
function deflated(content, size) {
  const packed = deflateRawSync(content);
  const local = Buffer.alloc(31);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(1, 26);
  local.write("x", 30);
  const central = Buffer.alloc(47);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(1, 28);
  central.write("x", 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(31 + packed.length, 16);
  return Buffer.concat([local, packed, central, end]);
}

test("a deflated archive inflates to what its directory says, and no further", () => {
  const content = encodeNpy(new Tensor(new Float32Array(1000)));
  assert.deepEqual(
    decodeNpz(deflated(content, content.length), "a").get("x").shape,
    [1000],
  );
  const bomb = deflated(Buffer.alloc(1e7), 100);
  assert.throws(() => decodeNpz(bomb, "a"), refused("invalid_model", /a: x/));
});

test("an archive's arrays are bounded by what is wanted of each", () => {
  const content = encodeNpy(new Tensor(new Float32Array(1e6)));
  const archive = deflated(content, content.length);
  assert.deepEqual(
    decodeNpz(archive, "a", (key) => (key === "x" ? 4e6 : undefined)).get("x")
      .shape,
    [1e6],
  );
  assert.throws(
    () => decodeNpz(archive, "a", () => 16),
    refused("invalid_argument", /a: x has 4000128 bytes, more than the model/),
  );
  // What nobody wants is not even looked at, however large it says it is.
  const bomb = deflated(Buffer.from("no array"), 2 ** 32 - 1);
  assert.deepEqual([...decodeNpz(bomb, "a", () => undefined)], [["x", 0]]);
  const twice = Buffer.concat(
    encodeNpz(
      new Map([
        ["x", new Tensor([1])],
        ["y", new Tensor([2])],
      ]),
    ),
  );
  for (let at; (at = twice.indexOf("y.npy")) >= 0;) twice.write("x", at);
  assert.throws(
    () => decodeNpz(twice, "a"),
    refused("invalid_model", /x.npy is there twice/),
  );
});

test("whatever the bytes, .npy, .npz and safetensors are read or refused", () => {
  const tensors = new Map([
    ["x", new Tensor([[1, 2, 3]])],
    ["y", new Tensor([4], { dtype: "i32" })],
  ]);
  const header = { x: f32([3], [0, 12]), y: f32([], [12, 16]) };
  const formats = [
    [
      Buffer.concat(encodeNpz(tensors)),
      (bytes) => decodeNpz(bytes, "a", () => 1e6),
    ],
    [
      encodeNpy(new Tensor(new Float32Array(9))),
      (bytes) => decodeNpy(bytes, "a"),
    ],
    [
      encode(header, new Uint8Array(16)),
      (bytes) => decodeSafetensors(bytes, "a"),
    ],
  ];
  let state = 1;
  const random = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (const [original, read] of formats) {
    let refusals = 0;
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from(
        original.subarray(
          0,
          random(8) ? original.length : random(original.length),
        ),
      );
      for (let n = random(3); n >= 0 && bytes.length; n--) {
        bytes[random(bytes.length)] = random(3)
          ? random(256)
          : [0, 255][random(2)];
      }
      try {
        read(bytes);
      } catch (error) {
        assert.ok(error instanceof WebHLOError, error.stack);
        refusals++;
      }
    }
    assert.ok(refusals > 300 && refusals < 3000, `${refusals} refusals`);
  }
});
