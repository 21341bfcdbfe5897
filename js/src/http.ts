// SPDX-License-Identifier: Apache-2.0
// HTTP: which bytes an address has, the rest of them from a place on, and a download that goes on where its
// connection broke (RFC 9110: 8.8, 13.1.5, 14).

/** Chunks of bytes, front to back: what the reader of a stream gives. */
export interface Chunks {
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  cancel(): Promise<void>;
  /** How many of the bytes that were read so far came from the cache. */
  readonly fromCache?: number;
}

/** What a server says of the bytes at an address. */
export interface Version {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  /** Undefined when it does not say, or says the size before decompression. */
  readonly size?: number | undefined;
}

export function versionOf({ headers }: Response): Version {
  const length = headers.get('content-length') ?? '';
  const isPlain = headers.get('content-encoding') === null;
  return {
    etag: headers.get('etag') ?? undefined,
    lastModified: headers.get('last-modified') ?? undefined,
    size: isPlain && /^\d+$/.test(length) ? Number(length) : undefined,
  };
}

/** What tells these very bytes from all others; undefined where nothing does. */
export function validatorOf({ etag, lastModified }: Version): string | undefined {
  if (etag?.startsWith('"')) return etag;
  // Of a file that was just written, a second says too little.
  const isOld = Date.parse(lastModified ?? '') < Date.now() - 60_000;
  return isOld ? lastModified : undefined;
}

/** Whether a later request may find what this one did not: too early, too often, a server in trouble. */
export function mayPass(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** A request past the engine's own cache. */
export async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const options: RequestInit = { cache: 'no-store', ...(signal && { signal }) };
  try {
    return await fetch(url, { ...options, headers });
  } catch (error) {
    // A page may ask another origin for a range, but the conditions only if that origin allows it.
    const { Range, ...conditions } = headers;
    const isRefused = typeof location === 'object' && Object.keys(conditions).length > 0;
    if (!isRefused || signal?.aborted) throw error;
    return fetch(url, { ...options, headers: Range === undefined ? {} : { Range } });
  }
}

/** Asks for what is behind `position`, or for all if it is no more of that version; undefined where that cannot be said. */
export function rangeHeaders(
  position: number,
  version: Version,
): Readonly<Record<string, string>> | undefined {
  const validator = validatorOf(version);
  if (validator === undefined || position >= (version.size ?? 0)) return undefined;
  return { Range: `bytes=${position}-`, 'If-Range': validator };
}

/** Whether the answer to that is the rest of the version. */
export function isRest(response: Response, position: number, version: Version): boolean {
  const { headers, status } = response;
  const { size = 0 } = version;
  const rest = versionOf(response);
  const range = headers.get('content-range');
  // Other origins hide it from pages.
  const fits =
    range === null
      ? rest.size === size - position
      : range === `bytes ${position}-${size - 1}/${size}`;
  return (
    status === 206 &&
    fits &&
    headers.get('content-encoding') === null &&
    validatorOf(rest) === validatorOf(version)
  );
}

export function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined);
}

/** Before each try to go on, as long as nothing comes. */
const retryMs = [0, 500, 2000];
/** Behind so many bytes tries count anew. */
const farBytes = 2 ** 20;

/** The body of an answer. Where its connection breaks, it asks for the rest. */
export class Download implements Chunks {
  #body: ReadableStreamDefaultReader<Uint8Array>;
  #tries = 0;
  #triedAt = 0;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(
    body: ReadableStream<Uint8Array>,
    private readonly url: URL,
    private readonly version: Version,
    private readonly signal: AbortSignal | undefined,
    /** Of the first byte of the body. */
    private position = 0,
  ) {
    this.#body = body.getReader();
  }

  async read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    for (;;) {
      try {
        const result = await this.#body.read();
        this.position += result.value?.length ?? 0;
        return result;
      } catch (error) {
        await this.#goOn(error);
      }
    }
  }

  async #goOn(reason: unknown): Promise<void> {
    if (this.position >= this.#triedAt + farBytes) this.#tries = 0;
    this.#triedAt = this.position;
    const headers = rangeHeaders(this.position, this.version);
    while (headers && this.#tries < retryMs.length && !this.signal?.aborted) {
      await this.#sleep(retryMs[this.#tries++] as number);
      const response = await ask(this.url, headers, this.signal).catch(() => undefined);
      if (!response) continue;
      const { body } = response;
      if (body && !this.#isClosed && isRest(response, this.position, this.version)) {
        this.#body = body.getReader();
        return;
      }
      discard(response);
      if (!mayPass(response.status)) break;
    }
    throw reason;
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isClosed) this.#wake();
    });
  }

  cancel(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    return this.#body.cancel();
  }
}
