// SPDX-License-Identifier: Apache-2.0
// Variants: which of the four wasm files this engine can use, and the importer beside them; each is
// fetched and compiled once a page.

import { fail, messageOf, WebHLOError } from './errors.js';
import { importer, linearAlgebra, variants } from './files.js';
import type { Files } from './files.js';
import type { CreateModule, NativeImporter, NativeSession } from './native.js';
import { fetchURL, isNode, nodeModule, Progress, urlOf } from './sources.js';

export type SimdLevel = 'simd' | 'relaxed';
export type Variant = SimdLevel | `${SimdLevel}-threads`;

/** A module of one function without arguments that answers a v128. */
function validates(body: readonly number[]): boolean {
  const code = [0, ...body, 0x0b];
  return WebAssembly.validate(
    Uint8Array.of(
      0,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      1,
      5,
      1,
      0x60,
      0,
      1,
      0x7b,
      3,
      2,
      1,
      0,
      10,
      code.length + 2,
      1,
      code.length,
      ...code,
    ),
  );
}
const splat = [0x41, 0, 0xfd, 0x0f];
let simdLevel: 'relaxed' | 'simd' | 'none' | undefined;

export function probeSimd(): SimdLevel {
  simdLevel ??= validates([...splat, ...splat, ...splat, 0xfd, 0x85, 2])
    ? 'relaxed'
    : validates(splat)
      ? 'simd'
      : 'none';
  return simdLevel === 'none'
    ? fail(
        'unsupported',
        'this engine has no WebAssembly SIMD (Chrome 91, Firefox 89, Safari 16.4, Node 16.4 have)',
      )
    : simdLevel;
}

/** Where the wasm files are, as a load was told. */
export interface WasmPlace {
  wasmURL?: string | URL | undefined;
  wasmModule?: WasmModules | undefined;
}

/** Compiled wasm files, by what stands for NAME in webhlo-NAME.wasm. */
export type WasmModules = Readonly<Partial<Record<WasmName, WebAssembly.Module>>>;
export type WasmName = Variant | 'importer' | 'linear-algebra';
export const wasmNames: readonly WasmName[] = [
  ...(['simd', 'simd-threads', 'relaxed', 'relaxed-threads'] as const),
  ...(['importer', 'linear-algebra'] as const),
];

/** What an instance is made of. */
export interface Compiled<Session extends NativeSession = NativeSession> {
  /** webhlo-NAME.wasm */
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly create: CreateModule<Session>;
}

const compiled = new Map<string, Promise<unknown>>();
/** Whether V8 was asked to revectorize before a variant was compiled; undefined while neither was done. */
let revectorizes: boolean | undefined;

/**
 * Asks V8 to make one instruction of two 128-bit vectors, where the processor has wider ones. It is a flag
 * of the whole process, and holds for what is compiled after it was set.
 */
export function revectorize(): void {
  if (revectorizes) return;
  const v8 = isNode ? parseFloat(globalThis.process.versions.v8) : 0;
  // Before 12.4 there is no such flag; 15 calls it by its final name.
  if (!(v8 >= 12.4)) fail('unsupported', 'load: revec needs Node with V8 12.4');
  if (revectorizes === false) fail('invalid_argument', 'load: revec is for the first load alone');
  nodeModule('node:v8').setFlagsFromString(
    v8 < 15 ? '--experimental-wasm-revectorize' : '--wasm-revectorize',
  );
  revectorizes = true;
}

/** The chosen variant, compiled. */
export async function compile(
  threads: number,
  place: WasmPlace,
): Promise<Compiled & { readonly name: Variant }> {
  revectorizes ??= false;
  if (place.wasmModule) {
    const name = givenVariant(threads, place.wasmModule);
    return { ...(await withModule(variants[name], place.wasmModule[name])), name };
  }
  const { variant, url } = resolve(threads, place.wasmURL);
  return { ...(await compileFiles(variants[variant], url)), name: variant };
}

/** The importer, compiled; any engine runs it. */
export async function compileImporter({
  wasmURL,
  wasmModule,
}: WasmPlace): Promise<Compiled<NativeImporter>> {
  probeSimd();
  if (wasmModule) {
    const module = wasmModule.importer ?? notGiven('importer');
    return { ...(await withModule(importer, module)), name: 'importer' };
  }
  const url =
    wasmURL === undefined ? importer.wasm() : new URL('webhlo-importer.wasm', addressOf(wasmURL));
  return { ...(await compileFiles(importer, url)), name: 'importer' };
}

/** The best of those that are given. */
function givenVariant(threads: number, modules: WasmModules): Variant {
  const suffix = threads > 1 ? '-threads' : '';
  const names = [`${probeSimd()}${suffix}`, `simd${suffix}`] as const;
  return names.find((name) => modules[name]) ?? notGiven(...new Set(names));
}

function notGiven(...names: readonly WasmName[]): never {
  return fail(
    'invalid_argument',
    `load: wasmModule has no ${names.map((name) => `"${name}"`).join(' or ')}, the module of ` +
      names.map((name) => `webhlo-${name}.wasm`).join(' or '),
  );
}

async function withModule<Session extends NativeSession>(
  { glue }: Files<Session>,
  module: WebAssembly.Module | undefined,
): Promise<CompiledFiles<Session>> {
  const { default: create } = await glue();
  return { module: module as WebAssembly.Module, create };
}

interface CompiledFiles<Session extends NativeSession> {
  module: WebAssembly.Module;
  create: CreateModule<Session>;
}

/** Once an address; a failure is not remembered. */
function compileFiles<Session extends NativeSession>(
  { glue }: Files<Session>,
  url: URL,
): Promise<CompiledFiles<Session>> {
  let entry = compiled.get(url.href) as Promise<CompiledFiles<Session>> | undefined;
  if (!entry) {
    entry = Promise.all([compileURL(url), glue()]).then(
      ([module, { default: create }]) => ({ module, create }),
      (error: unknown) => {
        compiled.delete(url.href);
        throw cannotLoad(url, error);
      },
    );
    compiled.set(url.href, entry);
  }
  return entry;
}

function resolve(
  threads: number,
  wasmURL: string | URL | undefined,
): { variant: Variant; url: URL } {
  const variant: Variant = threads > 1 ? `${probeSimd()}-threads` : probeSimd();
  if (wasmURL === undefined) return { variant, url: variants[variant].wasm() };
  const given = addressOf(wasmURL);
  if (given.pathname.endsWith('/'))
    return { variant, url: new URL(`webhlo-${variant}.wasm`, given) };
  const named = /webhlo-(simd|relaxed)(-threads)?\b[^/]*$/.exec(given.pathname);
  if (!named)
    fail(
      'invalid_argument',
      `wasmURL ${given.href} names no folder (with a / at its end) and no webhlo-*.wasm`,
    );
  const own = `${named[1] as SimdLevel}${(named[2] ?? '') as '' | '-threads'}` as const;
  if (own.startsWith('relaxed') && probeSimd() === 'simd') {
    fail('unsupported', `wasmURL ${given.href} needs relaxed SIMD, which this engine lacks`);
  }
  if (own.endsWith('-threads') !== variant.endsWith('-threads')) {
    fail(
      'invalid_argument',
      `wasmURL ${given.href} does not fit ${threads} thread(s); name a folder, or set threads`,
    );
  }
  return { variant: own, url: given };
}

/** The wasm of linear algebra: compiled, or where it is, beside the others. */
export function linearAlgebraOf({ wasmURL, wasmModule }: WasmPlace): WebAssembly.Module | URL {
  if (wasmModule) return wasmModule['linear-algebra'] ?? notGiven('linear-algebra');
  return wasmURL === undefined
    ? linearAlgebra()
    : new URL('webhlo-linear-algebra.wasm', addressOf(wasmURL));
}

function addressOf(path: string | URL): URL {
  const url = urlOf(path);
  if (url) return url;
  try {
    return new URL(path, nodeModule('node:url').pathToFileURL('./'));
  } catch (error) {
    return fail('invalid_argument', `wasmURL ${String(path)} is no address`, error);
  }
}

function cannotLoad(url: URL, error: unknown): WebHLOError {
  if (error instanceof WebHLOError) return error;
  const code = error instanceof WebAssembly.CompileError ? 'unsupported' : 'invalid_argument';
  return new WebHLOError(code, `cannot load ${url.href}: ${messageOf(error)}`, { cause: error });
}

/** The compiled wasm file; what goes wrong is a WebHLOError. */
export async function compileURL(url: URL): Promise<WebAssembly.Module> {
  try {
    return await compileBytesOf(url);
  } catch (error) {
    throw cannotLoad(url, error);
  }
}

async function compileBytesOf(url: URL): Promise<WebAssembly.Module> {
  if (url.protocol === 'file:') {
    // At once: a read that takes turns with what else a load begins ends when that does, much later.
    return WebAssembly.compile(nodeModule('node:fs').readFileSync(url));
  }
  const response = await fetchURL(url, new Progress());
  // Streaming compiles while it downloads and lets browsers keep the machine code.
  return response.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
