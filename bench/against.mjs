// SPDX-License-Identifier: Apache-2.0
// What became slower or faster between two results of `./dev bench --json`. Two runs are two moments of a
// machine, or two machines: so where both have a peer in common, figures are seen beside it, and what is
// slower only because everything was is not said to be.

import { number, ratio, table } from './report.mjs';

/** What changed by less than this is noise. */
const noticeable = 1.05;

const geomean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** The record of a contender, measured in this run. */
function find(records, runtime, threads) {
  return records?.find(
    (record) =>
      record.runtime === runtime &&
      record.threads === threads &&
      !record.converted &&
      record.best !== undefined,
  );
}

/** How much more time the machine took for the same: of the peers that both runs have, the geometric mean. */
function pace(before, after, threads) {
  const runtimes = [...new Set(after.map(({ runtime }) => runtime))];
  const changes = runtimes
    .filter((runtime) => runtime !== 'webhlo' && runtime !== 'build')
    .map((runtime) => [find(before, runtime, threads), find(after, runtime, threads)])
    .filter(([old, now]) => old && now)
    .map(([old, now]) => now.best / old.best);
  return changes.length === 0 ? undefined : geomean(changes);
}

/** Of each model and thread count that both have: times before and after, and what changed beside peers. */
export function compare(before, after) {
  const rows = [];
  for (const [model, records] of Object.entries(after.models)) {
    for (const threads of new Set(records.map((record) => record.threads))) {
      const old = find(before.models[model], 'webhlo', threads);
      const now = find(records, 'webhlo', threads);
      if (!old || !now) continue;
      const machine = pace(before.models[model], records, threads);
      rows.push({
        model,
        threads,
        old,
        now,
        machine,
        change: now.best / old.best / (machine ?? 1),
      });
    }
  }
  return rows;
}

export function toText(before, after) {
  const rows = compare(before, after);
  if (rows.length === 0) return 'No model was measured in both.\n';
  const of = ({ host, revec, machine }) =>
    `${host}${revec ? ', revectorized' : ''}; ${machine.cpu}; ${machine.date}`;
  const lines = [`before: ${of(before)}`, `after:  ${of(after)}`, ''];
  lines.push(
    'change: time after / before, above 1 slower; beside the peers that both runs have, where there are any.',
    '',
    ...table(
      ['model', 'threads', 'before ms', 'after ms', 'peers', 'change', 'first answer', 'memory'],
      rows.map(({ model, threads, old, now, machine, change }) => [
        model,
        threads,
        number(old.best),
        number(now.best),
        machine === undefined ? '-' : machine.toFixed(2),
        change.toFixed(2),
        ratio(now.firstAnswer, old.firstAnswer),
        ratio(now.wasmBytes, old.wasmBytes),
      ]),
    ),
    '',
  );
  const named = (list) =>
    list.map((row) => `${row.model} x ${row.threads} (${row.change.toFixed(2)})`).join(', ') ||
    'none';
  lines.push(
    `slower: ${named(rows.filter(({ change }) => change > noticeable))}`,
    `faster: ${named(rows.filter(({ change }) => change < 1 / noticeable))}`,
  );
  const less = rows.filter(({ old, now }) => now.error > 2 * old.error);
  if (less.length > 0)
    lines.push(
      `less exact: ${less.map(({ model, old, now }) => `${model} (${now.error.toExponential(1)}, was ${old.error.toExponential(1)})`).join(', ')}`,
    );
  return `${lines.join('\n')}\n`;
}
