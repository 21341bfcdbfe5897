// SPDX-License-Identifier: Apache-2.0
// What the package says by itself: on the console, as much as `load({ log })` wants to hear, and to whoever records
// the page's performance.

export const logLevels = ['silent', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof logLevels)[number];

const told = new Set<string>();

/** Says it once on the console. */
export function tell(level: 'warn' | 'info', what: string, log: LogLevel = 'info'): void {
  if (logLevels.indexOf(log) < logLevels.indexOf(level) || told.has(what)) return;
  told.add(what);
  console[level](what);
}

/**
 * With `debug`, tells of what began at that time (of performance.now()) and ends now: as a measure of User Timing, on a
 * track of its own in the Performance panel of DevTools. Answers the time.
 */
export function mark(name: string, start: number, log: LogLevel | undefined): number {
  const end = performance.now();
  if (log === 'debug') {
    const detail = { devtools: { dataType: 'track-entry', track: 'webhlo' } };
    const measure = `webhlo ${name}`;
    performance.measure(measure, { start, end, detail });
    // Recordings and observers have it; nothing is to pile up.
    performance.clearMeasures(measure);
  }
  return end;
}

/** For the parts of a load: marks the one that ends with the call, and begins the next. */
export function marker(log: LogLevel | undefined): (name: string) => void {
  let start = performance.now();
  return (name) => {
    start = mark(`load: ${name}`, start, log);
  };
}
