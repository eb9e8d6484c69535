import { FAIL_LEVELS } from '../config/config.js';
import { FORMAT_NAMES } from '../report/names.js';
import { RULES } from '../rules/index.js';
import { DTYPE_SUFFIXES } from '../smoke/dtypes.js';
import { COMMANDS, SHELLS, type Shell } from './command-options.js';
import { HELP_TOPICS, PAGES } from './help-pages.js';
import { DEVICES, OPTIONS, type OptionName } from './option-table.js';

/** The words an option takes; options that take a file or folder are completed with those. */
const VALUES: Readonly<Partial<Record<OptionName, readonly string[]>>> = {
  device: DEVICES,
  dtype: Object.keys(DTYPE_SUFFIXES),
  format: FORMAT_NAMES,
  'fail-level': FAIL_LEVELS,
};
const FILES: readonly OptionName[] = ['config', 'baseline', 'save-outputs'];

/** The words that may follow a command. */
const ARGUMENTS: Readonly<Partial<Record<(typeof COMMANDS)[number], readonly string[]>>> = {
  hook: ['install', 'uninstall'],
  completion: SHELLS,
  help: HELP_TOPICS.slice(1),
};

/**
 * The script that completes `validate-card` in a shell, for `eval` or `source`: options with their values, commands, rules behind
 * `explain`, files and folders anywhere else. It asks nothing of the command while one types.
 */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

interface Option {
  readonly name: OptionName;
  readonly short?: string;
  readonly takes: 'nothing' | 'words' | 'files' | 'text';
  readonly words: readonly string[];
  readonly description: string;
}

function options(): readonly Option[] {
  return (Object.keys(OPTIONS) as OptionName[]).map((name) => {
    const option: { readonly type: string; readonly short?: string } = OPTIONS[name];
    const words = VALUES[name] ?? [];
    const takes =
      option.type === 'boolean'
        ? 'nothing'
        : words.length > 0
          ? 'words'
          : FILES.includes(name)
            ? 'files'
            : 'text';
    return {
      name,
      ...(option.short === undefined ? {} : { short: option.short }),
      takes,
      words,
      description: described(name),
    };
  });
}

/** What the help says of an option. */
function described(name: OptionName): string {
  const entries = Object.values(PAGES).flatMap(({ sections }) => sections.flatMap(({ entries }) => entries));
  const found = entries.find(({ term }) => new RegExp(`(?:^|, )--${name}(?![\\w-])`).test(term));
  return found?.text ?? '';
}

function ruleIds(): readonly string[] {
  return RULES.map(({ id }) => id);
}

function words(all: readonly string[]): string {
  return all.join(' ');
}

function bash(): string {
  const all = options();
  const withWords = all.filter(({ takes }) => takes === 'words');
  const withFiles = all.filter(({ takes }) => takes === 'files').map(({ name }) => `--${name}`);
  const withText = all.filter(({ takes }) => takes === 'text').map(({ name }) => `--${name}`);
  const names = all.flatMap(({ name, short }) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  return `# Completion of validate-card for bash: eval "$(validate-card completion bash)"
_validate_card() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  # bash takes "=" for a word of its own.
  if [[ $current == "=" ]]; then current=""; elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  local words="" newline=$'\\n'
  COMPREPLY=()
  case $previous in
${withWords.map(({ name, words: values }) => `    --${name}) COMPREPLY=($(compgen -W "${words(values)}" -- "$current")); return ;;`).join('\n')}
    ${withFiles.join('|')}) local IFS=$newline; COMPREPLY=($(compgen -f -- "$current")); compopt -o filenames 2>/dev/null; return ;;
    ${withText.join('|')}) return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "${words(names)}" -- "$current"))
    return
  fi
  if [[ $COMP_CWORD -gt 1 ]]; then
    case $command in
${Object.entries(ARGUMENTS)
  .map(([command, values]) => `      ${command}) words="${words(values)}" ;;`)
  .join('\n')}
      explain) words="${words(ruleIds())}" ;;
    esac
    if [[ -n $words ]]; then
      [[ $COMP_CWORD -eq 2 ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
  else
    words="${words(COMMANDS)}"
  fi
  local IFS=$newline
  COMPREPLY=($(compgen -W "\${words// /$IFS}" -- "$current") $(compgen -f -- "$current"))
  compopt -o filenames 2>/dev/null
}
complete -F _validate_card validate-card
`;
}

function zsh(): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');
  const specs = options().flatMap(({ name, short, takes, words: values, description }) => {
    const value = {
      nothing: '',
      words: `:value:(${words(values)})`,
      files: ':file:_files',
      text: ':value: ',
    }[takes];
    const equals = takes === 'nothing' ? '' : '=';
    return [
      `    '*--${name}${equals}[${quoted(description)}]${value}'`,
      ...(short === undefined ? [] : [`    '*-${short}[${quoted(description)}]'`]),
    ];
  });
  return `#compdef validate-card
# Completion of validate-card for zsh: eval "$(validate-card completion zsh)"
_validate_card() {
  local -a options=(
${specs.join('\n')}
  )
  if (( CURRENT > 2 )) && [[ $PREFIX != -* ]]; then
    case $words[2] in
${Object.entries(ARGUMENTS)
  .map(
    ([command, values]) => `      ${command}) (( CURRENT == 3 )) && compadd -- ${words(values)}; return ;;`,
  )
  .join('\n')}
      explain) (( CURRENT == 3 )) && compadd -- ${words(ruleIds())}; return ;;
    esac
  fi
  (( CURRENT == 2 )) && [[ $PREFIX != -* ]] && compadd -- ${words(COMMANDS)}
  _arguments -s $options '*:target:_files'
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _validate_card "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
  compdef _validate_card validate-card
fi
`;
}

function fish(): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const first = 'test (count (commandline -opc)) -eq 1';
  const second = (command: string) =>
    `test (count (commandline -opc)) -eq 2; and test (commandline -opc)[2] = ${command}`;
  const complete = (rest: string) => `complete -c validate-card ${rest}`;
  return `# Completion of validate-card for fish: validate-card completion fish | source
${[
  ...options().map(({ name, short, takes, words: values, description }) =>
    complete(
      [
        ...(short === undefined ? [] : [`-s ${short}`]),
        `-l ${name}`,
        ...{
          nothing: [],
          words: [`-x -a ${quoted(words(values))}`],
          files: ['-r -F'],
          text: ['-x'],
        }[takes],
        ...(description === '' ? [] : [`-d ${quoted(description)}`]),
      ].join(' '),
    ),
  ),
  complete(`-n ${quoted(first)} -a ${quoted(words(COMMANDS))}`),
  ...Object.entries(ARGUMENTS).map(([command, values]) =>
    complete(`-n ${quoted(second(command))} -f -a ${quoted(words(values))}`),
  ),
  complete(`-n ${quoted(second('explain'))} -f -a ${quoted(words(ruleIds()))}`),
].join('\n')}
`;
}
