// SPDX-License-Identifier: Apache-2.0
// Files: where those that are fetched when they are needed lie, beside this module. Each address is written
// out where it is used: so bundlers find the file.

import type { CreateModule, NativeImporter, NativeSession } from './native.js';
import type { SimdLevel, Variant } from './variants.js';

/** A wasm file and the glue that Emscripten made for it. */
export interface Files<Session extends NativeSession> {
  wasm: () => URL;
  glue: () => Promise<{ default: CreateModule<Session> }>;
}

export const variants: Readonly<Record<Variant, Files<NativeSession>>> = {
  simd: {
    wasm: () => new URL('./webhlo-simd.wasm', import.meta.url),
    glue: () => import('./webhlo-simd.mjs'),
  },
  'simd-threads': {
    wasm: () => new URL('./webhlo-simd-threads.wasm', import.meta.url),
    glue: () => import('./webhlo-simd-threads.mjs'),
  },
  relaxed: {
    wasm: () => new URL('./webhlo-relaxed.wasm', import.meta.url),
    glue: () => import('./webhlo-relaxed.mjs'),
  },
  'relaxed-threads': {
    wasm: () => new URL('./webhlo-relaxed-threads.wasm', import.meta.url),
    glue: () => import('./webhlo-relaxed-threads.mjs'),
  },
};

export const importer: Files<NativeImporter> = {
  wasm: () => new URL('./webhlo-importer.wasm', import.meta.url),
  glue: () => import('./webhlo-importer.mjs'),
};

export const linearAlgebra = (): URL => new URL('./webhlo-linear-algebra.wasm', import.meta.url);

/** What a thread begins with. It needs no other file, as some bundlers copy it as it is. */
export const threads: Readonly<Record<SimdLevel, { start: () => Worker; url: () => URL }>> = {
  simd: {
    start: () =>
      new Worker(new URL('./webhlo-simd-threads-worker.mjs', import.meta.url), { type: 'module' }),
    url: () => new URL('./webhlo-simd-threads-worker.mjs', import.meta.url),
  },
  relaxed: {
    start: () =>
      new Worker(new URL('./webhlo-relaxed-threads-worker.mjs', import.meta.url), {
        type: 'module',
      }),
    url: () => new URL('./webhlo-relaxed-threads-worker.mjs', import.meta.url),
  },
};
