// SPDX-License-Identifier: Apache-2.0
// A profile as trace events: the JSON that Perfetto, chrome://tracing and the Performance panel of DevTools open.

import { isArray, isRecord, show } from './arguments.js';
import { fail } from './errors.js';
import type { Profile } from './profile.js';

/** Of Chrome's trace event format; times are microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** A complete event, or one that names things. */
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
}

/**
 * One complete event for each step that ran, in the order of the plan, one behind the other: a step in a loop stands
 * there once, for all its trips. `JSON.stringify` it into a file.
 */
export function traceOf(profile: Profile): Trace {
  const steps: unknown = isRecord(profile) ? profile.steps : undefined;
  if (!isArray(steps) || !steps.every(isRecord)) {
    fail('invalid_argument', `traceOf: expected what profile answered, got ${show(profile)}`);
  }
  const place = { pid: 1, tid: 1 };
  let ts = 0;
  const events = profile.steps
    .filter(({ runs }) => runs > 0)
    .map(({ ms, kernel, ...args }): TraceEvent => {
      const dur = ms * 1000;
      const event = { name: kernel, cat: 'step', ph: 'X', ...place, ts, dur, args } as const;
      ts += dur;
      return event;
    });
  const named = {
    name: 'process_name',
    ph: 'M',
    ...place,
    ts: 0,
    args: { name: 'webhlo' },
  } as const;
  return { traceEvents: [named, ...events] };
}
