// SPDX-License-Identifier: Apache-2.0
// Where contenders live: a Node child each, or a page each in headless Chromium. Both answer
// call(name, options) with the result of contender.mjs, and fail with the reason when they died.

import { fork, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const revecFlag = 'wasm-revectorize';

/** `folders`: { peers, package, build, models, converted } on this disk. */
export class NodeHost {
  constructor({ folders, revec }) {
    this.execArgv = revec ? [nodeRevecFlag()] : [];
    this.place = (model) => ({
      peers: urlOf(folders.peers),
      package: urlOf(folders.package),
      build: urlOf(folders.build),
      model: urlOf(join(folders.models, model)),
    });
    this.converted = (name) => urlOf(join(folders.converted, name));
    this.description = `Node ${process.versions.node} (V8 ${process.versions.v8})`;
  }

  async start() {
    const child = fork(join(here, 'child.mjs'), {
      execArgv: this.execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr.on('data', (text) => (complaint = (complaint + text).slice(-2000)));
    const ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => resolve(signal ?? code)),
    );
    return {
      async call(name, options) {
        const answer = new Promise((resolve) => child.once('message', resolve));
        child.send({ call: name, options });
        const got = await Promise.race([
          answer,
          ended.then((how) => ({ failure: `process ended: ${how}` })),
        ]);
        if (!('failure' in got)) return got.result;
        throw new Error(got.failure || complaint);
      },
      async close() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  async close() {}
}

/** The flag has lost its prefix `experimental-` on the way. */
function nodeRevecFlag() {
  const options = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout;
  const found = new RegExp(`--(experimental-)?${revecFlag}\\b`).exec(options);
  if (!found) throw new Error(`Node ${process.versions.node} cannot revectorize wasm (--revec)`);
  return found[0];
}

export class BrowserHost {
  static async create({ folders, revec }) {
    const host = new BrowserHost();
    host.server = await serve(folders);
    const origin = `http://127.0.0.1:${host.server.address().port}`;
    host.place = (model) => ({
      peers: `${origin}/peers`,
      package: `${origin}/package`,
      build: `${origin}/build`,
      model: `${origin}/models/${model}`,
    });
    host.converted = (name) => `${origin}/converted/${name}`;
    host.page = `${origin}/bench/page.html`;
    const { chromium } = await import(`${urlOf(folders.peers)}/playwright-core/index.mjs`);
    host.browser = await chromium.launch({
      executablePath: process.env.WEBHLO_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
        ...['--disable-background-networking', '--disable-component-update'],
        ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
        '--disable-backgrounding-occluded-windows',
        ...(revec ? [`--js-flags=--${revecFlag}`] : []),
      ],
    });
    host.description = `Chromium ${host.browser.version()}`;
    return host;
  }

  async start() {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    const crashed = new Promise((_, reject) =>
      page.once('crash', () => reject(new Error('page crashed'))),
    );
    crashed.catch(() => {});
    await page.goto(this.page);
    return {
      async call(name, options) {
        const answer = page.evaluate(([n, o]) => window.contender(n, o), [name, options]);
        try {
          return await Promise.race([answer, crashed]);
        } catch (error) {
          throw new Error(error.message.split('\n')[0].replace(/^page\.evaluate: /, ''));
        }
      },
      close: () => context.close(),
    };
  }

  async close() {
    await this.browser?.close();
    this.server.close();
  }
}

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves each folder as /NAME and this one as /bench, with the headers of cross-origin isolation. */
function serve(folders) {
  const roots = { ...folders, bench: here };
  const server = createServer((request, response) => {
    const [, root, ...rest] = decodeURIComponent(new URL(request.url, 'http://x').pathname).split(
      '/',
    );
    const file = roots[root] && join(roots[root], normalize(`/${rest.join('/')}`));
    if (!file || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function urlOf(folder) {
  return pathToFileURL(folder).href;
}
