// SPDX-License-Identifier: Apache-2.0
// `webhlo convert` writes a .whlo file: the session gives the header and FlatBuffer, the weights are streamed
// after it or stay in companion files.

import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { fail, messageOf } from '../errors.js';
import { Instance } from '../instance.js';
import { complete, fillBuffer, prepare, skipTo } from '../load.js';
import type { LoadOptions, ModelSource } from '../load_options.js';
import { wrongKind } from '../metadata.js';
import { siblingOf, urlOf } from '../sources.js';
import { Tensor } from '../tensor.js';
import { command, UsageError } from './command.js';
import type { Options } from './command.js';
import { loading, loadOptions, modelSource, operands, storing } from './models.js';
import { megabytes, print } from './output.js';

const options = {
  ...loading,
  ...storing,
  out: {
    type: 'string',
    short: 'o',
    value: 'F',
    values: 'file',
    help: 'the file to write: programs, weights and ties',
  },
  companion: {
    type: 'boolean',
    help: 'leave the weights in their .safetensors files: OUT.whlo names them by their paths from its own folder, in or below which they must lie',
  },
  'label-file': {
    type: 'string',
    value: 'F',
    values: 'file',
    help: 'names of classes, one a line: model.metadata.labels',
  },
  metadata: {
    type: 'string',
    multiple: true,
    value: 'K=V',
    help: 'what the file says of the model besides, V in JSON or a text (may be repeated): \'image={"mean":0.5,"std":0.5}\' is for fromImage, all else for the application',
  },
} as const satisfies Options;

export const convert = command({
  name: 'convert',
  operands,
  summary: 'make one .whlo file of programs and weights',
  options,
  examples: [
    [
      'webhlo convert model.jaxexport --weights weights.safetensors -o model.whlo',
      'one file to ship',
    ],
    [
      'webhlo convert model.whlo --precision int8 --label-file labels.txt -o small.whlo',
      'weights of 8 bits, and names of classes',
    ],
    [
      'webhlo convert prefill=a.mlirbc decode=b.mlirbc --weights w.safetensors --companion -o lm.whlo',
      'two programs of one weight set, which stays in its file',
    ],
  ],
  async run(operands, values) {
    if (values.out === undefined) throw new UsageError('convert needs -o OUT.whlo');
    const bytes = await writeWhlo(
      modelSource(operands),
      await loadOptions(values),
      values.out,
      values.companion,
      await metadataOf(values.metadata, values['label-file']),
    );
    print(
      values.json
        ? JSON.stringify({ file: values.out, bytes })
        : `${values.out}: ${megabytes(bytes)}`,
    );
    return 0;
  },
});

/** Of --metadata KEY=VALUE and --label-file FILE. */
async function metadataOf(
  texts: readonly string[] = [],
  labels: string | undefined,
): Promise<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const text of texts) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--metadata ${text}: expected KEY=VALUE`);
    }
    entries.push([key, jsonOrText(value)]);
  }
  if (labels !== undefined) {
    const text = await readFile(labels, 'utf8').catch((error: unknown) =>
      fail('invalid_argument', `--label-file: cannot read ${labels}: ${messageOf(error)}`, error),
    );
    entries.push(['labels', text.replace(/\r?\n$/, '').split(/\r?\n/)]);
  }
  for (const [key, value] of entries) {
    const wrong = wrongKind(key, value);
    if (wrong) throw new UsageError(`--metadata ${key}: it is ${wrong}`);
  }
  return Object.fromEntries(entries);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const alignment = 64;
const chunkBytes = 4 * 2 ** 20;

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** Answers the bytes written. With `companions` the weights stay where they are. `metadata` is added to what a
 * .whlo file says already. */
async function writeWhlo(
  source: ModelSource,
  options: LoadOptions,
  output: string,
  companions = false,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const loading = await prepare(source, options, (options) => Instance.importer(options));
  const { instance } = loading;
  try {
    await complete(loading, (session) => {
      session.bind();
    });
    const taken = new Set(instance.describe().taken);
    const weights = [...loading.weights.entries()].filter(([index]) => taken.has(index));
    const { session } = instance;
    const areEncoded = weights.some(([index]) => instance.call(() => session.isEncoded(index)));
    if (companions && areEncoded) {
      fail('invalid_argument', 'companions hold weights as written: convert without precision');
    }
    if (companions) {
      for (const [index, { entry, from }] of weights) {
        const file = companionPath(output, from instanceof Tensor ? entry.name : from.name);
        instance.check((session) => session.placeWeight(index, file, entry.offset));
      }
    }
    for (const [key, value] of Object.entries(metadata)) {
      instance.call(() => {
        session.setMetadata(key, JSON.stringify(value));
      });
    }
    instance.check(() => session.writeWhlo(0));
    // A weight that its encoding cannot hold is found when it is there; to say so takes some bytes.
    const size = align(session.whloSize() + (areEncoded ? alignment : 0));
    // Written beside its place: `output` may be what is read, and a failure leaves it as it was. Under a
    // name that was free ('x'), so through no link; the rename puts it in the place of one.
    const partial = `${output}.${randomUUID()}.partial`;
    const cannotWrite = (error: unknown): never =>
      fail('invalid_argument', `cannot write ${output}: ${messageOf(error)}`, error);
    const file = await open(partial, 'wx').catch(cannotWrite);
    const write = async (bytes: Uint8Array, length: number, at: number) => {
      // One write of Linux takes less than 2 GiB.
      for (let done = 0; done < length;) {
        const more = Math.min(length - done, 2 ** 30);
        const { bytesWritten } = await file.write(bytes, done, more, at + done).catch(cannotWrite);
        done += bytesWritten;
      }
    };
    try {
      let end = size;
      const buffer = new Uint8Array(chunkBytes);
      for (const [index, weight] of companions ? [] : weights) {
        const { entry, from } = weight;
        // Segments lie in the order of the declarations, each at the next multiple of 64.
        const start = align(end);
        if (instance.call(() => session.isEncoded(index))) {
          await fillBuffer(loading, index, weight);
          await complete(loading, (session) => {
            session.encodeWeight(index);
          });
          const bytes = instance.call(() => session.encodedSize());
          await write(instance.bytes(session.encodedPointer(), bytes), bytes, start);
          end = start + bytes;
          continue;
        }
        end = start + entry.size;
        if (from instanceof Tensor) {
          const { buffer, byteOffset, byteLength } = from.data();
          await write(new Uint8Array(buffer, byteOffset, byteLength), byteLength, start);
          continue;
        }
        await skipTo(from, entry.offset, entry.name);
        for (let at = start; at < end;) {
          const length = await from.read(buffer.subarray(0, Math.min(chunkBytes, end - at)));
          if (length === 0)
            fail('invalid_model', `${from.name} ends within weight "${entry.name}"`);
          await write(buffer, length, at);
          at += length;
        }
      }
      instance.check(() => session.writeWhlo(size));
      if (session.whloSize() !== size) fail('internal', 'the head of the file outgrew its place');
      await write(instance.bytes(session.whloPointer(), size), size, 0);
      await file.truncate(align(end)).catch(cannotWrite);
      await file.close();
      await rename(partial, output).catch(cannotWrite);
      return align(end);
    } catch (error) {
      await file.close();
      await rm(partial, { force: true });
      throw error;
    }
  } finally {
    loading.close();
    instance.dispose();
  }
}

/** The path that a .whlo file at `output` names a weight file by. */
function companionPath(output: string, file: string): string {
  const relative = path.relative(path.dirname(output), file).replaceAll(path.sep, '/');
  if (urlOf(file) || !file.endsWith('.safetensors') || siblingOf(output, relative) === undefined) {
    fail(
      'invalid_argument',
      `${file} cannot be a companion of ${output}: that is a .safetensors file in its folder or below`,
    );
  }
  return relative;
}
