// SPDX-License-Identifier: Apache-2.0
// The stages of the compiler as text. The variants that run a model cannot print: the importer, which is fetched
// for it, compiles the same program for the same machine once more, and prints that.

import { Instance } from './instance.js';
import type { InstanceOptions } from './instance.js';

/** What programs are compiled from. */
export interface Compiling {
  /** A .whlo file's header and FlatBuffer. */
  readonly program: Blob;
  /** Those declared beside the ones that it embeds. */
  readonly weights: readonly { name: string; dtype: string; shape: readonly number[] }[];
  readonly tied: Readonly<Record<string, string>>;
  readonly donate: readonly string[];
  readonly options: InstanceOptions;
}

/** What a stage of the compiler made of a program that the instance runs. */
export async function inspectStage(
  instance: Instance,
  { program, weights, tied, donate, options }: Compiling,
  stage: string,
  name: string,
): Promise<string> {
  // As it is now: runs may go on meanwhile.
  const shapes = (JSON.parse(instance.facts('shapes', name)) as string[]).join(';');
  const tuning = instance.call((session) => session.tuning());
  const { jitWarning = '' } = instance.describe();
  const { threads, name: variant } = instance;
  const bytes = new Uint8Array(await program.arrayBuffer());
  const importer = await Instance.importer(options);
  try {
    const pointer = importer.malloc(bytes.length, 'the program');
    importer.bytes(pointer, bytes.length).set(bytes);
    importer.check((session) => session.addWhlo(pointer, bytes.length));
    importer.free(pointer);
    importer.check((session) => session.declareDirectory());
    for (const { name, dtype, shape } of weights) {
      importer.check((session) => session.declareWeight(name, dtype, shape.join('x')));
    }
    for (const [argument, tensor] of Object.entries(tied)) {
      importer.check((session) => session.tie(argument, tensor));
    }
    for (const argument of donate) importer.check((session) => session.donate(argument));
    importer.check((session) => session.useTuning(tuning));
    importer.check((session) => session.bindNames());
    const relaxed = variant.startsWith('relaxed');
    const text = importer.call((session) =>
      session.inspect(stage, name, shapes, threads, relaxed, jitWarning),
    );
    if (text === null) throw importer.lastError();
    return text;
  } finally {
    importer.dispose();
  }
}
