// SPDX-License-Identifier: Apache-2.0
// `webhlo serve`: a static file server that sends the headers under which browsers allow threads. What a client has
// already is not sent again: it answers conditional requests, and ranges (RFC 9110: 13, 14).

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { fail, messageOf } from '../errors.js';
import { command, number, UsageError } from './command.js';
import type { Options } from './command.js';
import { print } from './output.js';

const options = {
  port: { type: 'string', value: 'N', help: 'default 8000; 0 takes any free port' },
  host: { type: 'string', value: 'NAME', help: 'default 127.0.0.1' },
  'no-isolation': { type: 'boolean', help: 'serve without the headers that allow threads' },
} as const satisfies Options;

export const serve = command({
  name: 'serve',
  operands: 'DIR',
  summary: 'serve a folder to browsers, with the headers that allow threads',
  options,
  values: 'folder',
  examples: [
    ['webhlo serve .', 'at http://127.0.0.1:8000/'],
    ['webhlo serve site --host 0.0.0.0 --port 0', 'to other machines, at any free port'],
  ],
  async run([folder = '.', ...more], values) {
    if (more.length > 0) throw new UsageError('serve takes one folder');
    const port = number(values.port, 'port') ?? 8000;
    if (!Number.isInteger(port) || port > 65535) {
      throw new UsageError(`--port ${port}: expected a port, 0 to 65535`);
    }
    const isFolder = await stat(folder).then(
      (info) => info.isDirectory(),
      () => false,
    );
    if (!isFolder) fail('invalid_argument', `${folder} is no folder`);
    const isolate = !values['no-isolation'];
    const server = createStaticServer({ mounts: { '/': folder }, isolate });
    const address = await listen(server, port, values.host ?? '127.0.0.1');
    print(`${folder} is at ${address}`);
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          server.close();
          server.closeAllConnections();
          resolve(0);
        });
      }
    });
  },
});

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export interface ServeOptions {
  /** Folders by the path they appear under; the longest that fits wins. `/` is the root. */
  mounts: Readonly<Record<string, string>>;
  /** Send the headers of cross-origin isolation. Default: true. */
  isolate?: boolean;
  /** More headers for every answer. */
  headers?: Readonly<Record<string, string>>;
}

export function createStaticServer({ mounts, isolate = true, headers = {} }: ServeOptions): Server {
  const ordered = Object.entries(mounts).sort(([a], [b]) => b.length - a.length);
  return createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // Kept, but not used before the server was asked.
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (isolate) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'only GET and HEAD');
      return;
    }
    send(request, ordered, response).catch(() => {
      answer(response, 404, 'not found');
    });
  });
}

/**
 * Where a path really leads. Links are followed, but they too must end in the folder: of what lies outside
 * an answer does not even tell whether it exists.
 */
async function within(root: string, path: string): Promise<string> {
  const real = await realpath(path);
  const inside = relative(root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new Error('outside of the folder');
  }
  return real;
}

async function send(
  request: IncomingMessage,
  mounts: readonly (readonly [string, string])[],
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  const mount = mounts.find(([prefix]) => path.startsWith(prefix));
  if (!mount || path.includes('\0')) throw new Error('no such place');
  const [prefix, folder] = mount;
  const root = await realpath(resolve(folder));
  let file = await within(root, join(root, path.slice(prefix.length)));
  let info = await stat(file);
  if (info.isDirectory()) {
    if (!path.endsWith('/')) {
      const location = path.split('/').map(encodeURIComponent).join('/');
      response.writeHead(301, { Location: `${location.replace(/^\/+/, '/')}/` }).end();
      return;
    }
    file = await within(root, join(file, 'index.html'));
    info = await stat(file);
  }
  if (!info.isFile()) throw new Error('not a file');
  const { mtimeMs, size } = info;
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs * 1000).toString(16)}"`;
  const modified = info.mtime.toUTCString();
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', modified);
  response.setHeader('Accept-Ranges', 'bytes');
  if (isKnown(request, etag, mtimeMs)) {
    response.writeHead(304).end();
    return;
  }
  const range = rangeOf(request, size, [etag, modified]);
  if (range === 'none') {
    response.setHeader('Content-Range', `bytes */${size}`);
    answer(response, 416, 'no such range');
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  response.writeHead(range ? 206 : 200, {
    'Content-Type': types[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': end + 1 - start,
  });
  if (request.method === 'HEAD' || size === 0) response.end();
  else
    createReadStream(file, { start, end })
      .on('error', () => response.destroy())
      .pipe(response);
}

/** Whether the client has what there is. */
function isKnown({ headers }: IncomingMessage, etag: string, mtimeMs: number): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  }
  // In whole seconds.
  return Math.floor(mtimeMs / 1000) * 1000 <= Date.parse(headers['if-modified-since'] ?? '');
}

/** The bytes that are asked for; undefined for all of them, 'none' where there are none. */
function rangeOf(
  { headers, method }: IncomingMessage,
  size: number,
  validators: readonly string[],
): { start: number; end: number } | 'none' | undefined {
  const condition = headers['if-range'];
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  // Several ranges are answered by all, as one that makes no sense is.
  if (method !== 'GET' || (first === '' && last === '')) return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  if (typeof condition === 'string' && !validators.includes(condition)) return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'none' : { start, end };
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${text}\n`);
}

/** Resolves with the address once the server answers. Port 0 takes any free one. */
export async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed).listen(port, host, done);
  }).catch((error: unknown) =>
    fail('invalid_argument', `cannot serve at ${host}, port ${port}: ${messageOf(error)}`, error),
  );
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${bound}/`;
}
