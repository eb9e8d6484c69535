import { UsageError } from '../errors.js';
import { nearest } from '../hub/nearest.js';

/** Commands beside checking, which has no name. */
export const COMMANDS = ['init', 'explain', 'hook', 'completion', 'lsp', 'help'] as const;

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
      hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}It is one of ${SHELLS.join(', ')}; a folder of that name is checked as ./completion.`,
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

function refuseOptions(command: CommandName, options: readonly string[], known: readonly string[]): void {
  const stray = options.find((name) => ![...known, 'debug'].includes(name));
  if (stray === undefined) return;
  throw new UsageError(`${command}-alone`, `${command} takes no --${stray}.`, {
    hint: `See validate-card help ${command}; a folder of that name is checked as ./${command}.`,
  });
}
