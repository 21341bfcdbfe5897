// SPDX-License-Identifier: Apache-2.0
// Pages of headless Chromium with the face of a child process (child.mjs): what a unit needs they fetch.

import { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, serve, visit } from '../browser/pages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../../js/dist', import.meta.url));

class Page extends EventEmitter {
  exitCode = null;
  signalCode = null;

  constructor({ page, context }) {
    super();
    this.page = page;
    this.context = context;
    page.once('crash', () => this.#end('the page crashed'));
  }

  #end(why) {
    this.signalCode = why;
    this.emit('exit', null, why);
  }

  send(unit) {
    this.page.evaluate((unit) => window.judge(unit), unit).then(
      (answer) => this.emit('message', answer),
      (error) => this.#end(error.message),
    );
  }

  kill() {
    this.context.close().catch(() => {}); // The browser may be closed first.
  }
}

/** A browser whose pages can read what lies under `paths`. */
export async function openBrowser(paths) {
  const folders = paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path)));
  const server = await serve({
    '/tests/conformance/': here,
    '/js/dist/': dist,
    ...Object.fromEntries(folders.map((path) => [`/files${resolve(path)}/`, path])),
  });
  const browser = await launch();
  return {
    async start(flags, threads) {
      const seen = await visit(browser, `${server.address}tests/conformance/page.html`);
      await seen.page.evaluate((options) => window.prepare(options), { flags, threads });
      return new Page(seen);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
