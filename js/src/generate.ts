// SPDX-License-Identifier: Apache-2.0
// Generate: tokens out of a language model that runs once a token and keeps its state (a KV cache) between runs.

import { checkOptions, checkSignal, didYouMean, isRecord, show } from './arguments.js';
import { dtypeInfo, elementCount, isTypedArray, toFloat32 } from './dtype.js';
import type { PortShape, TypedArray } from './dtype.js';
import { allocate, fail } from './errors.js';
import type { Inputs, Outputs, RunOptions } from './runs.js';
import { cancelled } from './patience.js';
import type { PortInfo } from './ports.js';
import { Tensor } from './tensor.js';

/** How a token is drawn from its logits. */
export interface SampleOptions {
  /** Logits are divided by it: below 1 the likely become likelier. Default: 0, the likeliest token each time. */
  temperature?: number;
  /** Draws from so many of the likeliest tokens. Default: all. */
  topK?: number;
  /** Draws from the fewest of the likeliest tokens whose probabilities reach this sum. Default: 1. */
  topP?: number;
  /** Answers numbers from 0 to below 1. Default: Math.random. */
  random?: () => number;
}

export interface GenerateOptions extends SampleOptions {
  /** Of the prompt, at least one. */
  tokens: Iterable<number>;
  /** What a run is given for a token, beside the state: its id, and how many tokens are before it. */
  inputs: (token: number, position: number) => Inputs;
  /** By input, the result that it is in the next run: `{ k_cache: 'k_cache_out' }`. */
  state?: Readonly<Record<string, string>>;
  /** What inputs of the state are in the first run. Default: zeros. Tensors of the model's are used up. */
  initial?: Inputs;
  /** The result with a number for each token of the vocabulary; of several rows the last. Default: `logits`. */
  logits?: string;
  /** How many are generated at most. Default: no bound. */
  maxTokens?: number;
  /** Tokens that end the text; they are not answered. */
  stop?: Iterable<number>;
  /** Ends the loop with code `cancelled`, in the middle of a run, too. */
  signal?: AbortSignal;
}

/** A Model or a Program, here or in a worker. */
export interface Runnable {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  run(inputs: Inputs, options?: RunOptions): Promise<Outputs>;
}

const sampleOptions = ['temperature', 'topK', 'topP', 'random'];
const generateOptions = [
  ...sampleOptions,
  ...['tokens', 'inputs', 'state', 'initial', 'logits', 'maxTokens', 'stop', 'signal'],
];

/** The index of a token, drawn from logits: a Tensor, of whose rows the last counts, or an array. */
export function sample(logits: Tensor | TypedArray, options: SampleOptions = {}): number {
  checkSampleOptions(options, sampleOptions, 'sample');
  const tensor = isTypedArray(logits)
    ? new Tensor(logits)
    : (Tensor.from(logits) ??
      fail(
        'invalid_argument',
        `sample: logits are ${show(logits)}, expected a Tensor or an array`,
      ));
  return draw(lastRow(tensor.toFloat32(), tensor.shape), options);
}

function draw(logits: Float32Array, options: SampleOptions): number {
  const { temperature = 0, topK = Infinity, topP = 1, random = Math.random } = options;
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if ((logits[i] as number) > (logits[best] as number)) best = i;
  }
  const most = logits[best] ?? NaN;
  if (!Number.isFinite(most)) {
    fail('invalid_argument', `sample: the largest of ${logits.length} logits is ${most}`);
  }
  if (temperature === 0) return best;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature));
  const least = topK < logits.length || topP < 1 ? leastOf(weights, topK, topP) : 0;
  const isIn = (weight: number) => weight >= least;
  let rest = random() * sum(weights.filter(isIn));
  // Roundings may leave a little behind the last one.
  const drawn = weights.findIndex((weight) => isIn(weight) && (rest -= weight) < 0);
  return drawn >= 0 ? drawn : best;
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The least weight that is drawn: all tokens of that weight are, too. */
function leastOf(weights: Float64Array, topK: number, topP: number): number {
  const likeliest = weights.slice().sort().reverse().subarray(0, topK);
  const wanted = topP * sum(likeliest);
  let reached = 0;
  return likeliest.find((weight) => (reached += weight) >= wanted) ?? 0;
}

/** Along the last dimension. */
function lastRow(values: Float32Array, shape: PortShape): Float32Array {
  return values.subarray(-(shape.at(-1) ?? values.length));
}

/**
 * The tokens that a model writes after a prompt: `for await (const token of generate(model, { ... }))`. The model runs
 * once for each token, of the prompt, too. What the state took is given back when the loop ends, in whatever way.
 */
export async function* generate(
  model: Runnable,
  options: GenerateOptions,
): AsyncGenerator<number, void> {
  const { inputs, maxTokens = Infinity, signal } = options;
  const { prompt, stop, state, logits } = checkGenerateOptions(model, options);
  const keep = Object.values(state);
  let kept = begin(model, state, options.initial);
  const step = async (token: number, position: number, outputs: readonly string[]) => {
    if (signal?.aborted) throw cancelled(signal);
    const donate = Object.keys(kept).filter((name) => kept[name] instanceof Tensor);
    const results = await model.run(
      { ...inputs(token, position), ...kept },
      { keep, donate, outputs, ...(signal && { signal }) },
    );
    dispose(kept);
    kept = Object.fromEntries(
      Object.entries(state).map(([input, result]) => [input, results[result] as Tensor]),
    );
    return results[logits.name] as TypedArray;
  };
  try {
    for (const [position, token] of prompt.slice(0, -1).entries()) await step(token, position, []);
    let token = prompt.at(-1) as number;
    for (let count = 0; count < maxTokens; count++) {
      const values = await step(token, prompt.length - 1 + count, [logits.name]);
      const floats = toFloat32(values, dtypeInfo(logits.dtype));
      token = draw(lastRow(floats, logits.shape), options);
      if (stop.has(token)) return;
      yield token;
    }
  } finally {
    dispose(kept);
  }
}

type State = Record<string, Inputs[string]>;

function begin(
  model: Runnable,
  state: Readonly<Record<string, string>>,
  initial: Inputs = {},
): State {
  const begun = Object.keys(state).map((name) => {
    const given = Object.hasOwn(initial, name) ? initial[name] : undefined;
    return [name, given ?? zeros(portOf(model.inputs, name, 'inputs'))];
  });
  return Object.fromEntries(begun) as State;
}

function zeros({ name, dtype, shape }: PortInfo): Tensor {
  const sizes = shape.map(
    (size) =>
      size ?? fail('invalid_argument', `generate: ${name} has free sizes; give it in initial`),
  );
  const { array, slots } = dtypeInfo(dtype);
  const values = allocate(() => new array(elementCount(sizes) * slots), `zeros of ${name}`);
  return new Tensor(values, { dtype, shape: sizes });
}

function dispose(state: State): void {
  for (const value of Object.values(state)) if (value instanceof Tensor) value.dispose();
}

function portOf(ports: readonly PortInfo[], name: string, kind: string): PortInfo {
  const known = ports.map((port) => port.name);
  return (
    ports.find((port) => port.name === name) ??
    fail(
      'invalid_argument',
      `generate: no ${show(name)} among the ${kind} ${known.join(', ')}${didYouMean(name, known)}`,
    )
  );
}

function checkGenerateOptions(model: Runnable, options: GenerateOptions) {
  checkSampleOptions(options, generateOptions, 'generate');
  const { tokens, inputs, state = {}, logits = 'logits', maxTokens, stop = [], signal } = options;
  checkSignal(signal, 'generate');
  if (typeof inputs !== 'function') {
    fail('invalid_argument', `generate: inputs is ${show(inputs)}, expected a function`);
  }
  const prompt = checkTokens(tokens, 'tokens');
  if (prompt.length === 0) fail('invalid_argument', 'generate: tokens is empty');
  if (maxTokens !== undefined && !(maxTokens >= 0)) {
    fail('invalid_argument', `generate: maxTokens is ${show(maxTokens)}, expected a count`);
  }
  if (!isRecord(state)) {
    fail('invalid_argument', `generate: state is ${show(state)}, expected { input: result }`);
  }
  for (const [input, result] of Object.entries(state)) {
    portOf(model.inputs, input, 'inputs');
    portOf(model.outputs, result, 'results');
  }
  const port = portOf(model.outputs, logits, 'results');
  return { prompt, stop: new Set(checkTokens(stop, 'stop')), state: { ...state }, logits: port };
}

function checkTokens(tokens: Iterable<number>, name: string): number[] {
  if (typeof (Object(tokens) as Partial<Iterable<number>>)[Symbol.iterator] === 'function') {
    const list = Array.from(tokens, Number);
    if (list.every((token) => Number.isSafeInteger(token) && token >= 0)) return list;
  }
  return fail('invalid_argument', `generate: ${name} is ${show(tokens)}, expected token ids`);
}

function checkSampleOptions(options: SampleOptions, names: readonly string[], place: string): void {
  checkOptions(options, names, place);
  const { temperature, topK, topP, random } = options;
  const check = (name: string, value: unknown, right: boolean, expected: string) => {
    if (value === undefined || right) return;
    fail('invalid_argument', `${place}: ${name} is ${show(value)}, expected ${expected}`);
  };
  check('temperature', temperature, Number(temperature) >= 0, '0 or more');
  check('topK', topK, Number.isInteger(topK) && Number(topK) > 0, 'a count, 1 or more');
  check('topP', topP, Number(topP) > 0 && Number(topP) <= 1, 'above 0, up to 1');
  check('random', random, typeof random === 'function', 'a function');
}
