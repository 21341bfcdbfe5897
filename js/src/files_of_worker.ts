// SPDX-License-Identifier: Apache-2.0
// Files, as the worker that `load(..., { worker: true })` starts has them (rollup.config.mjs puts this module in
// the place of files.ts there): bundlers make one script of a worker, which cannot know what lies beside it,
// so the caller's thread says.

import type { Files } from './files.js';
import type { CreateModule, NativeSession } from './native.js';
import type { SimdLevel, Variant } from './variants.js';

/** Addresses by the name of the file: what `addresses` of remote.ts answers. */
export type Addresses = Readonly<Record<string, string>>;

let addresses: Addresses = {};

export function useAddresses(given: Addresses): void {
  addresses = given;
}

const at = (name: string): URL => new URL(addresses[name] ?? name);

/** What glue registers itself in, by the name of its file (wasm/CMakeLists.txt). */
declare const webhloGlue: Readonly<Record<string, CreateModule<never>>>;

function filesOf<Session extends NativeSession>(name: string): Files<Session> {
  return {
    wasm: () => at(`webhlo-${name}.wasm`),
    glue: async () => {
      await import(at(`webhlo-${name}.mjs`).href);
      return { default: webhloGlue[`webhlo-${name}`] as CreateModule<Session> };
    },
  };
}

export const variants: Readonly<Record<Variant, Files<NativeSession>>> = {
  simd: filesOf('simd'),
  'simd-threads': filesOf('simd-threads'),
  relaxed: filesOf('relaxed'),
  'relaxed-threads': filesOf('relaxed-threads'),
};

export const importer = filesOf<NativeSession>('importer');

export const linearAlgebra = (): URL => at('webhlo-linear-algebra.wasm');

function threadOf(level: SimdLevel) {
  const url = () => at(`webhlo-${level}-threads-worker.mjs`);
  return { url, start: () => new Worker(url(), { type: 'module' }) };
}

export const threads = { simd: threadOf('simd'), relaxed: threadOf('relaxed') };
