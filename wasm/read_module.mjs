// SPDX-License-Identifier: Apache-2.0
// What a .wasm file that our own build made consists of.

import { Reader } from './binary.mjs';

const kCustomSection = 0;
const kImportSection = 2;
const kCodeSection = 10;
const kDataSection = 11;
const kFunctionNames = 1;

/**
 * The bodies of a module's functions as they are encoded, how many functions it imports, the names of all of
 * them by index where the module keeps names, and the section of its data.
 */
export function readModule(wasm) {
  const reader = new Reader(wasm, 8);
  const bodies = [];
  const names = [];
  let imported = 0;
  let data = wasm.subarray(0, 0);
  const text = () => {
    const bytes = reader.number();
    reader.skip(bytes);
    return wasm.toString('utf8', reader.at - bytes, reader.at);
  };
  const limits = () => {
    const flags = reader.number();
    reader.numbers(flags & 1 ? 2 : 1);
  };
  const descriptors = [
    () => reader.number(),
    () => [reader.skip(1), limits()],
    limits,
    () => reader.skip(2),
  ];
  while (reader.at < wasm.length) {
    const section = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (section === kImportSection) {
      for (let left = reader.number(); left > 0; --left) {
        reader.skip(reader.number());
        reader.skip(reader.number());
        const kind = reader.byte();
        if (kind === 0) ++imported;
        descriptors[kind]();
      }
    } else if (section === kCodeSection) {
      for (let left = reader.number(); left > 0; --left) {
        const bytes = reader.number();
        bodies.push(wasm.subarray(reader.at, reader.at + bytes));
        reader.skip(bytes);
      }
    } else if (section === kDataSection) {
      data = wasm.subarray(reader.at, end);
    } else if (section === kCustomSection && text() === 'name') {
      while (reader.at < end) {
        const kind = reader.byte();
        const next = reader.number() + reader.at;
        if (kind === kFunctionNames) {
          for (let left = reader.number(); left > 0; --left) {
            const index = reader.number();
            names[index] = text();
          }
        }
        reader.at = next;
      }
    }
    reader.at = end;
  }
  return { bodies, imported, names, data };
}
