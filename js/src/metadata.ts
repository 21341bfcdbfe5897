// SPDX-License-Identifier: Apache-2.0
// What a .whlo file says of its model beside what it computes: JSON by key. Keys that helpers read are checked.

import { isArray, isRecord, show } from './arguments.js';
import { fail } from './errors.js';
import type { FromImageOptions } from './image.js';

/** JSON by key: those below mean something to others, all else is between who converts a model and who loads it. */
export interface Metadata {
  /** Of classes, by index. */
  readonly labels?: readonly string[];
  /** How images become inputs: options of `fromImage`. */
  readonly image?: Omit<FromImageOptions, 'shape' | 'crop'>;
  readonly [key: string]: unknown;
}

/** As the session tells it. */
export function readMetadata(texts: string): Metadata {
  const entries = Object.entries(JSON.parse(texts) as Record<string, string>);
  const metadata = entries.map(([key, text]) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      fail('invalid_model', `metadata: ${show(key)} is no JSON`, error);
    }
    const wrong = wrongKind(key, value);
    if (wrong) fail('invalid_model', `metadata: ${show(key)} is ${wrong}`);
    return [key, freeze(value)] as const;
  });
  return Object.freeze(Object.fromEntries(metadata));
}

/** What is wrong with the value of a key that helpers read, if anything is. */
export function wrongKind(key: string, value: unknown): string | undefined {
  const isText = (item: unknown) => typeof item === 'string';
  if (key === 'labels' && !(isArray(value) && value.every(isText))) {
    return `${show(value)}, expected a list of strings`;
  }
  if (key === 'image' && !isRecord(value)) return `${show(value)}, expected options of fromImage`;
  return undefined;
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
