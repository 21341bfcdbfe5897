// SPDX-License-Identifier: Apache-2.0
// Sources: whatever a caller may name bytes by, as one forward-only Reader that fills views of wasm
// memory. Nothing here keeps more of a source in JavaScript than the chunk that just arrived.

import { isDetached, kindOf, show } from './arguments.js';
import type { TypedArray } from './dtype.js';
import { fail, messageOf, WebHLOError } from './errors.js';
import type { ErrorCode } from './errors.js';
import { foreignModels } from './foreign.js';
import { Download, discard, mayPass, versionOf } from './http.js';
import type { Chunks } from './http.js';
import type { LogLevel } from './log.js';
import { cancelled, Patience } from './patience.js';

/**
 * A string is a URL if it parses with http(s), file, blob or data; else a path in Node, and relative
 * to the page in browsers.
 */
export type Source =
  string | URL | Response | Blob | ArrayBuffer | SharedArrayBuffer | TypedArray | DataView;

/** What wasm32 can address: a larger source is refused before its download begins. */
export const maxAddressable = 2 ** 32;
/** The most that one block of it can have: compilers count on differences of addresses having a sign. */
export const maxBlock = 2 ** 31;

const chunkBytes = 8 * 2 ** 20;

// As a property, since some bundlers look for a package that stands in for a free `process`.
const { process } = globalThis as { process?: Partial<NodeJS.Process> & { type?: string } };

/** Node and its likes; everything else loads by fetch. */
export const isNode = typeof process?.versions?.node === 'string' && process.type !== 'renderer';

const sourceKinds = ['URL', 'Response', 'Blob', 'File', 'ArrayBuffer', 'SharedArrayBuffer'];

/** Works across realms. */
export function isSource(value: unknown): value is Source {
  return (
    typeof value === 'string' ||
    ArrayBuffer.isView(value) ||
    (typeof value === 'object' && value !== null && sourceKinds.includes(kindOf(value)))
  );
}

/** How far one of a load's sources was read. */
export interface FileProgress {
  /** Its URL or path, or what it is. */
  readonly name: string;
  /** Bytes. */
  readonly loaded: number;
  /** Undefined where the source does not say. */
  readonly total: number | undefined;
  /** How many of the bytes loaded came from the cache. */
  readonly fromCache: number;
}

export interface LoadProgress {
  readonly files: readonly FileProgress[];
}

/** Bytes read so far, and of all sources whose size is known. */
export type ProgressFunction = (loaded: number, total: number, details: LoadProgress) => void;

/** Reports the bytes that all readers of one `load` have taken, as they arrive. */
export class Progress {
  readonly #readers: Reader[] = [];
  #loaded = 0;
  #total = 0;
  constructor(
    private readonly report?: ProgressFunction,
    readonly patience = new Patience(),
    /** Bytes that downloads may have in the cache; undefined where they are not kept. */
    readonly cacheSize?: number,
    readonly log?: LogLevel,
  ) {}

  expect(reader: Reader): void {
    this.#readers.push(reader);
    this.#total += reader.size ?? 0;
  }
  add(bytes: number): void {
    this.#loaded += bytes;
    this.report?.(this.#loaded, Math.max(this.#loaded, this.#total), {
      files: this.#readers.map((reader) => ({
        name: reader.name,
        loaded: reader.position,
        total: reader.size,
        fromCache: Math.min(reader.fromCache(), reader.position),
      })),
    });
  }
  /** What to throw when reading failed with `error`: fetch and streams throw the signal's reason too. */
  failure(code: ErrorCode, name: string, error: unknown): WebHLOError {
    const { signal } = this.patience;
    if (signal?.aborted) return cancelled(signal);
    if (error instanceof WebHLOError) return error;
    // The caller's own fetch was stopped, whose Response was given.
    const stopped = error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name);
    return new WebHLOError(
      stopped ? 'cancelled' : code,
      stopped ? `reading ${name} was cancelled` : `cannot read ${name}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The bytes of one source, front to back. */
export abstract class Reader {
  position = 0;

  constructor(
    readonly name: string,
    /** Undefined when the transport does not say, or says the size before decompression. */
    readonly size: number | undefined,
    protected readonly progress: Progress,
  ) {
    if (size !== undefined && size >= maxAddressable) {
      fail('unsupported', `${name} has ${size} bytes; wasm32 addresses 4 GiB in all`);
    }
    progress.expect(this);
  }

  /** How many of the bytes that arrived came from the cache: the first ones. */
  fromCache(): number {
    return 0;
  }

  /** Fills the front of `target` and answers how many bytes; 0 only at the end. */
  protected abstract some(target: Uint8Array): Promise<number>;
  /** Passes over bytes of a known size. */
  protected abstract pass(bytes: number): Promise<number>;
  abstract close(): void;
  /** From now on bytes may be read before somebody takes them, where that takes time. */
  readAhead(): void {
    // They are at hand.
  }

  async read(target: Uint8Array): Promise<number> {
    const { patience } = this.progress;
    await patience.breathe();
    const bytes = await patience.race(this.some(target.subarray(0, chunkBytes)));
    this.position += bytes;
    this.progress.add(bytes);
    return bytes;
  }

  /** Fills `length` bytes of what `view` shows; the view is made anew for each chunk. */
  async fill(length: number, view: (offset: number, length: number) => Uint8Array): Promise<void> {
    for (let done = 0; done < length;) {
      const bytes = await this.read(view(done, length - done));
      if (bytes === 0) this.#truncated(length - done);
      done += bytes;
    }
  }

  async bytes(length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    await this.fill(length, (offset, rest) => out.subarray(offset, offset + rest));
    return out;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const { patience } = this.progress;
      await patience.breathe();
      const bytes = await patience.race(this.pass(left));
      if (bytes === 0) this.#truncated(left);
      left -= bytes;
      this.position += bytes;
      this.progress.add(bytes);
    }
  }

  #truncated(missing: number): never {
    fail('invalid_model', `${this.name} ends at byte ${this.position}, ${missing} bytes too early`);
  }
}

class MemoryReader extends Reader {
  constructor(
    name: string,
    private readonly content: Uint8Array,
    progress: Progress,
  ) {
    super(name, content.length, progress);
  }
  // Async, so that a throw is a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  protected async some(target: Uint8Array): Promise<number> {
    if (this.content.length !== this.size) {
      fail('invalid_argument', `${this.name}: its buffer was transferred away, or resized`);
    }
    const part = this.content.subarray(this.position, this.position + target.length);
    target.set(part);
    return part.length;
  }
  protected pass(bytes: number): Promise<number> {
    return Promise.resolve(Math.min(bytes, this.content.length - this.position));
  }
  close(): void {
    // Nothing is held.
  }
}

/** What is read of a stream ahead of whoever takes it: so a download goes on while a program is compiled. */
const aheadBytes = 16 * 2 ** 20;

/** @internal */
export class StreamReader extends Reader {
  /** The chunk that is being taken, and those behind it. */
  #rest: Uint8Array = new Uint8Array(0);
  readonly #chunks: Uint8Array[] = [];
  #ahead = 0;
  #aheadLimit = 0;
  /** What brings the next chunk; it stays once it has failed. */
  #reading: Promise<void> | undefined;
  #ended = false;

  constructor(
    name: string,
    size: number | undefined,
    private readonly stream: Chunks,
    progress: Progress,
    /** When the stream breaks. */
    private readonly code: ErrorCode,
  ) {
    super(name, size, progress);
  }

  override fromCache(): number {
    return this.stream.fromCache ?? 0;
  }

  override readAhead(): void {
    this.#aheadLimit = aheadBytes;
    this.#readOn();
  }

  #readOn(): void {
    if (this.#ahead < this.#aheadLimit) this.#begin();
  }

  #begin(): void {
    if (this.#reading || this.#ended) return;
    this.#reading = this.#chunk();
    // Whoever takes the next one hears of it.
    this.#reading.catch(() => undefined);
  }

  async #chunk(): Promise<void> {
    const { done, value } = await this.stream.read().catch((error: unknown) => {
      throw this.progress.failure(this.code, this.name, error);
    });
    if (!done && !ArrayBuffer.isView(value)) {
      fail('invalid_argument', `${this.name}: its stream gives ${show(value)}, expected bytes`);
    }
    this.#reading = undefined;
    this.#ended = done;
    // A stream of empty chunks would hold the event loop: the next is read for who waits for it.
    if (done || value.length === 0) return;
    this.#chunks.push(value);
    this.#ahead += value.length;
    this.#readOn();
  }

  async #next(): Promise<void> {
    while (this.#rest.length === 0) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#rest = chunk;
        this.#ahead -= chunk.length;
        this.#readOn();
        return;
      }
      if (this.#ended) return;
      this.#begin();
      await this.#reading;
      await this.progress.patience.breathe();
    }
  }
  protected async some(target: Uint8Array): Promise<number> {
    await this.#next();
    const bytes = Math.min(target.length, this.#rest.length);
    target.set(this.#rest.subarray(0, bytes));
    this.#rest = this.#rest.subarray(bytes);
    return bytes;
  }
  protected async pass(bytes: number): Promise<number> {
    await this.#next();
    const passed = Math.min(bytes, this.#rest.length);
    this.#rest = this.#rest.subarray(passed);
    return passed;
  }
  close(): void {
    this.stream.cancel().catch(() => undefined);
  }
}

const smallRead = 1 << 18;

class FileReader extends Reader {
  /** The last read, or undefined once the file was closed: a read never meets another's file. */
  #pending: Promise<unknown> | undefined = Promise.resolve();

  constructor(
    name: string,
    size: number,
    private readonly fd: number,
    progress: Progress,
  ) {
    super(name, size, progress);
  }
  protected async some(target: Uint8Array): Promise<number> {
    // An explicit position: bytes passed over are never read. A small tensor is copied sooner than a
    // worker thread of Node is woken.
    const fs = nodeModule('node:fs');
    try {
      if (target.length <= smallRead) {
        return fs.readSync(this.fd, target, 0, target.length, this.position);
      }
      const read = promised<number>((done) => {
        fs.read(this.fd, target, 0, target.length, this.position, done);
      });
      this.#pending = read.catch(() => undefined);
      return await read;
    } catch (error) {
      throw this.progress.failure('invalid_argument', this.name, error);
    }
  }
  protected pass(bytes: number): Promise<number> {
    return Promise.resolve(Math.min(bytes, (this.size ?? 0) - this.position));
  }
  close(): void {
    void this.#pending?.then(() => {
      nodeModule('node:fs').close(this.fd, () => undefined);
    });
    this.#pending = undefined;
  }
}

/** The URL that a string or URL names, or undefined when it is a path of this machine. */
export function urlOf(source: string | URL): URL | undefined {
  let url: URL | undefined;
  try {
    url = new URL(source);
  } catch {
    url = undefined;
  }
  if (url && /^(https?|file|blob|data):$/.test(url.protocol)) {
    if (url.username || url.password) {
      fail('invalid_argument', `${url.href}: fetch takes no passwords`);
    }
    return isNode && url.protocol === 'file:' ? undefined : url;
  }
  if (isNode) return undefined;
  try {
    return new URL(String(source), pageURL());
  } catch (error) {
    return fail('invalid_argument', `${show(String(source))} is no address`, error);
  }
}

/** What relative addresses are relative to in browsers and workers. */
function pageURL(): string {
  return typeof document === 'object' ? document.baseURI : location.href;
}

export async function open(source: Source, progress: Progress, label = 'source'): Promise<Reader> {
  progress.patience.check();
  if (!isSource(source)) {
    const hint = notYet(source);
    fail(
      'invalid_argument',
      `${label} is no URL, path, Response, Blob, ArrayBuffer or typed array, but ${show(source)}${hint}`,
    );
  }
  if (typeof source === 'string' || kindOf(source) === 'URL') {
    const url = urlOf(source as string | URL);
    if (!url) return openFile(source as string | URL, progress);
    if (progress.cacheSize !== undefined && isRemote(url)) {
      const { openKept } = await import('./downloads.js').catch((error: unknown) => {
        throw progress.failure('network', 'downloads.js', error);
      });
      return openKept(url, progress, progress.cacheSize);
    }
    return openResponse(await fetchURL(url, progress), nameOf(url), progress, url);
  }
  if (ArrayBuffer.isView(source) || kindOf(source).endsWith('Buffer')) {
    const view = ArrayBuffer.isView(source);
    const buffer = view ? source.buffer : (source as ArrayBufferLike);
    if (isDetached(buffer)) fail('invalid_argument', `${label}: its buffer was transferred away`);
    const bytes = view
      ? new Uint8Array(buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(buffer);
    return new MemoryReader(label, bytes, progress);
  }
  if (kindOf(source) === 'Response') {
    const response = source as Response;
    return openResponse(response, response.url || 'the Response', progress);
  }
  const blob = source as Blob;
  const name = (blob as Partial<File>).name ?? label;
  return new StreamReader(name, blob.size, blob.stream().getReader(), progress, 'invalid_argument');
}

/** For messages: what to do with what is nearly a source. */
export function notYet(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const kind = kindOf(value);
  if (kind === 'Promise') return '; await it';
  if (kind === 'Request') return '; pass fetch(request), awaited';
  if (kind === 'ReadableStream') return '; pass new Response(stream)';
  return '';
}

function nameOf(url: URL): string {
  return url.protocol === 'data:' ? 'data: URL' : url.href;
}

/** @internal Answers only what was found; the rest is an error that says whether to try again. */
export async function fetchURL(url: URL, progress: Progress): Promise<Response> {
  const name = nameOf(url);
  const { signal } = progress.patience;
  const response = await fetch(url, signal ? { signal } : {}).catch((error: unknown) => {
    throw progress.failure(isRemote(url) ? 'network' : 'invalid_argument', name, error);
  });
  checkStatus(response, name);
  return response;
}

const isRemote = ({ protocol }: URL): boolean => /^https?:$/.test(protocol);

/** @internal */
export function checkStatus(response: Response, name: string): void {
  const { ok, status, statusText } = response;
  if (ok) return;
  discard(response);
  const passes = mayPass(status);
  const what =
    status === 0 ? `an answer of type ${response.type}, which hides its bytes` : String(status);
  fail(
    passes ? 'network' : 'invalid_argument',
    `cannot read ${name}: ${what} ${statusText}`.trimEnd() + (passes ? '; try again later' : ''),
  );
}

/** The body of a Response that can be read. */
export function checkResponse(response: Response, name: string): ReadableStream<Uint8Array> {
  const { body } = response;
  if (response.bodyUsed || body?.locked) {
    fail(
      'invalid_argument',
      `${name}: its body was read already; a Response can be used once, clone() makes another`,
    );
  }
  checkStatus(response, name);
  if (typeof body?.getReader !== 'function') fail('invalid_argument', `${name} has no body`);
  return body;
}

/** A download from `url` goes on where its connection breaks. */
function openResponse(response: Response, name: string, progress: Progress, url?: URL): Reader {
  const body = checkResponse(response, name);
  const version = versionOf(response);
  const { signal } = progress.patience;
  const chunks = url ? new Download(body, url, version, signal) : body.getReader();
  try {
    return new StreamReader(name, version.size, chunks, progress, 'network');
  } catch (error) {
    chunks.cancel().catch(() => undefined);
    throw error;
  }
}

async function openFile(source: string | URL, progress: Progress): Promise<Reader> {
  let path = String(source);
  try {
    if (source instanceof URL || source.startsWith('file:')) {
      path = nodeModule('node:url').fileURLToPath(source);
    }
    const fs = nodeModule('node:fs');
    const fd = await promised<number>((done) => {
      fs.open(path, done);
    });
    try {
      const stat = fs.fstatSync(fd);
      if (stat.isDirectory()) {
        const saved = fs.existsSync(`${path}/saved_model.pb`);
        throw new Error(
          `it is a folder, not a file${saved ? `: ${foreignModels.SavedModel}` : ''}`,
        );
      }
      if (!stat.isFile()) throw new Error('it is not a file');
      return new FileReader(path, stat.size, fd, progress);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  } catch (error) {
    throw progress.failure('invalid_argument', path, error);
  }
}

/**
 * @internal What a function with a callback answers. Loading node:fs/promises, which does not need
 * this, takes Node several milliseconds.
 */
export function promised<T>(
  begin: (done: (error: Error | null, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}

/** @internal A module of Node, out of sight of bundlers for the browser. */
export function nodeModule<T extends keyof NodeModules>(name: T): NodeModules[T] {
  return (process as NodeJS.Process).getBuiltinModule(name);
}

/** @internal */
interface NodeModules {
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:url': typeof import('node:url');
  'node:v8': typeof import('node:v8');
  'node:worker_threads': typeof import('node:worker_threads');
}

/**
 * The address of a companion file that a model names by its path from the model's folder, or undefined
 * where that says nothing. The path comes from the model, so it may not lead out of the folder.
 */
export function siblingOf(source: Source, file: string): string | URL | undefined {
  const parts = file.split('/');
  if (parts.some((part) => /^\.{0,2}$|[\\:]/.test(part))) return undefined;
  if (typeof source !== 'string' && !(source instanceof URL)) return undefined;
  const text = String(source);
  const url = urlOf(source) ?? (text.startsWith('file:') ? new URL(text) : undefined);
  if (!url)
    return text.slice(0, Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1) + file;
  if (url.protocol === 'blob:' || url.protocol === 'data:') return undefined;
  return new URL(parts.map(encodeURIComponent).join('/'), url);
}
