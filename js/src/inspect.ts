// SPDX-License-Identifier: Apache-2.0
// The stages of the compiler as text. The variants that run a model cannot print: the importer, which is fetched
// for it, compiles the same program for the same machine once more, and prints that.

import { Instance } from './instance.js';
import type { InstanceOptions } from './instance.js';
import { declare } from './load.js';
import type { Declared } from './load.js';

/** What programs are compiled from. */
export interface Compiling {
  /** A .whlo file's header and FlatBuffer. */
  readonly program: Blob;
  readonly declared: Declared;
  readonly options: InstanceOptions;
}

/** What a stage of the compiler made of a program that the instance runs. */
export async function inspectStage(
  instance: Instance,
  { program, declared, options }: Compiling,
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
    importer.lend(bytes, 'the program', (pointer, length) => {
      importer.check((session) => session.addWhlo(pointer, length));
    });
    importer.check((session) => session.declareDirectory());
    declare(importer, declared);
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
