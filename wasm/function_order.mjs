// SPDX-License-Identifier: Apache-2.0
// The order of a module's functions in which they compress best, by a greedy search: the next function is
// the one of whose runs of bytes most stand in the functions before it.

const kRun = 6; // Bytes; shorter ones are everywhere, longer ones are rare.
const kCommon = 100; // Runs in more functions than that say nothing.
const kWindow = 30_000; // Bytes, less than deflate's, as functions are not seen by their beginning only.
// Indices below are one byte in a call, and the linker gave them to the functions called most.
const kShortIndices = 128;

// For each body, numbers that stand for the runs of bytes in it; only those in several bodies, but few.
function sharedRuns(bodies) {
  const numbers = new Map();
  const owners = [];
  const runs = bodies.map((body, i) => {
    const own = new Set();
    for (let at = 0; at + kRun <= body.length; ++at) {
      const run = body.toString('latin1', at, at + kRun);
      let number = numbers.get(run);
      if (number === undefined) {
        number = owners.push([]) - 1;
        numbers.set(run, number);
      }
      own.add(number);
    }
    for (const number of own) owners[number].push(i);
    return own;
  });
  const shared = (number) => owners[number].length > 1 && owners[number].length <= kCommon;
  return { owners, runs: runs.map((own) => [...own].filter(shared)) };
}

function orderOfAlike(bodies) {
  const { owners, runs } = sharedRuns(bodies);
  const inWindow = new Uint32Array(owners.length);
  const known = new Float64Array(bodies.length); // Runs of a body that stand in the window.
  // A little in favour of large ones: they bring more for those to come.
  const weights = bodies.map((body) => (body.length + 15) ** -0.8);
  const left = new Set(bodies.keys());
  const order = [];
  let oldest = 0;
  let bytes = 0;
  for (let next = 0; left.size > 0; ) {
    left.delete(next);
    order.push(next);
    for (const run of runs[next]) {
      if (inWindow[run]++ === 0) for (const owner of owners[run]) ++known[owner];
    }
    bytes += bodies[next].length;
    for (; bytes > kWindow && oldest < order.length - 1; ++oldest) {
      bytes -= bodies[order[oldest]].length;
      for (const run of runs[order[oldest]]) {
        if (--inWindow[run] === 0) for (const owner of owners[run]) --known[owner];
      }
    }
    let best = -1;
    for (const i of left) {
      const score = known[i] * weights[i];
      if (score > best) [best, next] = [score, i];
    }
  }
  return order;
}

/**
 * The places of the bodies in the module, in the order that they shall have. `imported` functions are before
 * them.
 */
export function orderOf(bodies, imported) {
  const fixed = kShortIndices - imported;
  const order = [...bodies.keys()];
  return [...order.slice(0, fixed), ...orderOfAlike(bodies.slice(fixed)).map((i) => fixed + i)];
}
