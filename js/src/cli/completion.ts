// SPDX-License-Identifier: Apache-2.0
// `webhlo completion`: scripts that complete command lines in a shell, made of what the commands say of themselves.

import { command, commonOptions, UsageError, meant } from './command.js';
import type { Command, Option } from './command.js';
import { print } from './output.js';

type Script = (commands: readonly Command[]) => string;

const flags = ([name, { short }]: readonly [string, Option]): string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];

const wordsOf = (values: Option['values'] | Command['values']): readonly string[] =>
  typeof values === 'object' ? values : [];

/** Where nothing else fits, bash completes names of files. */
const bash: Script = (commands) => {
  const names = commands.map(({ name }) => name).join(' ');
  const common = Object.entries(commonOptions).flatMap(flags).join(' ');
  const cases = commands.map(({ name, options, values }) => {
    const all = Object.entries(options);
    const valued = all.filter(([, { type }]) => type === 'string');
    const cases = valued.map((option) => {
      const words = wordsOf(option[1].values);
      return `${flags(option).join('|')})${words.length > 0 ? ` words='${words.join(' ')}'` : ''} ;;`;
    });
    const operands = wordsOf(values).join(' ');
    const folders = values === 'folder' ? ' folders=1' : '';
    const own = [...all.flatMap(flags), '--help'].join(' ');
    return `    ${name})
      case $before in
${cases.map((line) => `        ${line}\n`).join('')}        *) words='${operands}' options='${own}'${folders} ;;
      esac ;;`;
  });
  return `# source <(webhlo completion bash)
_webhlo() {
  local now=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= words= options= folders= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  case $command in
    '') words='${names}' options='${common}' ;;
${cases.join('\n')}
  esac
  [[ $now != -* ]] || words=$options
  COMPREPLY=($(compgen -W "$words" -- "$now"))
  [[ -z $folders || $now == -* ]] || { local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$now")); }
}
complete -o default -F _webhlo webhlo`;
};

/** What fits beside an option. */
const brief = (help: string): string => help.split(/;|\. /)[0] ?? '';

/** As zsh and fish quote a text. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const zsh: Script = (commands) => {
  const action = (values: Option['values'] | Command['values']) =>
    values === 'folder'
      ? '_files -/'
      : typeof values === 'object'
        ? `(${values.join(' ')})`
        : '_files';
  const plain = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const cases = commands.map(({ name, operands, options, values }) => {
    const lines = Object.entries({ ...options, help: commonOptions.help }).flatMap(
      ([name, option]: readonly [string, Option]) => {
        const { multiple, value, help, values, type } = option;
        const argument =
          type === 'boolean' ? '' : `:${plain(value ?? '')}:${values ? action(values) : ' '}`;
        return flags([name, option]).map((flag) =>
          quoted(`${multiple ? '*' : ''}${flag}[${plain(brief(help))}]${argument}`),
        );
      },
    );
    const rest = quoted(`*:${plain(operands)}:${action(values)}`);
    return `    ${name}) _arguments ${[...lines, rest].join(' \\\n      ')} ;;`;
  });
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef webhlo
_webhlo() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _webhlo ]]; then _webhlo "$@"; else compdef _webhlo webhlo; fi`;
};

const fish: Script = (commands) => {
  const line = (when: string, ...parts: string[]) =>
    `complete -c webhlo -n ${quoted(when)} ${parts.join(' ')}`;
  const lines = commands.flatMap(({ name, summary, options, values }) => {
    const here = `__fish_seen_subcommand_from ${name}`;
    const words = wordsOf(values);
    return [
      line('__fish_use_subcommand', '-f', '-a', name, '-d', quoted(summary)),
      ...(words.length > 0 ? [line(here, '-f', '-a', quoted(words.join(' ')))] : []),
      ...(values === 'folder'
        ? [line(here, '-f', '-a', quoted('(__fish_complete_directories)'))]
        : []),
      ...Object.entries({ ...options, help: commonOptions.help }).map(
        ([name, { short, type, values, help }]: readonly [string, Option]) => {
          const words = wordsOf(values).join(' ');
          const value =
            values === 'file' ? ['-r', '-F'] : ['-x', ...(words ? ['-a', quoted(words)] : [])];
          return line(
            here,
            ...['-l', name, ...(short === undefined ? [] : ['-s', short])],
            ...(type === 'boolean' ? [] : value),
            ...['-d', quoted(brief(help))],
          );
        },
      ),
    ];
  });
  return `# webhlo completion fish > ~/.config/fish/completions/webhlo.fish
${lines.join('\n')}`;
};

const shells: Readonly<Record<string, Script>> = { bash, zsh, fish };

/** `commands`: all of them. */
export const completion = (commands: readonly Command[]): Command =>
  command({
    name: 'completion',
    operands: 'SHELL',
    summary: 'a script that completes command lines: bash, zsh or fish',
    options: {},
    values: Object.keys(shells),
    examples: [
      ['source <(webhlo completion bash)', 'in ~/.bashrc'],
      ['webhlo completion zsh > ~/.zfunc/_webhlo', 'in a folder of $fpath'],
      ['webhlo completion fish > ~/.config/fish/completions/webhlo.fish', 'once'],
    ],
    run([shell = '']) {
      const names = Object.keys(shells);
      const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (!script) {
        throw new UsageError(
          `completion for "${shell}"${meant(shell, names)}; there are ${names.join(', ')}`,
        );
      }
      print(script(commands));
      return Promise.resolve(0);
    },
  });
