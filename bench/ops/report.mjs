// SPDX-License-Identifier: Apache-2.0
// The table of ./dev bench ops.

import { number, ratio, table } from '../report.mjs';

/** Ops this much slower than XLA:CPU are listed with the steps that run them. */
const slow = 4;
const shownSteps = 6;

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
  const rows = Object.entries(result.ops).map(([name, { records }]) => {
    const [own, ...rest] = ['webhlo', ...shown].map((runtime) =>
      records.find((record) => record.runtime === runtime),
    );
    return { name, own, rest, times: own.failure ? Infinity : own.best / rest[0]?.best || 0 };
  });
  rows.sort((a, b) => b.times - a.times);

  const lines = [
    `${result.host}${result.xla ? `; XLA:CPU of JAX ${result.xla}` : ''}; ${m.cpu}, ${m.memoryGiB} GiB; ${m.date}; ` +
      `load at start ${m.loadAtStart}`,
    '',
    `Milliseconds of computing a run, one thread, best of ${result.rounds} slices of ${result.slice} ms; ` +
      'x = WebHLO / other: below 1 WebHLO is faster.',
    '',
    ...table(
      ['op', 'WebHLO', ...shown.flatMap((name) => [titles[name] ?? name, 'x'])],
      rows.map(({ name, own, rest }) => [
        name,
        time(own),
        ...rest.flatMap((other) => [time(other), ratio(own.best, other?.best)]),
      ]),
    ),
  ];

  const listed = rows.filter(({ own, times }) => own.steps && times > slow && times < Infinity);
  if (listed.length > 0) lines.push('', `What runs those that take more than ${slow} times as long as with XLA:CPU:`, ''); // prettier-ignore
  for (const { name, own } of listed) {
    const more = own.steps.length - shownSteps;
    const steps = own.steps.slice(0, shownSteps).join('; ');
    lines.push(`- ${name}: ${steps}${more > 0 ? `; and ${more} more` : ''}`);
  }

  const complaints = [];
  for (const [name, { records }] of Object.entries(result.ops))
    for (const { runtime, failure } of records)
      if (failure) complaints.push(`- ${runtime} failed: ${name}: ${failure}`);
  if (complaints.length > 0) lines.push('', ...complaints);
  if (result.notes.length > 0) lines.push('', ...result.notes.map((note) => `- ${note}`));
  return `${lines.join('\n')}\n`;
}

const titles = { xla: 'XLA:CPU' };

function time(record) {
  if (record?.failure) return 'failed';
  return number(record?.best);
}
