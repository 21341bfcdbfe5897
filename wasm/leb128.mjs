// SPDX-License-Identifier: Apache-2.0

/** The bytes of an unsigned number in LEB128, as .wasm files have numbers. */
export function leb128(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb128(Math.floor(value / 128))];
}
