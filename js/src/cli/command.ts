// SPDX-License-Identifier: Apache-2.0
// What a command of the command line is: its options, help and examples stand beside its code, and parsing, help and
// completion are made of them.

import { parseArgs } from 'node:util';

import { didYouMean } from '../arguments.js';
import { messageOf } from '../errors.js';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly help: string;
  /** What its value can be: one of these, or a file. */
  readonly values?: readonly string[] | 'file';
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { multiple: true }
    ? string[]
    : string;

/** What a command line gave of these options. */
export type Values<O extends Options> = { readonly [Name in keyof O]?: ValueOf<O[Name]> };

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** What it takes besides options; in brackets, if it does without. */
  readonly operands: string;
  /** In a line. */
  readonly summary: string;
  readonly options: O;
  /** Command lines, and what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** What its operands can be: one of these, or a folder; else files. */
  readonly values?: readonly string[] | 'folder';
  /** Answers the exit status. */
  run(operands: string[], values: Values<O>): Promise<number>;
}

/** For the types of its values. */
export const command = <const O extends Options>(command: Command<O>): Command => command;

/** The command line itself is wrong. */
export class UsageError extends Error {}

/** `; did you mean run?`, or nothing. */
export function meant(name: string, names: readonly string[], prefix = ''): string {
  return didYouMean(name, names).replace(/"(.*)"/, `${prefix}$1`);
}

export const commonOptions = {
  help: { type: 'boolean', help: 'what a command does, and its options' },
  version: { type: 'boolean', help: 'of WebHLO' },
} as const satisfies Options;

export interface CommandLine {
  readonly command: string | undefined;
  readonly operands: string[];
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[]>>;
}

/** Options may stand anywhere. Those that no command has are an error here, and what a command lacks in `checkValues`. */
export function parse(args: string[], commands: readonly Command[]): CommandLine {
  const all = [commonOptions, ...commands.map(({ options }) => options)];
  const options: Options = Object.fromEntries(all.flatMap((options) => Object.entries(options)));
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [command, ...operands] = positionals;
    return { command, operands, values: values as CommandLine['values'] };
  } catch (error) {
    const unknown = /^Unknown option '--([^']*)'/.exec(messageOf(error))?.[1];
    throw new UsageError(
      unknown === undefined
        ? messageOf(error)
        : `no option --${unknown}${meant(unknown, Object.keys(options), '--')}`,
    );
  }
}

export function find(name: string | undefined, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = commands.map(({ name }) => name);
  throw new UsageError(
    name === undefined ? 'no command' : `no command "${name}"${meant(name, names)}`,
  );
}

export function checkValues({ name, options }: Command, values: CommandLine['values']): void {
  for (const given of Object.keys(values)) {
    if (Object.hasOwn(options, given)) continue;
    const hint = meant(given, Object.keys(options), '--');
    throw new UsageError(`${name} has no option --${given}${hint}`);
  }
}

/** A number that an option gives, 0 or more. */
export function number(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--${name} ${text}: expected a number, 0 or more`);
  }
  return value;
}
