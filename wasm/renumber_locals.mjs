// SPDX-License-Identifier: Apache-2.0
// Gives the locals of each function the numbers in which a module compresses best: those of a type one after the
// other, and of a type first those that are used most. So functions that do alike are alike in their bytes.
// https://webassembly.github.io/spec/core/binary/instructions.html tells what follows an opcode.

import { leb128, Reader } from './binary.mjs';

const kTypeSection = 1;
const kFunctionSection = 3;
const kCodeSection = 10;
const kTypes = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f]; // i32, i64, f32, f64, v128, funcref, externref

/** Where a load or a store reads or writes. */
function skipMemory(reader) {
  const align = reader.number();
  reader.numbers(align & 64 ? 2 : 1);
}

const isOfLocal = (opcode) => opcode >= 0x20 && opcode <= 0x22;

/** Passes over what follows an opcode; the prefixed ones in an order of their own. */
function skipImmediates(reader, opcode) {
  if (opcode === 0x0e) return reader.numbers(reader.number() + 1); // br_table
  if (opcode === 0x11 || opcode === 0x13) return reader.numbers(2); // call_indirect
  if (opcode === 0x1c) return reader.numbers(reader.number()); // select of types
  if (opcode >= 0x28 && opcode <= 0x3e) return skipMemory(reader);
  if (opcode === 0x43) return reader.skip(4); // f32.const
  if (opcode === 0x44) return reader.skip(8); // f64.const
  if (opcode === 0xfc) {
    const bulk = reader.number();
    const two = [8, 10, 12, 14].includes(bulk);
    return reader.numbers(two ? 2 : bulk < 8 ? 0 : 1);
  }
  if (opcode === 0xfd) {
    const vector = reader.number();
    const isLane = vector >= 84 && vector <= 91; // Loads and stores of one.
    if (vector <= 11 || vector === 92 || vector === 93 || isLane) skipMemory(reader);
    if (vector === 12 || vector === 13) reader.skip(16); // A constant, a shuffle.
    if (isLane || (vector >= 21 && vector <= 34)) reader.skip(1);
    return undefined;
  }
  if (opcode === 0xfe) return reader.number() === 3 ? reader.skip(1) : skipMemory(reader); // Atomics.
  const hasOne =
    [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x12, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].includes(
      opcode,
    ) ||
    (opcode >= 0x23 && opcode <= 0x26);
  return hasOne ? reader.numbers(1) : undefined;
}

/** A function's body, given how many of its locals are parameters, which keep their numbers. */
function renumbered(body, parameters) {
  const reader = new Reader(body);
  const types = [];
  for (let groups = reader.number(); groups > 0; --groups) {
    const count = reader.number();
    types.push(...Array(count).fill(reader.byte()));
  }
  const code = reader.at;
  const uses = [];
  const counts = Array(types.length).fill(0);
  while (reader.at < body.length) {
    const opcode = reader.byte();
    if (!isOfLocal(opcode)) {
      skipImmediates(reader, opcode);
      continue;
    }
    const begin = reader.at;
    const local = reader.number() - parameters;
    uses.push({ begin, end: reader.at, local });
    if (local >= 0) ++counts[local];
  }
  if (reader.at !== body.length) throw new Error('an instruction ends behind its function');

  const order = [...types.keys()].sort((a, b) => counts[b] - counts[a]);
  const byType = kTypes.map((type) => order.filter((i) => types[i] === type));
  const places = byType.flat();
  if (places.length !== types.length) throw new Error('a local of a type without a name here');
  const numbers = [];
  places.forEach((local, place) => (numbers[local] = parameters + place));
  const groups = byType.flatMap(({ length }, i) => (length ? [[length, kTypes[i]]] : []));
  const pieces = [
    Buffer.from([...leb128(groups.length), ...groups.flatMap(([n, t]) => [...leb128(n), t])]),
  ];
  let from = code;
  for (const { begin, end, local } of uses) {
    if (local < 0) continue;
    pieces.push(body.subarray(from, begin), Buffer.from(leb128(numbers[local])));
    from = end;
  }
  return Buffer.concat([...pieces, body.subarray(from)]);
}

/** The same module with other numbers of locals. */
export function renumberLocals(wasm) {
  const reader = new Reader(wasm, 8);
  const parametersOf = [];
  const signatures = [];
  const sections = [wasm.subarray(0, 8)];
  while (reader.at < wasm.length) {
    const begin = reader.at;
    const section = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (section === kTypeSection) {
      for (let left = reader.number(); left > 0; --left) {
        reader.skip(1);
        parametersOf.push(reader.numbers(reader.number()).length);
        reader.numbers(reader.number());
      }
    } else if (section === kFunctionSection) {
      signatures.push(...reader.numbers(reader.number()));
    }
    if (section === kCodeSection) {
      const bodies = Array.from({ length: reader.number() }, (_, i) => {
        const size = reader.number();
        reader.skip(size);
        const body = wasm.subarray(reader.at - size, reader.at);
        const made = renumbered(body, parametersOf[signatures[i]]);
        return [Buffer.from(leb128(made.length)), made];
      });
      const code = Buffer.concat([Buffer.from(leb128(bodies.length)), ...bodies.flat()]);
      sections.push(Buffer.from([section, ...leb128(code.length)]), code);
    } else {
      sections.push(wasm.subarray(begin, end));
    }
    reader.at = end;
  }
  return Buffer.concat(sections);
}
