// SPDX-License-Identifier: Apache-2.0
// The peers' packages, in the cache.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

const cache =
  process.env.WEBHLO_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'webhlo');

/** The folder with the peers' packages, installed by the lock file into the cache on first use. */
export function installPeers() {
  const files = ['package.json', 'package-lock.json'];
  const digest = createHash('sha256');
  for (const file of files) digest.update(readFileSync(join(here, file)));
  const folder = join(cache, `bench-${digest.digest('hex').slice(0, 8)}`);
  if (!existsSync(folder)) {
    console.error('installing the peers');
    mkdirSync(cache, { recursive: true });
    const part = mkdtempSync(`${folder}.`);
    for (const file of files) copyFileSync(join(here, file), join(part, file));
    const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: part,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (done.status !== 0) {
      rmSync(part, { recursive: true });
      throw new Error('npm ci of the peers failed');
    }
    renameSync(part, folder);
  }
  return join(folder, 'node_modules');
}
