// SPDX-License-Identifier: Apache-2.0
// The custom calls by which JAX's exports for CPUs name LAPACK's routines, answered by a wasm of their
// own (wasm/linear_algebra): fetched when a program first needs it, and shared by all models. Its memory
// is a stack that each call begins anew, so no call leaves anything behind.

import type { CustomCall, CustomCallFunction } from './custom_calls.js';
import { dtypeInfo, elementCount, typeText } from './dtype.js';
import type { DType, TypedArray } from './dtype.js';
import { fail, messageOf, noMemory, WebHLOError } from './errors.js';
import type { Tensor } from './tensor.js';
import { compileURL, linearAlgebraOf } from './variants.js';
import type { WasmPlace } from './variants.js';

/** What a routine works on: operands and results as 'NAME KIND: SIZES', behind the batch dimensions. */
interface Shape {
  readonly inputs: readonly string[];
  /** One that has an operand's name takes its place. */
  readonly outputs: readonly string[];
  /** Sizes that follow from those of the operands; null for one that may be any. */
  readonly derived?: (sizes: Sizes) => Record<string, number | null>;
  /** What is wrong with these sizes, if there is something. */
  readonly refuse?: (sizes: Sizes) => string | false;
  /** Behind type and batch: sizes and places by name, null for the place of what is not there. */
  readonly args: readonly (string | number | boolean)[];
}

type Sizes = Record<string, number>;

/** What a call's attributes say. */
interface Settings {
  readonly isComplex: boolean;
  readonly numInputs: number;
  /** An attribute that is a letter, one of those. */
  readonly letter: (name: string, expected: string) => string;
  readonly integer: (name: string) => number;
}

const smaller = ({ m = 0, n = 0 }: Sizes) => ({ p: Math.min(m, n) });
const oneLess = ({ n = 0 }: Sizes) => ({ q: Math.max(n - 1, 0) });

/** By the name in wasm/linear_algebra/linear_algebra.cc. */
const routines: Readonly<Record<string, (settings: Settings) => Shape>> = {
  potrf: ({ letter }) => ({
    inputs: ['a: n n'],
    outputs: ['a: n n', 'info int:'],
    args: ['n', letter('uplo', 'LU') === 'U', 'a', 'info'],
  }),
  getrf: () => ({
    inputs: ['a: m n'],
    outputs: ['a: m n', 'pivots int: p', 'info int:'],
    derived: smaller,
    args: ['m', 'n', 'a', 'pivots', 'info'],
  }),
  geqrf: () => ({
    inputs: ['a: m n'],
    outputs: ['a: m n', 'taus: p'],
    derived: smaller,
    args: ['m', 'n', 'a', 'taus'],
  }),
  orgqr: () => ({
    inputs: ['a: m n', 'taus: k'],
    outputs: ['a: m n'],
    refuse: ({ m = 0, n = 0, k = 0 }) =>
      (n > m && 'more columns than rows') || (k > n && 'more reflectors than columns'),
    args: ['m', 'n', 'k', 'a', 'taus'],
  }),
  gehrd: ({ integer }) => {
    const [low, high] = [integer('low'), integer('high')];
    return {
      inputs: ['a: n n'],
      outputs: ['a: n n', 'taus: q', 'info int:'],
      derived: oneLess,
      refuse: ({ n = 0 }) =>
        n > 0 &&
        !(1 <= low && low <= high && high <= n) &&
        `low is ${low}, high ${high}, of ${n} rows`,
      args: ['n', low, high, 'a', 'taus'],
    };
  },
  sytrd: ({ letter }) => ({
    inputs: ['a: n n'],
    outputs: ['a: n n', 'd real: n', 'e real: q', 'taus: q', 'info int:'],
    derived: oneLess,
    args: ['n', letter('uplo', 'LU') === 'U', 'a', 'd', 'e', 'taus'],
  }),
  trsm: ({ letter, numInputs }) => {
    const left = letter('side', 'LR') === 'L';
    const upper = letter('uplo', 'LU') === 'U';
    const transpose = 'NTC'.indexOf(letter('trans_x', 'NTC'));
    const unit = letter('diag', 'NU') === 'U';
    return {
      inputs: [left ? 'a: m m' : 'a: n n', 'b: m n', ...(numInputs > 2 ? ['alpha one:'] : [])],
      outputs: ['b: m n'],
      args: ['m', 'n', left, upper, transpose, unit, 'alpha', 'a', 'b'],
    };
  },
  gtsv: () => ({
    inputs: ['lower: n', 'd: n', 'upper: n', 'b: n k'],
    outputs: ['lower: n', 'd: n', 'upper: n', 'b: n k', 'info int:'],
    args: ['n', 'k', 'lower', 'd', 'upper', 'b', 'info'],
  }),
  syevd: ({ letter }) => ({
    inputs: ['a: n n'],
    outputs: ['a: n n', 'w real: n', 'info int:'],
    args: ['n', letter('mode', 'NV') === 'V', letter('uplo', 'LU') === 'U', 'a', 'w', 'info'],
  }),
  gees: ({ letter, isComplex }) => {
    const vectors = letter('mode', 'NV') === 'V';
    letter('sort', 'N');
    const values = isComplex ? ['w: n'] : ['w: n', 'imaginary: n'];
    return {
      inputs: ['a: n n'],
      outputs: ['a: n n', 'z: n n', ...values, 'selected int:', 'info int:'],
      args: ['n', vectors, 'a', 'z', 'w', 'imaginary', 'info'],
    };
  },
  geev: ({ letter, isComplex }) => {
    const left = letter('compute_left', 'NV') === 'V';
    const right = letter('compute_right', 'NV') === 'V';
    const values = isComplex ? ['w: n'] : ['w: n', 'imaginary: n'];
    return {
      inputs: ['a: n n'],
      outputs: [...values, 'left complex: n n', 'right complex: n n', 'info int:'],
      args: ['n', 'a', 'w', 'imaginary', left && 'left', right && 'right', 'info'],
    };
  },
  gesdd: ({ letter }) => {
    const mode = letter('mode', 'ASN');
    const vectors = mode !== 'N';
    const full = mode === 'A';
    return {
      inputs: ['a: m n'],
      outputs: ['a: m n', 's real: p', 'u: m i', 'vt: j n', 'info int:'],
      derived: ({ m = 0, n = 0 }) => {
        const p = Math.min(m, n);
        return vectors ? { p, i: full ? m : p, j: full ? n : p } : { p, i: null, j: null };
      },
      args: ['m', 'n', full, 'a', 's', vectors && 'u', vectors && 'vt', 'info'],
    };
  },
};

/** The routines of unitary and Hermitian matrices have names of their own. */
const names: Readonly<Record<string, string>> = { ungqr: 'orgqr', hetrd: 'sytrd', heevd: 'syevd' };

/** The type of a routine's numbers is its first letter. */
const dtypes: Readonly<Record<string, Readonly<Record<string, DType>>>> = {
  s: { number: 'f32', one: 'f32', real: 'f32', complex: 'c64', int: 'i32' },
  d: { number: 'f64', one: 'f64', real: 'f64', complex: 'c128', int: 'i32' },
  c: { number: 'c64', one: 'c64', real: 'f32', complex: 'c64', int: 'i32' },
  z: { number: 'c128', one: 'c128', real: 'f64', complex: 'c128', int: 'i32' },
};

/** What the wasm exports beside its routines. */
interface Native {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  /** 0 where it does not fit. */
  malloc(bytes: number): number;
  Reset(): void;
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(stack: number): void;
}

type NativeRoutines = Readonly<Record<string, (...args: (number | boolean)[]) => void>>;

/** Thrown through the wasm where an allocation fails. */
class NoRoom extends Error {}

const loaded = new Map<unknown, Promise<LinearAlgebra>>();

/** Fetched and compiled once a page; a failure is not remembered. */
export function loadLinearAlgebra(place: WasmPlace): Promise<LinearAlgebra> {
  const source = linearAlgebraOf(place);
  const key = source instanceof URL ? source.href : source;
  let entry = loaded.get(key);
  if (!entry) {
    entry = instantiate(source);
    loaded.set(key, entry);
    entry.catch(() => loaded.delete(key));
  }
  return entry;
}

async function instantiate(source: WebAssembly.Module | URL): Promise<LinearAlgebra> {
  const outOfMemory = (): never => {
    throw new NoRoom();
  };
  const module = source instanceof URL ? await compileURL(source) : source;
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { outOfMemory } });
    return new LinearAlgebra(exports);
  } catch (error) {
    const code = error instanceof RangeError ? 'out_of_memory' : 'internal';
    throw new WebHLOError(code, `cannot start webhlo-linear-algebra.wasm: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

export class LinearAlgebra {
  readonly #native: Native;
  readonly #routines: NativeRoutines;
  readonly #stack: number;
  readonly memory: WebAssembly.Memory;

  constructor(exports: WebAssembly.Exports) {
    this.#native = exports as unknown as Native;
    this.memory = this.#native.memory;
    this.#routines = exports as NativeRoutines;
    this.#native._initialize();
    this.#stack = this.#native.emscripten_stack_get_current();
  }

  /** The function that answers calls of a target: 'lapack_spotrf_ffi', ... */
  readonly functionOf = (target: string): CustomCallFunction => {
    return (inputs, call) => this.#answer(target, inputs, call);
  };

  #answer(target: string, inputs: readonly Tensor[], call: CustomCall): TypedArray[] {
    const place = `custom_call @${target}`;
    const [, letter = '', name = ''] = /^lapack_(.)(.*)_ffi$/.exec(target) ?? [];
    const routine = names[name] ?? name;
    const shape = routines[routine]?.(settingsOf(place, letter, inputs.length, call));
    if (!shape) fail('internal', `${place} is no routine of linear algebra`);
    const sizes = matchSizes(place, dtypes[letter] ?? {}, shape, inputs, call.outputs);
    const native = this.#native;
    native.Reset();
    try {
      const places = new Map<string, number>();
      const outputs = call.outputs.map(({ dtype, shape }) => ({
        info: dtypeInfo(dtype),
        slots: elementCount(shape) * dtypeInfo(dtype).slots,
      }));
      shape.inputs.forEach((text, i) => {
        const data = inputs[i]?.data() as TypedArray;
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        const at = this.#allocate(bytes.length);
        places.set(slotOf(text).name, at);
        new Uint8Array(native.memory.buffer, at, bytes.length).set(bytes);
      });
      shape.outputs.forEach((text, i) => {
        const { name } = slotOf(text);
        const { info, slots } = outputs[i] as (typeof outputs)[number];
        if (places.has(name)) return;
        const bytes = slots * info.array.BYTES_PER_ELEMENT;
        const at = this.#allocate(bytes);
        places.set(name, at);
        new Uint8Array(native.memory.buffer, at, bytes).fill(0);
      });
      // Of empty matrices there is nothing to compute.
      if (outputs.some(({ info, slots }) => info.dtype !== 'i32' && slots > 0)) {
        const args = shape.args.map((arg) =>
          typeof arg === 'string' ? (sizes.get(arg) ?? places.get(arg) ?? 0) : arg,
        );
        this.#routines[routine]?.(letter.charCodeAt(0), sizes.get('batch') ?? 0, ...args);
      }
      return shape.outputs.map((text, i) => {
        const { info, slots } = outputs[i] as (typeof outputs)[number];
        const at = places.get(slotOf(text).name) ?? 0;
        const length = slots * info.array.BYTES_PER_ELEMENT;
        return new info.array(native.memory.buffer.slice(at, at + length), 0, slots);
      });
    } catch (error) {
      native._emscripten_stack_restore(this.#stack);
      if (error instanceof NoRoom) {
        fail('out_of_memory', `${place}: the matrices and what is computed do not fit memory`);
      }
      if (error instanceof WebAssembly.RuntimeError) {
        fail('internal', `${place} trapped (${messageOf(error)})`, error);
      }
      return noMemory(error, place);
    }
  }

  #allocate(bytes: number): number {
    const at = this.#native.malloc(bytes);
    if (at === 0) throw new NoRoom();
    // Addresses above 2 GiB come as negative numbers.
    return at >>> 0;
  }
}

function settingsOf(place: string, type: string, numInputs: number, call: CustomCall): Settings {
  const integer = (name: string): number => {
    const value = call.attributes[name];
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    return fail('invalid_model', `${place}: its attribute ${name} is no integer`);
  };
  return {
    isComplex: type === 'c' || type === 'z',
    numInputs,
    integer,
    letter(name, expected) {
      const letter = String.fromCharCode(integer(name));
      if (expected.includes(letter)) return letter;
      const letters = expected.replace(/./g, "'$&', ").slice(0, -2);
      return fail('invalid_model', `${place}: ${name} is ${integer(name)}, none of ${letters}`);
    },
  };
}

interface Slot {
  readonly name: string;
  readonly kind: string;
  readonly sizes: readonly string[];
}

function slotOf(text: string): Slot {
  const [, name = '', kind = 'number', sizes = ''] = /^(\w+)(?: (\w+))?:(.*)$/.exec(text) ?? [];
  return { name, kind, sizes: sizes.split(' ').filter((size) => size !== '') };
}

type Described = Pick<Tensor, 'dtype' | 'shape'>;

/** The sizes by name, and how many matrices there are; all operands and results fit them. */
function matchSizes(
  place: string,
  kinds: Readonly<Record<string, DType>>,
  { inputs, outputs, derived, refuse }: Shape,
  operands: readonly Described[],
  results: CustomCall['outputs'],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number | null>();
  let batch: readonly number[] | undefined;
  const match = (what: string, slots: readonly string[], tensors: readonly Described[]): void => {
    if (slots.length !== tensors.length) {
      fail('invalid_model', `${place}: ${tensors.length} ${what}s, expected ${slots.length}`);
    }
    slots.map(slotOf).forEach(({ kind, sizes: named }, i) => {
      const { dtype, shape } = tensors[i] as Described;
      const ranks = shape.length - named.length;
      const own = kind === 'one' ? [] : shape.slice(0, Math.max(ranks, 0));
      batch ??= own;
      let fits = dtype === kinds[kind] && ranks === own.length;
      fits &&= kind === 'one' || String(own) === String(batch);
      named.forEach((name, j) => {
        const size = shape[ranks + j] ?? NaN;
        if (!sizes.has(name)) sizes.set(name, size);
        const expected = sizes.get(name);
        fits &&= expected === null || expected === size;
      });
      if (fits) return;
      const known = named.map((name) => sizes.get(name) ?? null);
      const expected = typeText(kinds[kind] ?? '', [...batch, ...known]);
      const got = typeText(dtype, shape);
      fail('invalid_model', `${place}: ${what} ${i} is ${got}, expected ${expected}`);
    });
  };
  match('operand', inputs, operands);
  const known = Object.fromEntries(sizes) as Sizes;
  for (const [name, size] of Object.entries(derived?.(known) ?? {})) sizes.set(name, size);
  const refused = refuse?.(known);
  if (typeof refused === 'string') fail('invalid_model', `${place}: ${refused}`);
  match('result', outputs, results);
  sizes.set('batch', elementCount(batch ?? []));
  return sizes as ReadonlyMap<string, number>;
}
