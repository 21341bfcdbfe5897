// SPDX-License-Identifier: Apache-2.0
// Completes the package after tsc: digits.whlo, made by the built CLI, and the texts of the root.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const text of ['LICENSE', 'README.md', 'THIRD_PARTY_NOTICES']) {
  if (existsSync(at(`../${text}`))) copyFileSync(at(`../${text}`), at(text));
}
chmodSync(at('dist/cli.js'), 0o755);

if (['relaxed', 'importer'].every((name) => existsSync(at(`dist/webhlo-${name}.wasm`)))) {
  const digits = at('../models/digits/');
  execFileSync(
    process.execPath,
    [
      at('dist/cli.js'),
      'convert',
      `main=${digits}model.jaxexport`,
      `batch100=${digits}model_batch100.jaxexport`,
      '--weights',
      `${digits}weights.safetensors`,
      '--threads',
      '1',
      '--out',
      at('digits.whlo'),
    ],
    { stdio: 'inherit' },
  );
} else {
  console.log('digits.whlo not made: dist/ has no wasm to make it with yet');
}
