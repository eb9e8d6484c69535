/** Exit codes of the command; the README prints this table. */
export const EXIT = { ok: 0, findings: 1, usage: 2, failure: 3 } as const;
/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The property that tells our errors apart; the same in every bundle. */
const KIND = Symbol.for('validate-model-card.error');

/**
 * An error with a message meant for a person: what is wrong, where, and what to do next. Anything else that is
 * thrown is a bug of ours.
 */
export abstract class UserError extends Error {
  /** Name of the class; subclasses state theirs. */
  static readonly kind: string = 'UserError';

  /** By kind, not by identity: the command loads the smoke inference from a file with its own copies of these classes. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!(typeof value === 'object' && value !== null && KIND in value)) return false;
    return this.kind === UserError.kind || value[KIND] === this.kind;
  }

  readonly [KIND]: string;
  abstract readonly exitCode: ExitCode;
  /** Machine-readable cause, such as `not-found`. */
  readonly code: string;
  /** What to try next. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.kind;
    this[KIND] = new.target.kind;
    this.code = code;
    this.hint = options.hint;
  }
}

/** Wrong arguments. */
export class UsageError extends UserError {
  static override readonly kind = 'UsageError';
  readonly exitCode = EXIT.usage;
}

/** A settings file or table that cannot be read or does not fit its schema. */
export class ConfigError extends UserError {
  static override readonly kind = 'ConfigError';
  readonly exitCode = EXIT.usage;
}

/** The repository or a file of it cannot be read. */
export class RepoError extends UserError {
  static override readonly kind = 'RepoError';
  readonly exitCode = EXIT.failure;
}

/** Git gave no answer. The message is what it says, in one line. */
export class GitError extends UserError {
  static override readonly kind = 'GitError';
  readonly exitCode = EXIT.failure;
}

/** Something outside the model stopped a smoke inference: the runtime is not installed, the device is not there. */
export class SmokeSetupError extends UserError {
  static override readonly kind = 'SmokeSetupError';
  readonly exitCode = EXIT.failure;
}

/** A report cannot be written to where the user wants it. */
export class OutputError extends UserError {
  static override readonly kind = 'OutputError';
  readonly exitCode = EXIT.failure;
}
