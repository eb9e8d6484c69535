import type { Severity } from '../diagnostic.js';
import type { DeviceRequest } from '../smoke/report.js';

/** From which severity on findings make the command fail (exit code 1); `never` also forgives a failed smoke inference. */
export type FailLevel = 'error' | 'warning' | 'never';

/** The fail levels, for messages and checks. */
export const FAIL_LEVELS = ['error', 'warning', 'never'] as const satisfies readonly FailLevel[];

/**
 * Settings, as a settings file holds them (`schemas/config.schema.json`). Everything is optional; what the command line
 * says wins over it.
 */
export interface Config {
  /** Severity by rule id; `off` silences the rule. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>;
  /** `error` when absent. */
  readonly failLevel?: FailLevel;
  readonly smoke?: {
    readonly device?: DeviceRequest;
    /** Time limit of the whole smoke inference, in milliseconds. */
    readonly timeoutMs?: number;
    /** Memory limit of the process that runs the model, in bytes. */
    readonly memoryLimitBytes?: number;
  };
  /** Files that replace tables of the Hub. */
  readonly tables?: {
    /** Map of library names to pipeline tags: JSON, inside the folder of the settings file. */
    readonly libraryTasks?: string;
  };
}
