// SPDX-License-Identifier: Apache-2.0
// Images to tensors and back. Resampling is done here, so that pages and Node compute the same numbers: a
// triangle filter as wide as a pixel of the result, as Pillow's BILINEAR and antialiased interpolation of
// PyTorch and JAX are.

import { checkOptions, isArray, show } from './arguments.js';
import { dtypeInfo, elementCount, fromNumbers, isDType, isTypedArray } from './dtype.js';
import type { DType, PortShape, TypedArray } from './dtype.js';
import { allocate, fail, messageOf } from './errors.js';
import { Tensor } from './tensor.js';

/** Rows of RGBA, 8 bits each: an ImageData, and what decoders for Node answer. */
export interface Pixels {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What a page shows: anything that a canvas draws. */
export type ImageSource = Pixels | CanvasImageSource | VideoFrame;

/** How numbers become channels: (channel * scale - mean) / std. */
export interface ChannelOptions {
  /** Default: 1/255, so that channels go from 0 to 1. */
  scale?: number;
  /** One for all channels, or one for each. Default: 0. */
  mean?: number | readonly number[];
  /** Default: 1. */
  std?: number | readonly number[];
  /** Where the channels are. Default: where the shape has 1, 3 or 4 of them. */
  layout?: 'nchw' | 'nhwc';
}

export interface FromImageOptions extends ChannelOptions {
  /** Of the tensor: those of a model's input, `model.inputs[0].shape`. Images, channels, rows and columns; 1 image
   * at most. One channel is grey, the fourth is alpha. Free sizes become the image's own. */
  shape: PortShape;
  /** How the image gets to that size, in the words of CSS: `fill` (default) stretches it, `cover` takes of its
   * middle what has the right proportions, `contain` shows all of it on a background. */
  fit?: 'fill' | 'cover' | 'contain';
  /** Behind an image that is contained: red, green, blue and alpha from 0 to 255. Default: black. */
  background?: readonly number[];
  /** The part of the image that is taken: left, top, width, height in pixels. */
  crop?: readonly number[];
  /** Default: f32. Integers are rounded to. */
  dtype?: DType;
}

interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** From a channel, a column and a row to the next. */
  readonly channel: number;
  readonly column: number;
  readonly row: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A tensor of an image: of a canvas, an `<img>`, a `<video>`, an ImageBitmap, a VideoFrame or an ImageData, and in
 * Node of `{ data, width, height }` with RGBA in a Uint8Array.
 */
export function fromImage(image: ImageSource, options: FromImageOptions): Tensor {
  const names = ['shape', 'fit', 'background', 'crop', 'dtype', ...channelOptions];
  checkOptions(options, names, 'fromImage');
  const { fit = 'fill', dtype = 'f32', background = [0, 0, 0, 255] } = options;
  if (!['fill', 'cover', 'contain'].includes(fit)) {
    fail('invalid_argument', `fromImage: fit is ${show(fit)}, expected fill, cover or contain`);
  }
  if (!isDType(dtype) || dtypeInfo(dtype).slots !== 1) {
    fail('invalid_argument', `fromImage: dtype is ${show(dtype)}, expected one of numbers`);
  }
  if (!isArray(background) || !background.every(Number.isFinite)) {
    fail('invalid_argument', `fromImage: background is ${show(background)}, expected channels`);
  }
  const pixels = pixelsOf(image);
  const crop = cropOf(pixels, options.crop);
  const shape = knownShape(options, crop);
  const layout = layoutOf(shape, options.layout, 'fromImage');
  const { channels, rows, columns } = layout;
  const { scale, mean, std } = channelsOf(options, channels, 'fromImage');
  const { from, to } = fitted(crop, columns, rows, fit);
  const sampled = resample(pixels, from, to.width, to.height);

  const values = allocate(() => new Float32Array(rows * columns * channels), 'fromImage');
  const behind = Array.from({ length: 4 }, (_, c) => background[c] ?? 255);
  const rgba = new Float32Array(4);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const u = x - to.left;
      const v = y - to.top;
      const inside = u >= 0 && v >= 0 && u < to.width && v < to.height;
      const source = (v * to.width + u) * 4;
      for (let c = 0; c < 4; c++) rgba[c] = inside ? at(sampled, source + c) : at(behind, c);
      const begin = y * layout.row + x * layout.column;
      for (let c = 0; c < channels; c++) {
        const value = channels === 1 ? greyOf(rgba) : at(rgba, c);
        values[begin + c * layout.channel] = (value * scale - at(mean, c)) / at(std, c);
      }
    }
  }
  if (dtype === 'f32') return new Tensor(values, { shape });
  const info = dtypeInfo(dtype);
  const numbers = Array.from(values, (value) => (info.integer ? Math.round(value) : value));
  return new Tensor(fromNumbers(numbers, info, shape, 'fromImage'), { dtype, shape });
}

/**
 * The image that a tensor of one holds: an ImageData, and where there is no such class an object of the same fields.
 * Channels are (value * std + mean) / scale, clamped to what a pixel can be; grey ones are shown grey.
 */
export function toImageData(tensor: Tensor, options: ChannelOptions = {}): Pixels {
  checkOptions(options, channelOptions, 'toImageData');
  const own = Tensor.from(tensor);
  if (!own) fail('invalid_argument', `toImageData: expected a Tensor, got ${show(tensor)}`);
  const layout = layoutOf(own.shape, options.layout, 'toImageData');
  const { channels, rows: height, columns: width } = layout;
  const { scale, mean, std } = channelsOf(options, channels, 'toImageData');
  const values = own.toFloat32();
  // Assignments clamp and round.
  const data = allocate(() => new Uint8ClampedArray(width * height * 4), 'toImageData');
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const begin = y * layout.row + x * layout.column;
      for (let c = 0; c < 4; c++) {
        const from = channels === 1 && c < 3 ? 0 : c;
        const value = at(values, begin + from * layout.channel);
        const shown = (value * at(std, from) + at(mean, from)) / scale;
        data[(y * width + x) * 4 + c] = from < channels ? shown : 255;
      }
    }
  }
  return typeof ImageData === 'function'
    ? new ImageData(data, width, height)
    : { data, width, height };
}

const channelOptions = ['scale', 'mean', 'std', 'layout'];

/** As Rec. 601 weighs them, and with it Pillow and OpenCV. */
function greyOf(rgba: Float32Array): number {
  return 0.299 * at(rgba, 0) + 0.587 * at(rgba, 1) + 0.114 * at(rgba, 2);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}

/** The pixels of what a page shows, at its own size. */
function pixelsOf(image: unknown): Pixels {
  const { data, width, height } = (isTypedArray(image) ? {} : Object(image)) as Partial<Pixels>;
  if (isTypedArray(data)) {
    const bytes: TypedArray = data;
    const fits =
      bytes.BYTES_PER_ELEMENT === 1 && bytes.length === Number(width) * Number(height) * 4;
    if (fits && Number.isInteger(width)) return image as Pixels;
    fail(
      'invalid_argument',
      `fromImage: ${show(data)} of length ${bytes.length} is no RGBA of ${String(width)} x ${String(height)}`,
    );
  }
  const size = sizeOf(image);
  if (size && typeof OffscreenCanvas === 'function') {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context) {
      try {
        context.drawImage(image as CanvasImageSource, 0, 0);
        return context.getImageData(0, 0, size.width, size.height);
      } catch (error) {
        const reason = messageOf(error);
        fail('invalid_argument', `fromImage: ${show(image)} cannot be read: ${reason}`, error);
      }
    }
  }
  return fail(
    'invalid_argument',
    `fromImage: expected an image, a canvas, a video, or { data, width, height } of RGBA; got ${show(image)}`,
  );
}

/** Of what is shown, in its own pixels. */
function sizeOf(image: unknown): { width: number; height: number } | undefined {
  if (typeof image !== 'object' || image === null) return undefined;
  const source = image as Record<string, unknown>;
  for (const [w, h] of [
    ['naturalWidth', 'naturalHeight'],
    ['videoWidth', 'videoHeight'],
    ['displayWidth', 'displayHeight'],
    ['width', 'height'],
  ] as const) {
    const width = source[w];
    const height = source[h];
    if (typeof width !== 'number' || typeof height !== 'number') continue;
    if (width > 0 && height > 0) return { width, height };
    fail('invalid_argument', `fromImage: ${show(image)} has no pixels yet`);
  }
  return undefined;
}

function cropOf({ width, height }: Pixels, crop: unknown): Box {
  if (crop === undefined) return { left: 0, top: 0, width, height };
  const [left, top, w, h] = (isArray(crop) && crop.length === 4 ? crop : []) as number[];
  const box = { left, top, width: w, height: h } as Box;
  const inside =
    [left, top, w, h].every(Number.isFinite) &&
    box.left >= 0 &&
    box.top >= 0 &&
    box.width > 0 &&
    box.height > 0 &&
    box.left + box.width <= width &&
    box.top + box.height <= height;
  if (!inside) {
    const text = isArray(crop) ? `[${crop.map(String).join(', ')}]` : show(crop);
    fail('invalid_argument', `fromImage: crop ${text} is no part of ${width} x ${height} pixels`);
  }
  return box;
}

/** The shape wanted, with the image's size where sizes are free. */
function knownShape({ shape, layout }: FromImageOptions, crop: Box): readonly number[] {
  if (!isArray(shape)) {
    fail('invalid_argument', `fromImage: shape is ${show(shape)}, as model.inputs has it`);
  }
  const { height, width } = placesOf(shape, layout, 'fromImage');
  return Object.freeze(
    shape.map((size, d) => {
      if (size !== null) return size;
      return d === height ? Math.round(crop.height) : d === width ? Math.round(crop.width) : 1;
    }),
  );
}

/** Which dimensions are which: the last three, after one for images, or the last two of a grey image. */
function placesOf(
  shape: PortShape,
  layout: unknown,
  place: string,
): { channels: number; height: number; width: number } {
  const rank = shape.length;
  const text = `[${shape.map((size) => size ?? '?').join(', ')}]`;
  if (layout !== undefined && layout !== 'nchw' && layout !== 'nhwc') {
    fail('invalid_argument', `${place}: layout is ${show(layout)}, expected nchw or nhwc`);
  }
  const few = (d: number) => [1, 3, 4].includes(Number(shape[d]));
  const images = shape[0] === 1 || shape[0] === null;
  if (rank === 2) return { channels: -1, height: 0, width: 1 };
  const first = rank - 3;
  if ((rank === 3 || (rank === 4 && images)) && (layout || few(first) !== few(rank - 1))) {
    const channelsFirst = layout ? layout === 'nchw' : few(first);
    const channels = channelsFirst ? first : rank - 1;
    if (few(channels)) {
      const height = channelsFirst ? first + 1 : first;
      return { channels, height, width: height + 1 };
    }
  }
  return fail(
    'invalid_argument',
    `${place}: shape ${text} is none of one image with 1, 3 or 4 channels` +
      (layout ? ` in layout ${layout}` : '; layout can say where they are'),
  );
}

function layoutOf(shape: readonly number[], wanted: unknown, place: string): Layout {
  const { channels, height, width } = placesOf(shape, wanted, place);
  const step = (d: number) => elementCount(shape.slice(d + 1));
  return {
    rows: shape[height] as number,
    columns: shape[width] as number,
    channels: channels < 0 ? 1 : (shape[channels] as number),
    channel: channels < 0 ? 0 : step(channels),
    row: step(height),
    column: step(width),
  };
}

function channelsOf(
  options: ChannelOptions,
  channels: number,
  place: string,
): { scale: number; mean: Float64Array; std: Float64Array } {
  const { scale = 1 / 255 } = options;
  const list = (name: 'mean' | 'std', otherwise: number): Float64Array => {
    const given: unknown = options[name] ?? otherwise;
    const numbers = isArray(given) ? given : Array.from({ length: channels }, () => given);
    const fits = numbers.length === channels && numbers.every(Number.isFinite);
    if (!fits || (name === 'std' && numbers.includes(0))) {
      fail(
        'invalid_argument',
        `${place}: ${name} is ${show(given)}, expected one or ${channels} numbers`,
      );
    }
    return Float64Array.from(numbers as number[]);
  };
  if (!Number.isFinite(scale) || scale === 0) {
    fail('invalid_argument', `${place}: scale is ${show(scale)}, expected a number that is not 0`);
  }
  return { scale, mean: list('mean', 0), std: list('std', 1) };
}

/** Which part of the image goes where. */
function fitted(crop: Box, columns: number, rows: number, fit: string): { from: Box; to: Box } {
  const whole = { left: 0, top: 0, width: columns, height: rows };
  const across = columns / crop.width;
  const down = rows / crop.height;
  if (fit === 'cover') {
    const width = columns / Math.max(across, down);
    const height = rows / Math.max(across, down);
    const left = crop.left + (crop.width - width) / 2;
    const top = crop.top + (crop.height - height) / 2;
    return { from: { left, top, width, height }, to: whole };
  }
  if (fit === 'contain') {
    const width = Math.max(Math.round(crop.width * Math.min(across, down)), 1);
    const height = Math.max(Math.round(crop.height * Math.min(across, down)), 1);
    const left = Math.floor((columns - width) / 2);
    const top = Math.floor((rows - height) / 2);
    return { from: crop, to: { left, top, width, height } };
  }
  return { from: crop, to: whole };
}

/** What each pixel of a row or column takes of others: weights for some that follow each other. */
interface Taps {
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** `most` for each pixel. */
  readonly weights: Float32Array;
  readonly most: number;
}

/** `size` pixels are made of those between `begin` and `begin + length`, of which there are `limit`. */
function tapsOf(size: number, begin: number, length: number, limit: number): Taps {
  const scale = length / size;
  const support = Math.max(scale, 1);
  const most = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(size);
  const end = new Int32Array(size);
  const weights = new Float32Array(size * most);
  const low = Math.max(Math.floor(begin), 0);
  const high = Math.min(Math.ceil(begin + length), limit);
  for (let i = 0; i < size; i++) {
    const center = begin + (i + 0.5) * scale;
    // Pixels whose centers are nearer than the support.
    const from = Math.max(Math.floor(center - support - 0.5) + 1, low);
    const to = Math.min(Math.ceil(center + support - 0.5), high);
    first[i] = from;
    end[i] = to;
    let sum = 0;
    for (let k = from; k < to; k++) {
      const weight = 1 - Math.abs((k + 0.5 - center) / support);
      weights[i * most + k - from] = weight;
      sum += weight;
    }
    for (let k = 0; k < to - from; k++) weights[i * most + k] = at(weights, i * most + k) / sum;
  }
  return { first, end, weights, most };
}

/** RGBA of a part of the image in another size, along rows first. */
function resample(
  { data, width, height }: Pixels,
  from: Box,
  columns: number,
  rows: number,
): Float32Array {
  const across = tapsOf(columns, from.left, from.width, width);
  const down = tapsOf(rows, from.top, from.height, height);
  const firstRow = rows > 0 ? at(down.first, 0) : 0;
  const endRow = rows > 0 ? at(down.end, rows - 1) : 0;
  const lines = allocate(() => new Float32Array((endRow - firstRow) * columns * 4), 'fromImage');
  let target = 0;
  for (let y = firstRow; y < endRow; y++) {
    for (let x = 0; x < columns; x++) {
      const first = at(across.first, x);
      const end = at(across.end, x);
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (let k = first; k < end; k++) {
        const weight = at(across.weights, x * across.most + k - first);
        const source = (y * width + k) * 4;
        red += weight * at(data, source);
        green += weight * at(data, source + 1);
        blue += weight * at(data, source + 2);
        alpha += weight * at(data, source + 3);
      }
      lines[target++] = red;
      lines[target++] = green;
      lines[target++] = blue;
      lines[target++] = alpha;
    }
  }
  const out = allocate(() => new Float32Array(rows * columns * 4), 'fromImage');
  const line = columns * 4;
  for (let y = 0; y < rows; y++) {
    const first = at(down.first, y);
    for (let k = first; k < at(down.end, y); k++) {
      const weight = at(down.weights, y * down.most + k - first);
      const source = (k - firstRow) * line;
      for (let i = 0; i < line; i++)
        out[y * line + i] = at(out, y * line + i) + weight * at(lines, source + i);
    }
  }
  return out;
}
