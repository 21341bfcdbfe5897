// SPDX-License-Identifier: Apache-2.0
// What callers hand over, looked at before it is used: JavaScript checks no types, and frameworks wrap
// objects in Proxies. Nothing here runs code of the caller's that could throw past it.

import { fail } from './errors.js';

/** A value as messages name it: numbers and short strings as they are, of the rest the kind. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    case 'bigint':
      return `${value}n`;
    case 'symbol':
    case 'function':
      return `a ${typeof value}`;
    case 'object':
      if (value === null) return 'null';
      return kindOf(value)
        .replace(/^(?=[AEIO])/, 'an ')
        .replace(/^(?!an )/, 'a ');
    default:
      return String(value);
  }
}

/** `Array`, `Promise`, `ArrayBuffer`, ...: what an object of any realm is. */
export function kindOf(value: object): string {
  try {
    if (Array.isArray(value)) return 'Array';
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    const { name } = value.constructor as { name?: unknown };
    return kind === 'Object' && typeof name === 'string' && name !== '' ? name : kind;
  } catch {
    // A Proxy that was revoked, an object without a prototype.
    return 'Object';
  }
}

/** A plain object or one of a class, but nothing that JavaScript itself has a kind for. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return Object.prototype.toString.call(value) === '[object Object]' && typeof value === 'object';
  } catch {
    return false;
  }
}

/** `; did you mean "weights"?`, or nothing when no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  let nearest = '';
  // A typing error or two, not another word.
  let least = Math.min(2.5, name.length / 2);
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [least, nearest] = [distance, candidate];
  }
  return nearest && `; did you mean ${JSON.stringify(nearest)}?`;
}

/** Insertions, removals, changes and swaps of neighbours that make `b` of `a`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(next, j - 1) + 1, at(row, j) + 1, at(row, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      next.push(least);
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

/** Refuses what is no object of these options. `place` is the function that takes them. */
export function checkOptions(options: unknown, names: readonly string[], place: string): void {
  if (options === undefined) return;
  if (!isRecord(options)) {
    fail('invalid_argument', `${place}: expected an object of options, got ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name) || options[name] === undefined) continue;
    fail(
      'invalid_argument',
      `${place}: no option ${show(name)}${didYouMean(name, names)}; there are ${names.join(', ')}`,
    );
  }
}

/** Milliseconds, Infinity where there is no deadline. */
export function checkDeadline(deadline: unknown, place: string): number {
  if (deadline === undefined) return Infinity;
  if (typeof deadline === 'number' && deadline >= 0) return deadline;
  return fail(
    'invalid_argument',
    `${place}: deadline is ${show(deadline)}, expected milliseconds, 0 or more`,
  );
}

export function checkSignal(
  signal: unknown,
  place: string,
): asserts signal is AbortSignal | undefined {
  // Not by its class: signals of other realms and of polyfills do as well.
  if (signal === undefined || kindOf(Object(signal) as object) === 'AbortSignal') return;
  fail('invalid_argument', `${place}: signal is ${show(signal)}, expected an AbortSignal`);
}

export function isArray(value: unknown): value is readonly unknown[] {
  return typeof value === 'object' && value !== null && kindOf(value) === 'Array';
}

/** A list of strings, copied. */
export function checkNames(names: unknown, place: string): readonly string[] {
  if (names === undefined) return [];
  if (!isArray(names)) {
    return fail('invalid_argument', `${place}: expected a list of names, got ${show(names)}`);
  }
  return Array.from(names, (name) =>
    typeof name === 'string'
      ? name
      : fail('invalid_argument', `${place}: expected names, got ${show(name)}`),
  );
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return (
      typeof value === 'object' &&
      value !== null &&
      typeof (value as { then?: unknown }).then === 'function'
    );
  } catch {
    return false;
  }
}

/** Whether a value may be a number or nested arrays of them. */
export function isNumeric(value: unknown): boolean {
  return ['number', 'bigint', 'boolean'].includes(typeof value) || isArray(value);
}

/** Whether a buffer's bytes were transferred away, so that nothing can be read of it. */
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

// A Proxy of an object has none of its private fields. So the objects that this package gives away know
// themselves by a function: what a Proxy hands out may be a Proxy again, what a function answers is not.
const self = Symbol('self');

/** Called by a constructor, so that the object's methods can find it behind Proxies. */
export function knowItself(object: object, kind: string): void {
  const know = (wanted: string) => (wanted === kind ? object : undefined);
  Object.defineProperty(object, self, { value: know });
  // Vue wraps objects that are told apart as plain `Object`s, and leaves others alone.
  Object.defineProperty(object, Symbol.toStringTag, { value: kind });
}

/** The object of that kind which a value is, or is a Proxy of. */
export function find<T extends object>(value: unknown, kind: string): T | undefined {
  try {
    const known = Object(value) as { [self]?: (kind: string) => T | undefined };
    return known[self]?.(kind);
  } catch {
    // A Proxy that lets nothing through.
    return undefined;
  }
}

/** The object that a method was called on. */
export function behind<T extends object>(object: T, kind: string): T {
  return (
    find<T>(object, kind) ??
    fail('invalid_argument', `this is no ${kind}; call its methods on the ${kind} itself`)
  );
}
