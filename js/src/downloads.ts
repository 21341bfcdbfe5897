// SPDX-License-Identifier: Apache-2.0
// Downloads that are kept (`load(..., { cache: true })`); fetched when a load first asks for that. Each version of
// what an address has is a folder of the store: what the server said of it, and the bytes in blocks, each with a
// digest. So what was interrupted, at whatever point, is a download whose first blocks are there, and so is what
// was damaged; the rest is asked for as a range. Of two that write the same version both write the same.

import type { CacheEntry } from './cache.js';
import { fail, messageOf, WebHLOError } from './errors.js';
import { ask, discard, Download, isRest, rangeHeaders, validatorOf, versionOf } from './http.js';
import type { Chunks, Version } from './http.js';
import { tell } from './log.js';
import { Patience } from './patience.js';
import { checkResponse, checkStatus, StreamReader } from './sources.js';
import type { Progress, Reader } from './sources.js';
import { Store } from './store.js';

const blockBytes = 2 * 2 ** 20;
/** Blocks that wait to be written. A download waits for a disk that is slower by more. */
const maxWaiting = 4;
/** When a load has what it wants, its download goes on for so many bytes and milliseconds: to an end that is near,
 * or at least to that of the block, without which the last bytes that were read are not kept. */
const drainBytes = 2 * blockBytes;
const drainMs = 3000;

/** After so long nobody writes a download any more. */
const abandonedMs = 24 * 3600_000;

// ---- What is kept.

const storeOf = (folder: string): Store => Store.of(`downloads/${folder}`);
/** Of the address and of its version. */
const isFolder = (name: string): boolean => /^[0-9a-f]{32}-[0-9a-f]{32}$/.test(name);
const addressPart = (folder: string): string => folder.slice(0, 32);

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = crypto as Partial<Crypto>;
  if (!subtle) throw new Error('that takes a page that came by https');
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const digestOf = async (text: string): Promise<string> => hex(await digest(encode(text)));
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);

// In front of all that is kept are a digest of what follows, and its place: what was damaged, or is something
// else's, is as good as not there.

const digestBytes = 32;
const labelOf = (folder: string, name: string): Uint8Array =>
  encode(`${folder}/${name.padStart(8)}`);
const headBytes = digestBytes + 32 + 1 + 32 + 1 + 8;

/** Writes bytes that have room for that in front. */
async function write(folder: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  bytes.set(labelOf(folder, name), digestBytes);
  bytes.set(await digest(bytes.subarray(digestBytes)));
  await storeOf(folder).write(name, bytes);
}

/** So many bytes at most; undefined when they are not there as they were written. */
async function read(folder: string, name: string, most: number): Promise<Uint8Array | undefined> {
  const bytes = await storeOf(folder).read(name, headBytes + most);
  if (!bytes || bytes.length < headBytes) return undefined;
  const isWhole =
    equal(await digest(bytes.subarray(digestBytes)), bytes) &&
    equal(labelOf(folder, name), bytes.subarray(digestBytes));
  return isWhole ? bytes.subarray(headBytes) : undefined;
}

/** What a folder says of its version. */
interface About extends Version {
  readonly url: string;
  /** Whether all was written; then the size is that of the bytes. */
  readonly complete: boolean;
  /** When it was asked for, as Date.now. */
  readonly begun: number;
  /** When a load last used it. */
  readonly used: number;
}

const aboutName = 'about';
const maxAboutBytes = 2 ** 16;

/** Of a folder of which it is not known. */
const nothing: About = { url: '', complete: false, begun: 0, used: 0 };

async function readAbout(folder: string): Promise<About> {
  const bytes = await read(folder, aboutName, maxAboutBytes);
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as About) : nothing;
}

async function writeAbout(folder: string, about: About): Promise<void> {
  const text = encode(JSON.stringify(about));
  const bytes = new Uint8Array(headBytes + text.length);
  bytes.set(text, headBytes);
  await write(folder, aboutName, bytes);
}

/** A version of an address, as far as it is kept. */
class Entry {
  private constructor(
    readonly folder: string,
    readonly about: About,
    /** The first ones, without a gap. */
    readonly blocks: number,
  ) {}

  static async of(folder: string): Promise<Entry> {
    const about = await readAbout(folder);
    const names = new Set(await storeOf(folder).names());
    let blocks = 0;
    while (names.has(String(blocks))) blocks++;
    return new Entry(folder, about, blocks);
  }

  /** All, or those of an address. */
  static async all(address = ''): Promise<Entry[]> {
    const folders = await Store.folders('downloads');
    const ours = folders.filter((name) => isFolder(name) && name.startsWith(address));
    return Promise.all(ours.map((folder) => Entry.of(folder)));
  }

  get size(): number {
    return Math.min(this.blocks * blockBytes, this.about.size ?? Infinity);
  }

  get complete(): boolean {
    return this.about.complete && this.size === this.about.size;
  }

  /** The blocks that a load can begin with: all, or those behind which there is something to ask for. */
  get usable(): number {
    const { about, blocks, complete } = this;
    if (complete) return blocks;
    const before = Math.min(blocks, Math.ceil((about.size ?? 0) / blockBytes) - 1);
    return before > 0 && rangeHeaders(before * blockBytes, about) ? before : 0;
  }

  /** Later than others it will have to make room. */
  async use(): Promise<void> {
    await writeAbout(this.folder, { ...this.about, used: Date.now() });
  }

  /** The bytes of a block, or undefined when it is not there as it was written. */
  async block(index: number): Promise<Uint8Array | undefined> {
    const length = Math.min(blockBytes, this.size - index * blockBytes);
    const bytes = await read(this.folder, String(index), length);
    return bytes?.length === length ? bytes : undefined;
  }

  remove(): Promise<void> {
    return storeOf(this.folder).remove();
  }
}

/** Removes what was not used for the longest time, until there is room. */
async function makeRoom(bytes: number, limit: number, own: string): Promise<void> {
  const others = (await Entry.all()).filter(({ folder }) => folder !== own);
  others.sort((a, b) => a.about.used - b.about.used);
  let total = others.reduce((sum, { size }) => sum + size, bytes);
  for (const entry of others) {
    if (total <= limit && entry.about !== nothing) return;
    await entry.remove();
    total -= entry.size;
  }
}

// ---- Work that no load waits for.

const pending = new Set<Promise<unknown>>();

function later(work: Promise<unknown>): void {
  const settled = work.catch(() => undefined).finally(() => pending.delete(settled));
  pending.add(settled);
}

async function settle(): Promise<void> {
  while (pending.size > 0) await Promise.all(pending);
}

/** What a load reads. */
interface Place {
  readonly url: URL;
  readonly progress: Progress;
  readonly limit: number;
}

let isWarned = false;

function warn({ url, progress }: Place, error: unknown): void {
  if (isWarned || progress.log === 'silent') return;
  isWarned = true;
  tell('warn', `WebHLO does not keep ${url.href}: ${messageOf(error)}`, progress.log);
}

// ---- Writing.

/** Keeps a version's bytes as they come, from a block on. What cannot be written is not kept. */
class Keeper {
  #block = new Uint8Array(headBytes + blockBytes);
  #filled = 0;
  #isOver = false;
  readonly #writes: Promise<void>[] = [];
  readonly #about: About;
  readonly #begun: Promise<void>;

  constructor(
    private readonly place: Place,
    private readonly version: Version,
    private readonly folder: string,
    private index: number,
  ) {
    const { etag, lastModified, size } = version;
    const now = Date.now();
    const said = { url: place.url.href, etag, lastModified, size };
    this.#about = { ...said, complete: false, begun: now, used: now };
    this.#begun = this.#begin();
    this.#begun.catch(() => undefined);
  }

  async #begin(): Promise<void> {
    const { size = 0 } = this.version;
    this.#checkSize(size);
    await makeRoom(size, this.place.limit, this.folder);
    await writeAbout(this.folder, this.#about);
  }

  #checkSize(bytes: number): void {
    const { limit } = this.place;
    if (bytes > limit) throw new Error(`it has ${bytes} bytes, cacheSize is ${limit}`);
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0 && !this.#isOver;) {
      const part = rest.subarray(0, blockBytes - this.#filled);
      rest = rest.subarray(part.length);
      this.#block.set(part, headBytes + this.#filled);
      this.#filled += part.length;
      if (this.#filled < blockBytes) continue;
      this.#flush();
      if (this.#writes.length > maxWaiting) await this.#writes.shift();
    }
  }

  get #position(): number {
    return this.index * blockBytes + this.#filled;
  }

  #flush(): void {
    const bytes = this.#block.subarray(0, headBytes + this.#filled);
    const written = this.#write(bytes, this.index, this.#position);
    this.#writes.push(written.catch((error: unknown) => this.#giveUp(error)));
    this.index++;
    this.#filled = 0;
    this.#block = new Uint8Array(headBytes + blockBytes);
  }

  async #write(bytes: Uint8Array<ArrayBuffer>, index: number, end: number): Promise<void> {
    await this.#begun;
    this.#checkSize(end);
    if (!this.#isOver) await write(this.folder, String(index), bytes);
  }

  async #giveUp(error: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    warn(this.place, error);
    await storeOf(this.folder).remove();
  }

  /** All bytes were added. */
  async finish(): Promise<void> {
    const size = this.#position;
    if (this.#filled > 0) this.#flush();
    await Promise.all(this.#writes);
    if (this.#isOver) return;
    try {
      const entries = await Entry.all(addressPart(this.folder));
      const own = entries.find(({ folder }) => folder === this.folder);
      const others = entries.filter(
        (entry) =>
          entry !== own && (entry.complete || entry.about.begun < this.#about.begun - abandonedMs),
      );
      const isBefore = ({ about }: Entry): boolean => about.begun <= this.#about.begun;
      // Somebody may have removed what was written first; and of those that come to their end at the same time,
      // one must stay.
      if (own?.blocks !== this.index || !others.every(isBefore)) {
        await storeOf(this.folder).remove();
        return;
      }
      await writeAbout(this.folder, { ...this.#about, complete: true, size });
      for (const entry of others) await entry.remove();
      await makeRoom(size, this.place.limit, this.folder);
    } catch (error) {
      await this.#giveUp(error);
    }
  }

  /** No more will come. Of what a later load can go on with, the blocks stay. */
  async stop(): Promise<void> {
    await Promise.all([...this.#writes, this.#begun.catch(() => undefined)]);
    this.#isOver = true;
    if (!rangeHeaders(0, this.version)) await storeOf(this.folder).remove();
  }
}

// ---- Reading.

async function get(
  { url, progress }: Place,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return ask(url, headers, progress.patience.signal).catch((error: unknown) => {
    throw progress.failure('network', url.href, error);
  });
}

/** What is fetched, and the bytes of it that are passed over. */
interface Rest {
  readonly download: Download;
  readonly keeper: Keeper | undefined;
  readonly skip: number;
}

/** Of a response whose bytes begin at `position`; wanted are those from a block on. */
function restOf(
  place: Place,
  response: Response,
  version: Version,
  folder: string | undefined,
  block = 0,
  position = block * blockBytes,
): Rest {
  const { url, progress } = place;
  const body = checkResponse(response, url.href);
  const keeper = folder === undefined ? undefined : new Keeper(place, version, folder, block);
  const download = new Download(body, url, version, progress.patience.signal, position);
  return { download, keeper, skip: block * blockBytes - position };
}

/** The first blocks of an entry, then what the network brings, which is kept. */
class KeptDownload implements Chunks {
  fromCache = 0;
  #isClosed = false;
  readonly #chunks = this.#all();

  constructor(
    private readonly place: Place,
    private readonly entry: Entry | undefined,
    /** What is behind its blocks: nothing, or why nobody can tell. */
    private rest: Rest | WebHLOError | undefined,
  ) {}

  read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    return this.#chunks.next();
  }

  async *#all(): AsyncGenerator<Uint8Array, undefined> {
    let isWhole = false;
    try {
      const { entry } = this;
      for (let index = 0; entry && index < entry.usable; index++) {
        const block = await entry.block(index);
        if (!block) {
          this.rest = await this.#replacement(entry, index);
          break;
        }
        this.fromCache += block.length;
        yield block;
      }
      if (this.rest instanceof WebHLOError && !entry?.complete) throw this.rest;
      if (!this.rest || this.rest instanceof WebHLOError) return undefined;
      const { download, keeper } = this.rest;
      for (let { skip } = this.rest; ;) {
        const { done, value } = await download.read();
        // If it was closed, this is not its end.
        isWhole = done && !this.#isClosed;
        if (done) return undefined;
        const wanted = value.subarray(Math.min(skip, value.length));
        skip -= value.length - wanted.length;
        await keeper?.add(wanted);
        yield wanted;
      }
    } finally {
      this.#end(isWhole);
    }
  }

  /** Once, of what is fetched. */
  #end(isWhole: boolean): void {
    const { rest } = this;
    if (!rest || rest instanceof WebHLOError) return;
    this.rest = undefined;
    if (rest.keeper) later(isWhole ? rest.keeper.finish() : rest.keeper.stop());
    if (!isWhole) rest.download.cancel().catch(() => undefined);
  }

  /** The bytes from a damaged block on. */
  async #replacement(entry: Entry, index: number): Promise<Rest> {
    const { place } = this;
    if (this.rest instanceof WebHLOError) throw this.rest;
    this.#end(false);
    const { about, folder } = entry;
    const position = index * blockBytes;
    const response = await get(place, rangeHeaders(position, about));
    if (isRest(response, position, about)) return restOf(place, response, about, folder, index);
    checkStatus(response, place.url.href);
    const validator = validatorOf(about);
    // Some servers always answer all.
    if (response.status === 200 && validator && validatorOf(versionOf(response)) === validator) {
      return restOf(place, response, about, folder, index, 0);
    }
    discard(response);
    await entry.remove();
    return fail('network', `${place.url.href} was kept, but damaged; load it again`);
  }

  cancel(): Promise<void> {
    later(this.#drain());
    return Promise.resolve();
  }

  async #drain(): Promise<void> {
    const { signal, left } = this.place.progress.patience;
    const patience = new Patience(signal, Math.min(left, drainMs));
    try {
      for (let bytes = 0; this.rest && bytes < drainBytes;) {
        const { done, value } = await patience.race(this.read());
        if (done) break;
        bytes += value.length;
      }
    } catch {
      // It is as far away.
    }
    this.#isClosed = true;
    this.#end(false);
    await this.#chunks.return(undefined);
  }
}

// ---- Asking the server.

/** By which a server tells whether it has something else by now. */
const tagOf = ({ etag, lastModified }: Version): string | undefined => etag ?? lastModified;

function conditions(version: Version): Record<string, string> {
  const tag = tagOf(version);
  if (tag === undefined) return {};
  return { [version.etag === undefined ? 'If-Modified-Since' : 'If-None-Match']: tag };
}

/** A name that other bytes do not have. */
async function versionName(version: Version): Promise<string> {
  const validator = validatorOf(version);
  if (validator === undefined) return hex(crypto.getRandomValues(new Uint8Array(16)));
  return digestOf(`${validator} ${version.size ?? ''}`);
}

/** Those of an address that begin with a block that is not damaged, the newest first. */
async function entriesOf(url: URL, address: string): Promise<Entry[]> {
  const entries = await Entry.all(address);
  entries.sort((a, b) => b.about.begun - a.about.begun);
  const areSound = await Promise.all(
    entries.map(
      async (entry) => entry.about.url === url.href && (await entry.block(0)) !== undefined,
    ),
  );
  return entries.filter((_, i) => areSound[i]);
}

/** Opens an address of which bytes are kept, or will be. */
export async function openKept(address: URL, progress: Progress, limit: number): Promise<Reader> {
  const url = new URL(address);
  url.hash = '';
  const place = { url, progress, limit };
  const id = await digestOf(url.href).catch((error: unknown) => {
    warn(place, error);
    return undefined;
  });
  const entries = id === undefined ? [] : await entriesOf(url, id);
  const whole = entries.find(({ complete }) => complete);
  const begun = entries.find(
    ({ complete, usable, about }) =>
      !complete && usable > 0 && about.begun > (whole?.about.begun ?? 0),
  );
  let response: Response;
  try {
    response = await (begun ? getRest(place, begun) : get(place, whole && conditions(whole.about)));
    if (response.status !== 304 || !whole) checkStatus(response, url.href);
  } catch (error) {
    const entry = whole ?? begun;
    // What is kept is as good as what cannot be had.
    if (!entry || !(error instanceof WebHLOError && error.code === 'network')) throw error;
    return readerOf(place, entry.about, entry, error);
  }
  const version = versionOf(response);
  const isUpToDate = whole && tagOf(version) === tagOf(whole.about) && tagOf(version) !== undefined;
  if (whole && (isUpToDate || response.status === 304)) {
    discard(response);
    return readerOf(place, whole.about, whole);
  }
  if (begun && response.status === 206) {
    const { about, folder } = begun;
    return readerOf(place, about, begun, restOf(place, response, about, folder, begun.usable));
  }
  const folder = id && `${id}-${await versionName(version)}`;
  // Another version by now.
  if (begun && begun.folder !== folder) later(begun.remove());
  return readerOf(place, version, undefined, restOf(place, response, version, folder));
}

/** Answers all when the server does not have the rest of that. */
async function getRest(place: Place, { about, usable }: Entry): Promise<Response> {
  const position = usable * blockBytes;
  const response = await get(place, rangeHeaders(position, about));
  if (![206, 416].includes(response.status) || isRest(response, position, about)) return response;
  discard(response);
  return get(place);
}

function readerOf(
  place: Place,
  { size }: Version,
  entry: Entry | undefined,
  rest?: Rest | WebHLOError,
): Reader {
  if (entry && !(rest && 'keeper' in rest)) later(entry.use());
  const download = new KeptDownload(place, entry, rest);
  try {
    return new StreamReader(place.url.href, size, download, place.progress, 'network');
  } catch (error) {
    void download.cancel();
    throw error;
  }
}

// ---- What cache.ts tells.

export async function entries(): Promise<CacheEntry[]> {
  await settle();
  const found = (await Entry.all()).filter(({ size, about }) => size > 0 && about !== nothing);
  found.sort((a, b) => b.about.used - a.about.used);
  return found.map(({ about, size, complete }) => ({
    url: about.url,
    size,
    complete,
    used: new Date(about.used),
  }));
}

export async function clear(): Promise<void> {
  await settle();
  for (const entry of await Entry.all()) await entry.remove();
}
