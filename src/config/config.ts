import type { Severity } from '../diagnostic.js';
import type { DeviceRequest } from '../smoke/report.js';

/** From which severity on findings make the command fail (exit code 1); `never` also forgives a failed smoke inference. */
export type FailLevel = 'error' | 'warning' | 'never';

/** The fail levels, for messages and checks. */
export const FAIL_LEVELS = ['error', 'warning', 'never'] as const satisfies readonly FailLevel[];

/** How findings are judged, for all files or for some. */
export interface Judgement {
  /** Severity by rule id; `off` silences the rule. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>;
  /**
   * Fields of the metadata that must be there and hold something: `license`, `co2_eq_emissions.emissions`, or a JSON pointer
   * (`/my.field`). Through a list, every item must have the field.
   */
  readonly required?: readonly string[];
  /** `error` when absent. */
  readonly failLevel?: FailLevel;
}

/** Another judgement for some files. */
export interface Override extends Judgement {
  /** Globs of the files; `src/config/glob.ts` says what they may hold. */
  readonly paths: readonly string[];
}

/**
 * Settings, as a settings file holds them (`schemas/config.schema.json`). Everything is optional; what the command line
 * says wins over it.
 */
export interface Config extends Judgement {
  /** Globs of files whose findings are dropped. */
  readonly ignores?: readonly string[];
  /** Later ones win over earlier ones, and all of them over the settings outside. */
  readonly overrides?: readonly Override[];
  /** Modules that bring rules of the user's own: paths beginning with `./` or `../`, or names of packages. */
  readonly ruleModules?: readonly string[];
  /** File of the findings that are known already, inside the folder of the settings file. */
  readonly baseline?: string;
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
