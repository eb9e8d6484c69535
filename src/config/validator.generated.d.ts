import type { Config } from './config.js';

/** One fault of a settings file, in Ajv's terms. */
export interface ConfigFault {
  /** JSON pointer of the value at fault. */
  readonly instancePath: string;
  readonly keyword: string;
  /** Where in the schema the keyword stands: `#/properties/smoke/additionalProperties`. */
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whether a value is a settings file; the faults are in `errors` until the next call. */
export declare const validateConfig: {
  (value: unknown): value is Config;
  errors?: readonly ConfigFault[] | null;
};

/** The keys that mappings may have, by the place of their schema. */
export declare const CONFIG_KEYS: ReadonlyMap<string, readonly string[]>;
