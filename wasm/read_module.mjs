// SPDX-License-Identifier: Apache-2.0
// What a .wasm file that our own build made consists of.

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
  let at = 8;
  const bodies = [];
  const names = [];
  let imported = 0;
  let data = wasm.subarray(0, 0);
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skip = (bytes) => {
    at += bytes;
  };
  const text = () => {
    const bytes = number();
    skip(bytes);
    return wasm.toString('utf8', at - bytes, at);
  };
  const limits = () => {
    const flags = number();
    number();
    if (flags & 1) number();
  };
  const descriptors = [number, () => [skip(1), limits()], limits, () => skip(2)];
  while (at < wasm.length) {
    const section = wasm[at++];
    const size = number();
    const end = at + size;
    if (section === kImportSection) {
      for (let left = number(); left > 0; --left) {
        skip(number());
        skip(number());
        const kind = wasm[at++];
        if (kind === 0) ++imported;
        descriptors[kind]();
      }
    } else if (section === kCodeSection) {
      for (let left = number(); left > 0; --left) {
        const bytes = number();
        bodies.push(wasm.subarray(at, at + bytes));
        skip(bytes);
      }
    } else if (section === kDataSection) {
      data = wasm.subarray(at, end);
    } else if (section === kCustomSection && text() === 'name') {
      while (at < end) {
        const kind = wasm[at++];
        const next = number() + at;
        if (kind === kFunctionNames) {
          for (let left = number(); left > 0; --left) {
            const index = number();
            names[index] = text();
          }
        }
        at = next;
      }
    }
    at = end;
  }
  return { bodies, imported, names, data };
}
