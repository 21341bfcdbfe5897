// SPDX-License-Identifier: Apache-2.0
// `webhlo bench`: how long a model takes, also beside ONNX Runtime, what its steps take, and what weights in fewer
// bits cost.

import { fail } from '../errors.js';
import type { Model } from '../model.js';
import type { Program } from '../program.js';
import { accuracy, resultsOf } from './accuracy.js';
import type { Accuracy } from './accuracy.js';
import { command, number } from './command.js';
import type { Options } from './command.js';
import { loading, open, operands, planning, readInputs, running } from './models.js';
import { openOnnx } from './onnx_peers.js';
import { megabytes, ms, print } from './output.js';
import { profileText } from './steps.js';
import { measure, measureInTurns, slice, timesText } from './times.js';
import type { Times } from './times.js';
import { syntheticInputs } from './values.js';

/** Of small programs there are too many to ask each what its steps took. */
const mostProfiled = 1000;

const options = {
  ...loading,
  ...planning,
  ...running,
  steps: {
    type: 'boolean',
    help: 'what each step of the plan takes, at the shortest of as many runs again, beside what this machine can do',
  },
  accuracy: {
    type: 'boolean',
    help: "how far results are from those with the weights' precision f32",
  },
  onnx: {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'the same network as ONNX, for ONNX Runtime to take turns with WebHLO: onnxruntime-web and onnxruntime-node, those that are installed in this folder',
  },
} as const satisfies Options;

/** Beside WebHLO. */
interface PeerTimes {
  readonly name: string;
  readonly version: string;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly times: Times;
  /** Its times in parts of WebHLO's. */
  readonly ratio: { readonly best: number; readonly median: number };
  /** How far its results are from WebHLO's. */
  readonly differences: readonly Accuracy[];
}

/** And the times of WebHLO itself, taken in turns with theirs. */
async function measureBeside(
  file: string,
  model: Model,
  program: Program,
  inputs: Awaited<ReturnType<typeof readInputs>>,
  seconds: number,
): Promise<{ times: Times; peers: PeerTimes[] }> {
  const opened = await openOnnx(file, program, inputs, model.threads);
  let all: Times[];
  try {
    all = await measureInTurns(
      [
        (milliseconds) => slice(() => program.runSync(inputs), milliseconds),
        ...opened.map((peer) => (milliseconds: number) => peer.slice(milliseconds)),
      ],
      seconds,
    );
  } finally {
    for (const peer of opened) peer.close();
  }
  const own = resultsOf(program, inputs);
  const [times, ...others] = all as [Times, ...Times[]];
  const peers = opened.map(({ name, version, loadMs, firstMs, results }, i) => {
    const theirs = others[i] as Times;
    const compared = [...own].filter(([name, { length }]) => {
      const values = results.get(name);
      if (values && values.length !== length) {
        fail(
          'invalid_argument',
          `result "${name}" has ${length} values, that of ${file} ${values.length}`,
        );
      }
      return values !== undefined;
    });
    return {
      ...{ name, version, loadMs, firstMs, times: theirs },
      ratio: { best: theirs.minMs / times.minMs, median: theirs.medianMs / times.medianMs },
      differences: accuracy(new Map(compared), results),
    };
  });
  return { times, peers };
}

function peerText({
  name,
  version,
  loadMs,
  firstMs,
  times,
  ratio,
  differences,
}: PeerTimes): string {
  const far = differences.map((difference) => `  ${differenceText(difference, 'difference')}`);
  return [
    `${name} ${version}: load ${ms(loadMs)}, first run ${ms(firstMs)}`,
    `  ${timesText(times)}`,
    `  takes ${ratio.median.toFixed(2)} times as long as WebHLO (median; best ${ratio.best.toFixed(2)})`,
    ...far,
  ].join('\n');
}

function differenceText({ name, largest, rms }: Accuracy, what: string): string {
  return `${name}: largest ${what} ${largest.toExponential(2)}, root mean square ${rms.toExponential(2)}`;
}

export const bench = command({
  name: 'bench',
  operands,
  summary: 'time a model on synthetic inputs, or on those of --inputs',
  options,
  examples: [
    ['webhlo bench model.whlo --threads 1', 'best, median and mean of all runs'],
    ['webhlo bench model.whlo --steps --time 1', 'where the time goes, step by step'],
    [
      'webhlo bench model.whlo --precision int8 --accuracy',
      'what weights of 8 bits save, and what they cost',
    ],
    [
      'webhlo bench model.whlo --onnx model.onnx --threads 1',
      'ONNX Runtime beside it, after npm install onnxruntime-web',
    ],
  ],
  async run(operands, values) {
    const seconds = number(values.time, 'time') ?? 3;
    const inputsOf = (program: Program) =>
      values.inputs ? readInputs(values.inputs, program) : syntheticInputs(program);
    let exact: ReturnType<typeof resultsOf> | undefined;
    if (values.accuracy) {
      // Before the other, whose memory it may need.
      const { model, program } = await open(operands, { ...values, precision: 'f32' });
      exact = resultsOf(program, await inputsOf(program));
      model.dispose();
    }
    const { model, program, loadMs } = await open(operands, values);
    const inputs = await inputsOf(program);
    const start = performance.now();
    program.runSync(inputs);
    const firstMs = performance.now() - start;
    const { threads, variant, memory } = model;
    const { times, peers } =
      values.onnx === undefined
        ? { times: measure(program, inputs, seconds) }
        : await measureBeside(values.onnx, model, program, inputs, seconds);
    const runs = Math.min(times.runs, mostProfiled);
    const profile = values.steps ? await program.profile(inputs, { runs }) : undefined;
    const errors = exact && accuracy(exact, resultsOf(program, inputs));
    if (values.json) {
      const timing = { loadMs, firstMs, times, threads, variant, memory };
      print(
        JSON.stringify({
          ...timing,
          ...profile,
          ...(errors && { accuracy: errors }),
          ...(peers && { peers }),
        }),
      );
      return 0;
    }
    print(
      `load ${ms(loadMs)}, first run ${ms(firstMs)} (${variant}, ${threads} thread(s), ${megabytes(memory.wasm ?? 0)})`,
    );
    print(timesText(times));
    for (const error of errors ?? []) print(differenceText(error, 'error'));
    for (const peer of peers ?? []) print(peerText(peer));
    if (profile) print(profileText(profile));
    return 0;
  },
});
