// SPDX-License-Identifier: Apache-2.0
// What a benchmark run says beside its figures: the machine, the sizes of the package, the tables.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The machine as a reader needs it: no names, no paths. */
export function machine() {
  return {
    cpu: cpus()[0].model.trim(),
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: process.platform,
    architecture: process.arch,
    date: new Date().toISOString().slice(0, 10),
    loadAtStart: Number(loadavg()[0].toFixed(1)),
  };
}

/** Gzipped bytes of each wasm, with its glue where it has one, and of the JavaScript that index.js reaches. */
export function ownSizes(dist) {
  if (!existsSync(dist)) return null;
  const gz = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  const modules = {};
  const files = readdirSync(dist);
  for (const file of files) {
    const name = /^webhlo-(.*)\.wasm$/.exec(file)?.[1];
    const glue = `webhlo-${name}.mjs`;
    if (name) modules[name] = { wasm: gz(file), glue: files.includes(glue) ? gz(glue) : 0 };
  }
  let javascript = 0;
  if (existsSync(join(dist, 'index.js')))
    for (const file of reach(dist, 'index.js')) javascript += gz(file);
  return { javascript, modules };
}

/** index.js and all that it imports by relative names, but for the variants' glue. */
function reach(dist, first) {
  const seen = new Set([first]);
  for (const file of seen) {
    for (const [, name] of readFileSync(join(dist, file), 'utf8').matchAll(
      /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g,
    )) {
      const next = join(dirname(file), name);
      if (!/^webhlo-/.test(next) && existsSync(join(dist, next))) seen.add(next);
    }
  }
  return seen;
}

export function toMarkdown(result) {
  const { machine: m } = result;
  const lines = [
    `${result.host}${result.revec ? ', wasm revectorization on' : ''}; ${m.cpu}, ${m.threads} hardware threads, ` +
      `${m.memoryGiB} GiB; ${m.date}; load at start ${m.loadAtStart}`,
    '',
    `Milliseconds a run, best of ${result.rounds} slices of ${result.slice} ms (median in brackets); ` +
      'ratio = other / WebHLO, of the bests and of the medians: above 1 WebHLO is faster.',
    '',
  ];
  const all = Object.values(result.models).flat();
  const peers = [...new Set(all.map(({ runtime }) => runtime))].filter((name) => name !== 'webhlo');
  const shown = peers.filter((peer) =>
    all.some((record) => record.runtime === peer && !record.skipped),
  );
  const rows = [];
  for (const [model, records] of Object.entries(result.models)) {
    for (const threads of new Set(records.map((record) => record.threads))) {
      const find = (runtime, count = threads) =>
        records.find(
          (record) => record.runtime === runtime && record.threads === count && !record.converted,
        );
      const own = find('webhlo');
      const one = find('webhlo', 1);
      const row = [
        model,
        threads,
        times(own),
        number(own.bestAsync),
        threads === 1 ? '' : ratio(one?.best, own.best),
      ];
      for (const peer of shown) row.push(times(find(peer)), ratios(find(peer), own));
      rows.push(row);
    }
  }
  lines.push(
    ...table(
      [
        'model',
        'threads',
        'WebHLO runSync',
        'WebHLO run',
        'x 1 thread',
        ...shown.flatMap((peer) => [peer, 'ratio']),
      ],
      rows,
    ),
  );

  lines.push('', `From nothing, best of ${result.cold} (ms), wasm memory after the runs, and the error: the largest over the outputs of`,
    'max |difference| / max |expected| against float64.', ''); // prettier-ignore
  lines.push(
    ...table(
      [
        'model',
        'runtime',
        'threads',
        'import',
        'load',
        'first run',
        'first answer',
        'memory MiB',
        'error',
      ],
      Object.entries(result.models).flatMap(
        ([model, records]) =>
        records
          .filter(({ load }) => load !== undefined)
          .map((r) => [model, r.converted ? 'webhlo (.whlo)' : r.runtime, r.threads, number(r.import), number(r.load),
            number(r.firstRun), number(r.firstAnswer), number(r.wasmBytes / 2 ** 20), r.error?.toExponential(1) ?? 'other weights']), // prettier-ignore
      ),
    ),
  );

  const complaints = new Map();
  for (const [model, records] of Object.entries(result.models)) {
    for (const { runtime, threads, converted, failure, skipped } of records) {
      if (!failure && !skipped) continue;
      const line = `${runtime}${converted ? ' (.whlo)' : ''} ${failure ? `failed: ${failure}` : skipped}`;
      complaints.set(line, [...(complaints.get(line) ?? []), `${model} x ${threads}`]);
    }
  }
  if (complaints.size > 0) lines.push('');
  for (const [line, where] of complaints) lines.push(`- ${line} (${where.join(', ')})`);

  if (result.sizes) {
    lines.push('', `Download, gzipped: JavaScript ${kilobytes(result.sizes.javascript)}`);
    for (const [name, { wasm, glue }] of Object.entries(result.sizes.modules)) {
      lines.push(`- ${name}: wasm ${kilobytes(wasm)}${glue ? `, glue ${kilobytes(glue)}` : ''}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function times(record) {
  return record?.best === undefined ? '-' : `${number(record.best)} (${number(record.median)})`;
}
export function ratio(above, below) {
  return above === undefined || below === undefined ? '-' : (above / below).toFixed(2);
}
function ratios(other, own) {
  const best = ratio(other?.best, own.best);
  return best === '-' ? best : `${best} (${ratio(other.median, own.median)})`;
}
export function number(value) {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value >= 1000 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

export function table(head, rows) {
  const text = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...text.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((w, i) => (i === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)).join(' | ')} |`;
  return [line(text[0]), rule, ...text.slice(1).map(line)];
}
