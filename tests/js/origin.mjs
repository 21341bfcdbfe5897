// SPDX-License-Identifier: Apache-2.0
// A server that behaves as it is told, well or badly, and notes what it was asked: for tests of downloads.

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * `files` are answers by path, to be changed at any time: { bytes }, and how the server behaves: { etag, lastModified,
 * noRanges, ignoresConditions, chunked, encoding, headers }. `cuts` are after how many bytes its next answers break,
 * `stalls` after how many they stop. A `status` stands for all that. `requests` are what was asked: { path, method,
 * range, condition, ifRange }. Another server may answer what has no file here.
 */
export async function startOrigin(other) {
  const files = {};
  const requests = [];
  const server = createServer((request, response) => {
    const { headers, method } = request;
    const path = new URL(request.url, "http://localhost").pathname;
    if (other && !(path in files)) {
      other.emit("request", request, response);
      return;
    }
    const { range, "if-range": ifRange } = headers;
    const condition = headers["if-none-match"] ?? headers["if-modified-since"];
    requests.push({ path, method, range, condition, ifRange });
    answer(
      files[path] ?? { status: 404 },
      { range, condition, ifRange },
      response,
    );
  });
  const origin = { files, requests, server };
  const listen = async (port) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address();
  return Object.assign(origin, {
    address: `http://127.0.0.1:${port}`,
    /** What was asked since the last call. */
    asked: () => requests.splice(0),
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    start: () => listen(port),
  });
}

function answer(file, { range, condition, ifRange }, response) {
  const { etag, lastModified, status, bytes, headers = {} } = file;
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, value);
  if (status !== undefined) {
    response.writeHead(status).end("no bytes of the file");
    return;
  }
  const tag = etag ?? lastModified;
  if (etag) response.setHeader("ETag", etag);
  if (lastModified) response.setHeader("Last-Modified", lastModified);
  if (tag !== undefined && condition === tag && !file.ignoresConditions) {
    response.writeHead(304).end();
    return;
  }
  let start = 0;
  if (range !== undefined && !file.noRanges && (ifRange ?? tag) === tag) {
    start = Number(/^bytes=(\d+)-$/.exec(range)[1]);
    if (start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    response.statusCode = 206;
    const described = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.setHeader("Content-Range", headers["Content-Range"] ?? described);
  }
  if (file.encoding) response.setHeader("Content-Encoding", file.encoding);
  if (!file.chunked) response.setHeader("Content-Length", bytes.length - start);
  const stall = file.stalls?.shift();
  const cut = file.cuts?.shift();
  if (stall !== undefined) response.write(bytes.subarray(start, start + stall));
  else if (cut === 0) response.destroy();
  else if (cut !== undefined)
    response.write(bytes.subarray(start, start + cut), () =>
      response.socket.end(),
    );
  else response.end(bytes.subarray(start));
}
