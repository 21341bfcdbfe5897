// SPDX-License-Identifier: Apache-2.0
// The cache of downloads, as callers see it; downloads.ts is fetched by who uses it.

/** What was kept of an address. */
export interface CacheEntry {
  readonly url: string;
  /** Bytes that are kept. */
  readonly size: number;
  /** Whether these are all; what others lack, the next load fetches. */
  readonly complete: boolean;
  /** When a load last used it. */
  readonly used: Date;
}

const downloads = () => import('./downloads.js');

/** What `load(..., { cache: true })` has kept: for this user in Node, for this origin in pages. */
export const cache = {
  /** The last used one first. */
  async entries(): Promise<CacheEntry[]> {
    return (await downloads()).entries();
  },
  /** Bytes of all entries. */
  async size(): Promise<number> {
    return (await cache.entries()).reduce((sum, { size }) => sum + size, 0);
  },
  /** Removes all entries. A load that reads one meanwhile may end with code `network`. */
  async clear(): Promise<void> {
    await (await downloads()).clear();
  },
};
