// SPDX-License-Identifier: Apache-2.0
// The result of a benchmark as a bar chart: for each model, how much longer the other runtimes take.

const colours = ['#4472c4', '#c55a11', '#7f7f7f', '#8064a2', '#2e8b57'];
const bar = 14,
  gap = 14,
  left = 190,
  width = 460,
  right = 60;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** An SVG document, or undefined where no other runtime was measured. */
export function toSvg(result) {
  const groups = [];
  for (const [model, records] of Object.entries(result.models)) {
    for (const threads of new Set(records.map((record) => record.threads))) {
      const measured = records.filter(
        (record) =>
          record.threads === threads && !record.converted && record.best !== undefined,
      );
      const own = measured.find(({ runtime }) => runtime === 'webhlo');
      const others = measured.filter(({ runtime }) => runtime !== 'webhlo');
      if (!own || others.length === 0) continue;
      groups.push({
        title: `${model}, ${threads} thread${threads === 1 ? '' : 's'}`,
        bars: others.map(({ runtime, best }) => ({ runtime, ratio: best / own.best })),
      });
    }
  }
  if (groups.length === 0) return undefined;
  const runtimes = [...new Set(groups.flatMap(({ bars }) => bars.map(({ runtime }) => runtime)))];
  // One model many times faster would leave no room for the others: its bar is cut, its number is not.
  const sorted = groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)).sort((a, b) => a - b);
  const most = Math.max(2, Math.min(sorted.at(-1), 1.5 * sorted[Math.floor(0.9 * (sorted.length - 1))]));
  const x = (ratio) => left + (width * Math.min(ratio, most)) / most;
  const parts = [];
  let y = 64;
  for (const { title, bars } of groups) {
    const middle = y + (bars.length * bar) / 2 + 4;
    parts.push(`<text x="${left - 8}" y="${middle}" text-anchor="end">${escape(title)}</text>`);
    for (const { runtime, ratio } of bars) {
      const colour = colours[runtimes.indexOf(runtime) % colours.length];
      parts.push(
        `<rect x="${left}" y="${y}" width="${(x(ratio) - left).toFixed(1)}" height="${bar - 2}" fill="${colour}"/>`,
        `<text x="${(x(ratio) + 4).toFixed(1)}" y="${y + bar - 4}">${ratio.toFixed(2)}</text>`,
      );
      y += bar;
    }
    y += gap;
  }
  const legend = runtimes.map(
    (runtime, i) =>
      `<rect x="${left + i * 110}" y="34" width="10" height="10" fill="${colours[i % colours.length]}"/>` +
      `<text x="${left + i * 110 + 14}" y="43">${escape(runtime)}</text>`,
  );
  const total = left + width + right;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${y + 10}" font-family="sans-serif" font-size="11">`,
    `<rect width="${total}" height="${y + 10}" fill="#ffffff"/>`,
    `<text x="${left}" y="20" font-size="13">Time of a run / time of WebHLO. ${escape(result.host)}${result.revec ? ', revectorized' : ''}</text>`,
    ...legend,
    ...parts,
    `<line x1="${x(1).toFixed(1)}" y1="56" x2="${x(1).toFixed(1)}" y2="${y}" stroke="#000000" stroke-dasharray="3 3"/>`,
    '</svg>',
    '',
  ].join('\n');
}
