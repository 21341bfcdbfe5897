// SPDX-License-Identifier: Apache-2.0
// Contenders take turns: a slice each, round after round.

/**
 * Times `contenders`, { record, handle, times, asyncTimes } each, and leaves best and median in their
 * records; those whose record has a best already are only closed. The first round warms up: engines
 * compile hot functions again.
 */
export async function timeInTurns(contenders, { rounds, slice, computing = false }) {
  const done = ({ failure, best }) => failure !== undefined || best !== undefined;
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const { record, handle, times, asyncTimes } = contenders[(i + round) % contenders.length];
      if (done(record)) continue;
      try {
        for (const sync of record.hasSync ? [true, false] : [false]) {
          const got = await handle.call('slice', { milliseconds: slice, sync, computing });
          if (round > 0) (sync === record.hasSync ? times : asyncTimes).push(...got.times);
          record.wasmBytes = got.wasmBytes;
          record.ownMemory = got.ownMemory;
        }
      } catch (error) {
        record.failure = error.message;
      }
    }
  }
  for (const { record, handle, times, asyncTimes } of contenders) {
    await handle.close();
    if (done(record)) continue;
    record.best = Math.min(...times);
    record.median = median(times);
    record.measurements = times.length;
    if (asyncTimes.length > 0) record.bestAsync = Math.min(...asyncTimes);
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
