// SPDX-License-Identifier: Apache-2.0
// Numbers of .wasm files, read and written.

/** Reads what a .wasm file has from one place on. */
export class Reader {
  constructor(wasm, at = 0) {
    this.wasm = wasm;
    this.at = at;
  }
  byte() {
    return this.wasm[this.at++];
  }
  skip(bytes) {
    this.at += bytes;
  }
  /** Unsigned, in LEB128. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }
  numbers(count) {
    return Array.from({ length: count }, () => this.number());
  }
}

/** The bytes of an unsigned number in LEB128. */
export function leb128(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb128(Math.floor(value / 128))];
}
