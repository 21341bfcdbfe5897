// SPDX-License-Identifier: Apache-2.0
// `webhlo help`: what commands there are, and all about one.

import { command, commonOptions, find } from './command.js';
import type { Command, Options } from './command.js';
import { aboutModels, operands as modelOperands } from './models.js';
import { print } from './output.js';

const columns = 100;

/** Words in lines that are not longer than the screen. */
function wrap(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent + line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** What stands left, and what it means. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows.map(([left, right]) => `  ${left.padEnd(width - 2)}${wrap(right, width)}`).join('\n');
}

const optionRows = (options: Options) =>
  Object.entries(options).map(([name, { short, value, help }]) => {
    const names = `${short === undefined ? '' : `-${short}, `}--${name}`;
    return [value === undefined ? names : `${names} ${value}`, help] as const;
  });

function overview(commands: readonly Command[]): string {
  const rows = commands.map(
    ({ name, operands, summary }) => [`webhlo ${name} ${operands}`, summary] as const,
  );
  return [
    table(rows),
    wrap(aboutModels, 0),
    table(optionRows(commonOptions)),
    'webhlo help COMMAND tells its options, with examples.',
  ].join('\n\n');
}

function about({ name, operands, summary, options, examples }: Command): string {
  const hasOptions = Object.keys(options).length > 0;
  return [
    `webhlo ${name} ${operands}${hasOptions ? ' [OPTIONS]' : ''}`,
    `  ${wrap(summary, 2)}`,
    ...(operands === modelOperands ? [wrap(aboutModels, 0)] : []),
    ...(hasOptions ? [table(optionRows(options))] : []),
    examples.map(([line, does]) => `  ${line}\n      ${wrap(does, 6)}`).join('\n'),
  ].join('\n\n');
}

/** Of one command, or of all. */
export function helpText(name: string | undefined, commands: readonly Command[]): string {
  return name === undefined ? overview(commands) : about(find(name, commands));
}

/** `commands`: all of them. */
export const help = (commands: readonly Command[]): Command =>
  command({
    name: 'help',
    operands: '[COMMAND]',
    summary: 'what a command does, its options, and examples',
    options: {},
    values: commands.map(({ name }) => name),
    examples: [['webhlo help run', 'the same as webhlo run --help']],
    run([name]) {
      print(helpText(name, commands));
      return Promise.resolve(0);
    },
  });
