// SPDX-License-Identifier: Apache-2.0
// The package's files out of tsc's modules in dist/, written over them: index.js has all that it needs at
// once, so that a page fetches one file and not module after module. What is fetched when it is needed, the
// command line and the modules that tests use take what they share with it from there, under short names
// that are nobody else's business: so there is one of each class.

import { globSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import terser from '@rollup/plugin-terser';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const index = at('dist/index.js');

/** The modules that one imports, and they import: not those that are fetched later. */
function needed(id, getModuleInfo, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const other of getModuleInfo(id).importedIds) needed(other, getModuleInfo, found);
  return found;
}

/** Modules that are parts of one file each, and no files by themselves. */
const parts = ['cache', 'files_of_worker', 'http', 'wire'];

/** Each other module keeps its name and its exports. */
const others = {
  name: 'others',
  buildStart() {
    for (const source of globSync('**/*.ts', { cwd: at('src') })) {
      const fileName = source.replace(/ts$/, 'js');
      const isOwn = !['index', 'webhlo-worker', ...parts].includes(fileName.slice(0, -3));
      if (!isOwn) continue;
      const id = at(`dist/${fileName}`);
      this.emitFile({ type: 'chunk', id, fileName, preserveSignature: 'strict' });
    }
  },
  writeBundle() {
    for (const part of parts) rmSync(at(`dist/${part}.js`));
  },
};

/** Classes keep the names that consoles and frameworks show, and bundlers the comments that are for them. */
const small = terser({
  module: true,
  ecma: 2022,
  keep_classnames: true,
  compress: { passes: 2 },
  format: { comments: /@vite-ignore|webpackIgnore/ },
});

/** The worker has no other files than those whose addresses it is given, which bundlers leave to it. */
const worker = {
  input: at('dist/webhlo-worker.js'),
  external: /^node:/,
  plugins: [
    {
      name: 'files of the worker',
      resolveId: (id) => (id === './files.js' ? at('dist/files_of_worker.js') : null),
      renderDynamicImport: () => ({
        left: 'import(/* @vite-ignore */ /* webpackIgnore: true */ ',
        right: ')',
      }),
    },
  ],
  output: { file: at('dist/webhlo-worker.js'), inlineDynamicImports: true, plugins: [small] },
};

const modules = {
  input: { index },
  // Node's modules, and Emscripten's glue, which the builds of the wasm put into dist/.
  external: /^node:|\/webhlo-[\w-]+\.mjs$/,
  preserveEntrySignatures: 'allow-extension',
  plugins: [others],
  output: {
    dir: at('dist'),
    plugins: [small],
    hoistTransitiveImports: false,
    manualChunks: (id, { getModuleInfo }) => {
      const isShared = needed(index, getModuleInfo).has(id);
      return isShared ? 'index' : null;
    },
  },
};

// The worker first: it is made of modules as tsc wrote them.
export default [worker, modules];
