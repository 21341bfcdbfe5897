// SPDX-License-Identifier: Apache-2.0
// The table of ./dev bench ops.

import { readFileSync } from 'node:fs';
import { number, ratio, table } from '../report.mjs';

/** Ops this much slower than another contender are listed with the steps that run them. */
const slow = { xla: 4, native: 2.5 };
/** Less than this much faster than a web runtime, they are listed with what memory they move. */
const ahead = 2;
const shownSteps = 6;
/** By op: the instructions that XLA:CPU has for it, and 128-bit SIMD in WebAssembly has not. */
const missing = new Map(
  readFileSync(new URL('missing_instructions.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')),
);

/** An op a line. */
export function opsToJson({ ops, ...rest }) {
  const lines = Object.entries(ops).map(
    ([name, entry]) => `  ${JSON.stringify(name)}: ${JSON.stringify(entry)}`,
  );
  const head = JSON.stringify(rest, null, 1).slice(0, -2);
  return `${head},\n "ops": {\n${lines.join(',\n')}\n }\n}\n`;
}

export function opsToMarkdown(result) {
  const { machine: m } = result;
  const all = Object.values(result.ops).flatMap(({ records }) => records);
  const others = [...new Set(all.map(({ runtime }) => runtime))].filter(
    (name) => name !== 'webhlo',
  );
  const shown = others.filter((name) =>
    all.some(({ runtime, best }) => runtime === name && best !== undefined),
  );
  const rows = Object.entries(result.ops).map(([name, { records, bytes }]) => {
    const find = (runtime) => records.find((record) => record.runtime === runtime);
    const own = find('webhlo');
    const times = (runtime) => (own.failure ? Infinity : own.best / find(runtime)?.best || 0);
    return { name, own, bytes, find, times };
  });
  const first = shown[0];
  rows.sort((a, b) => b.times(first) - a.times(first));

  const lines = [
    `${result.host}${result.xla ? `; XLA:CPU of JAX ${result.xla}` : ''}; ${m.cpu}, ${m.memoryGiB} GiB; ${m.date}; ` +
      `load at start ${m.loadAtStart}`,
    '',
    `Milliseconds of computing a run, one thread, best of ${result.rounds} slices of ${result.slice} ms; ` +
      'x = WebHLO / other: below 1 WebHLO is faster.',
    '',
    ...table(
      ['op', 'WebHLO', ...shown.flatMap((name) => [titles[name] ?? name, 'x'])],
      rows.map(({ name, own, find }) => [
        name,
        time(own),
        ...shown.flatMap((runtime) => [
          time(find(runtime)),
          `${ratio(own.best, find(runtime)?.best)}${differs(own, find(runtime)) ? ' *' : ''}`,
        ]),
      ]),
    ),
  ];
  if (shown.includes('native'))
    lines.push(
      '',
      'Native is the same C++ with 128-bit SIMD. * It runs other code there: what is fused goes through tiles, as',
      "there is no JIT, and XNNPACK's operators are compiled from scalar code.",
    );

  const calling = rows.find(({ name }) => name === 'add_f32_1')?.own.best;
  for (const [runtime, limit] of Object.entries(slow)) {
    if (!shown.includes(runtime)) continue;
    const listed = rows.filter(
      ({ own, times }) => own.steps && times(runtime) > limit && times(runtime) < Infinity,
    );
    lines.push(
      '',
      `What runs those that take more than ${limit} times as long as with ${titles[runtime]}` +
        `${calling ? ` (a call that adds two numbers takes ${number(calling)} ms)` : ''}:`,
      '',
    );
    for (const { name, own, times, find } of listed) {
      const more = own.steps.length - shownSteps;
      const steps = own.steps.slice(0, shownSteps).join('; ');
      const native = find('native')?.best / find('xla')?.best;
      const why = [
        times(runtime).toFixed(1),
        ...(runtime === 'xla' && native ? [`native C++ ${native.toFixed(1)}`] : []),
        ...(runtime === 'xla' && missing.has(name) ? [`lacks ${missing.get(name)}`] : []),
      ];
      lines.push(`- ${name} (${why.join('; ')}): ${steps}${more > 0 ? `; and ${more} more` : ''}`);
    }
    if (listed.length === 0) lines.push('- none');
  }

  const peers = shown.filter((name) => !(name in slow));
  if (peers.length > 0) lines.push(...behindPeers(rows, peers));

  const complaints = [];
  for (const [name, { records }] of Object.entries(result.ops))
    for (const { runtime, failure } of records)
      if (failure) complaints.push(`- ${runtime} failed: ${name}: ${failure}`);
  if (complaints.length > 0) lines.push('', ...complaints);
  if (result.notes.length > 0) lines.push('', ...result.notes.map((note) => `- ${note}`));
  return `${lines.join('\n')}\n`;
}

/** Where the best web runtime takes less than `ahead` times as long. */
function behindPeers(rows, peers) {
  const lines = ['', `What the best web runtime takes less than ${ahead} times as long for, with the bytes of operands and results a second:`, '']; // prettier-ignore
  const behind = rows
    .map(({ own, name, bytes, times }) => {
      const [worst] = peers.toSorted((a, b) => times(b) - times(a));
      return { own, name, bytes, worst, x: times(worst) };
    })
    .filter(({ own, x }) => own.best && x > 1 / ahead)
    .sort((a, b) => b.x - a.x);
  for (const { name, own, bytes, worst, x } of behind)
    lines.push(`- ${name}: ${x.toFixed(2)} of ${worst}; ${(bytes / own.best / 1e6).toFixed(1)} GB/s`);
  if (behind.length === 0) lines.push('- none');
  return lines;
}

const titles = { xla: 'XLA:CPU', native: 'native C++' };

/** Whether the same C++ runs as other code natively. */
const differs = (own, { runtime, steps } = {}) =>
  runtime === 'native' && steps !== undefined && (`${own.steps}` !== `${steps}` || /xnnpack/.test(steps));

function time(record) {
  if (record?.failure) return 'failed';
  return number(record?.best);
}
