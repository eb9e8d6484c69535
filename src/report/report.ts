import type { Diagnostic } from '../diagnostic.js';
import type { RepoTarget } from '../repo/repo.js';
import type { SilencedDiagnostic } from '../silence/apply.js';
import type { SmokeReport } from '../smoke/report.js';
import type { SupportVerdict } from '../support/verdict.js';

/** Raised with every incompatible change of the report; `schemas/report.schema.json` is the truth. */
export const REPORT_SCHEMA_VERSION = 1;

/** Everything found about one repository; each output format is a view of this value. */
export interface Report {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly tool: { readonly name: string; readonly version: string };
  /** Where the Hub's tables (libraries, tasks, licenses) come from, and their date (ISO 8601). */
  readonly tables: { readonly source: string; readonly date: string };
  readonly target: RepoTarget;
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that a comment or the baseline silences; absent when there are none. */
  readonly silenced?: readonly SilencedDiagnostic[];
  readonly support: SupportVerdict;
  readonly smoke?: SmokeReport;
  readonly summary: {
    readonly errors: number;
    readonly warnings: number;
    readonly infos: number;
    /**
     * True when the Hub would take the push and nothing of severity error was found and no smoke inference failed. A silenced
     * finding that the Hub rejects still counts: the Hub does not know that it is silenced.
     */
    readonly publishable: boolean;
  };
}
