// SPDX-License-Identifier: Apache-2.0
// Store: what stays between loads, as bytes by name: files in the user's cache folder, or entries of the page's
// Cache. Each is written as a whole: whoever reads meanwhile finds the old one or the new one.

import { isNode, nodeModule, promised } from './sources.js';

/** A folder of it; '' holds what is small and no part of anything. */
export abstract class Store {
  /** Undefined when it is not there, has more bytes than that, or cannot be read. */
  abstract read(name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  abstract write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  abstract names(): Promise<string[]>;
  /** All of it; what is not there is as good as removed. */
  abstract remove(): Promise<void>;

  static of(folder: string): Store {
    return isNode ? new NodeFolder(folder) : new PageCache(folder);
  }

  /** The folders of that folder. */
  static async folders(folder: string): Promise<string[]> {
    if (isNode) return new NodeFolder(folder).names();
    const prefix = `${cacheName(folder)}/`;
    try {
      const names = (await caches.keys()).filter((name) => name.startsWith(prefix));
      return names.map((name) => name.slice(prefix.length));
    } catch {
      // Not every page has caches.
      return [];
    }
  }
}

function cacheFolder(): string {
  const { env, platform } = globalThis.process;
  const home = nodeModule('node:os').homedir();
  if (env.XDG_CACHE_HOME) return `${env.XDG_CACHE_HOME}/webhlo`;
  if (platform === 'darwin') return `${home}/Library/Caches/webhlo`;
  if (platform === 'win32') return `${env.LOCALAPPDATA ?? home}/webhlo`;
  return `${home}/.cache/webhlo`;
}

class NodeFolder extends Store {
  readonly #path: string;

  constructor(folder: string) {
    super();
    this.#path = [cacheFolder(), folder].filter(Boolean).join('/');
  }

  async read(name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const fs = nodeModule('node:fs');
    const file = `${this.#path}/${name}`;
    try {
      const { size } = await promised<{ size: number }>((done) => {
        fs.stat(file, done);
      });
      if (size > maxBytes) return undefined;
      return await promised<Uint8Array<ArrayBuffer>>((done) => {
        fs.readFile(file, done);
      });
    } catch {
      return undefined;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const fs = nodeModule('node:fs');
    const draft = `${this.#path}/${name}.${crypto.randomUUID()}.tmp`;
    const done =
      (then: (error: Error | null, value: undefined) => void) => (error: Error | null) => {
        then(error, undefined);
      };
    await promised<unknown>((then) => {
      fs.mkdir(this.#path, { recursive: true, mode: 0o700 }, then);
    });
    try {
      await promised<undefined>((then) => {
        fs.writeFile(draft, bytes, done(then));
      });
      await promised<undefined>((then) => {
        fs.rename(draft, `${this.#path}/${name}`, done(then));
      });
    } catch (error) {
      fs.unlink(draft, () => undefined);
      throw error;
    }
  }

  names(): Promise<string[]> {
    return promised<string[]>((then) => {
      nodeModule('node:fs').readdir(this.#path, then);
    }).catch(() => []);
  }

  remove(): Promise<void> {
    return new Promise((resolve) => {
      nodeModule('node:fs').rm(this.#path, { recursive: true, force: true }, () => {
        resolve();
      });
    });
  }
}

const cacheName = (folder: string): string => ['webhlo', folder].filter(Boolean).join('/');
const addressOf = (name: string): string => `https://webhlo.invalid/${name}`;

class PageCache extends Store {
  readonly #cache: string;

  constructor(folder: string) {
    super();
    this.#cache = cacheName(folder);
  }

  async read(name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const entry = await caches.match(addressOf(name), { cacheName: this.#cache });
      const blob = await entry?.blob();
      return blob && blob.size <= maxBytes ? new Uint8Array(await blob.arrayBuffer()) : undefined;
    } catch {
      return undefined;
    }
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await (await caches.open(this.#cache)).put(addressOf(name), new Response(bytes));
  }

  async names(): Promise<string[]> {
    if (!(await caches.has(this.#cache))) return [];
    const entries = await (await caches.open(this.#cache)).keys();
    return entries.map(({ url }) => url.slice(addressOf('').length));
  }

  async remove(): Promise<void> {
    await caches.delete(this.#cache);
  }
}
