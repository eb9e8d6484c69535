import { UsageError } from '../errors.js';
import { didYouMean, nearest } from '../hub/nearest.js';
import { type Arguments, colorOption } from './arguments.js';

/** Commands beside checking, which has no name. */
export const COMMANDS = ['init', 'explain', 'serve', 'hook', 'completion', 'lsp', 'help'] as const;

/** The name of a command. */
export type CommandName = (typeof COMMANDS)[number];

/** Shells that can complete the command. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];

/** `completion`: the script for a shell. */
export interface CompletionOptions {
  readonly kind: 'completion';
  readonly shell: Shell;
}

/** `hook`: the git hook of this checkout. */
export interface HookOptions {
  readonly kind: 'hook';
  /** `run` is what the hook itself calls: the lines of git on standard input say what is pushed. */
  readonly action: 'install' | 'uninstall' | 'run';
  readonly quiet: boolean;
}

/** `explain`: the reference of a rule, or the list of rules. */
export interface ExplainOptions {
  readonly kind: 'explain';
  /** As written; undefined asks for the list. */
  readonly rule: string | undefined;
  readonly color?: boolean;
}

/** `lsp`: the language server for editors. */
export interface LspOptions {
  readonly kind: 'lsp';
  /** Whether settings found beside cards may run code. */
  readonly trustConfig: boolean;
}

/** `init`: a card with the metadata the files tell. */
export interface InitOptions {
  readonly kind: 'init';
  /** Folder of the model. */
  readonly target: string;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly color?: boolean;
}

/** `help`, or `--help` of a command; without a topic the first page. */
export interface HelpOptions {
  readonly kind: 'help';
  readonly topic: string | undefined;
}

/** Whether a target is the name of a command. */
export function isCommand(name: string | undefined): name is CommandName {
  return COMMANDS.some((command) => command === name);
}

/** `completion SHELL`. Throws `UsageError`. */
export function completionOptions(
  [shell, ...more]: readonly string[],
  options: readonly string[],
): CompletionOptions {
  refuseOptions('completion', options, []);
  const found = SHELLS.find((one) => one === shell);
  if (found !== undefined && more.length === 0) return { kind: 'completion', shell: found };
  const meant = shell === undefined ? undefined : nearest(shell, SHELLS);
  throw new UsageError(
    'shell',
    shell === undefined
      ? 'completion needs the name of a shell.'
      : `There is no completion for ${[shell, ...more].join(' ')}.`,
    {
      hint: `${didYouMean(meant)}It is one of ${SHELLS.join(', ')}; a folder of that name is checked as ./completion.`,
    },
  );
}

/** `hook install|uninstall`. Throws `UsageError`. */
export function hookOptions([action, ...more]: readonly string[], options: readonly string[]): HookOptions {
  refuseOptions('hook', options, ['quiet', 'color', 'no-color']);
  if (action === 'run') return { kind: 'hook', action, quiet: options.includes('quiet') };
  if ((action !== 'install' && action !== 'uninstall') || more.length > 0) {
    throw new UsageError(
      'hook',
      action === undefined ? 'hook needs to know what to do.' : `hook cannot ${[action, ...more].join(' ')}.`,
      {
        hint: 'Write validate-card hook install, or hook uninstall; a folder of that name is checked as ./hook.',
      },
    );
  }
  return { kind: 'hook', action, quiet: options.includes('quiet') };
}

/** What editors start language servers with beside options of ours: how they talk to it, and their process id. */
const FOR_EDITORS = /^--(?:stdio|clientProcessId=\d+)$/;

/** `lsp`; it listens to its editor and takes no other option. Throws `UsageError`. */
export function lspOptions(argv: readonly string[]): LspOptions | HelpOptions {
  const rest = argv.filter(
    (one, index) =>
      !FOR_EDITORS.test(one) &&
      one !== '--clientProcessId' &&
      !(argv[index - 1] === '--clientProcessId' && /^\d+$/.test(one)),
  );
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', topic: 'lsp' };
  const stray = rest.find((one) => one !== '--trust-config' && one !== '--debug');
  if (stray !== undefined) {
    throw new UsageError('lsp-alone', `lsp starts the language server; it takes no ${stray}.`, {
      hint: 'It takes --stdio and --trust-config, and talks on standard input and output; a folder of that name is checked as ./lsp.',
    });
  }
  return { kind: 'lsp', trustConfig: rest.includes('--trust-config') };
}

/** `explain [RULE]`; of the options only those that are about the page make sense. Throws `UsageError`. */
export function explainOptions({ flags, values, targets: [, rule, ...more] }: Arguments): ExplainOptions {
  if (more.length > 0) {
    throw new UsageError('too-many-rules', `explain takes one rule at a time, not ${more.length + 1}.`, {
      hint: 'validate-card explain lists every rule.',
    });
  }
  const stray = [...flags, ...values.keys()].find((name) => !['color', 'no-color', 'debug'].includes(name));
  if (stray !== undefined) {
    throw new UsageError('explain-alone', `explain prints the reference of a rule; it takes no --${stray}.`, {
      hint: 'Leave the option out; a folder of that name is checked as ./explain.',
    });
  }
  return { kind: 'explain', rule, ...colorOption(flags) };
}

/** `init [folder]`; it takes no option that is about checking. Throws `UsageError`. */
export function initOptions({ flags, values, targets: [, target = '.', ...more] }: Arguments): InitOptions {
  if (more.length > 0) {
    throw new UsageError('too-many-targets', `init takes one folder at a time, not ${more.length + 1}.`, {
      hint: 'Run it once for each model repository.',
    });
  }
  const known = ['dry-run', 'quiet', 'color', 'no-color', 'debug', 'offline'];
  const stray = [...flags, ...values.keys()].find((name) => !known.includes(name));
  if (stray !== undefined) {
    throw new UsageError('init-alone', `init writes a card and checks nothing; it takes no --${stray}.`, {
      hint: 'Leave the option out; a folder of that name is checked as ./init.',
    });
  }
  return {
    kind: 'init',
    target,
    dryRun: flags.has('dry-run'),
    quiet: flags.has('quiet'),
    ...colorOption(flags),
  };
}

function refuseOptions(command: CommandName, options: readonly string[], known: readonly string[]): void {
  const stray = options.find((name) => ![...known, 'debug'].includes(name));
  if (stray === undefined) return;
  throw new UsageError(`${command}-alone`, `${command} takes no --${stray}.`, {
    hint: `See validate-card help ${command}; a folder of that name is checked as ./${command}.`,
  });
}
