import {
  DiagnosticSeverity,
  type Diagnostic as LspDiagnostic,
  type Range as LspRange,
} from 'vscode-languageserver-types';
import type { Range } from '../card/position.js';
import type { Diagnostic } from '../diagnostic.js';
import { explainCommand } from '../rules/pages/reference.js';

/** Name under which editors show our findings. */
export const SOURCE = 'validate-card';

/** Most findings shown in one document; editors grow slow with more, and nobody reads them. */
export const MOST_SHOWN = 1000;

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** Where a finding without a place in the text is shown: at the start of the document. */
const AT_TOP: LspRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Findings of one document as an editor shows them: what is wrong, what the Hub does, what to do next. */
export function forEditor(diagnostics: readonly Diagnostic[]): readonly LspDiagnostic[] {
  return diagnostics.slice(0, MOST_SHOWN).map((diagnostic) => ({
    range: rangeForEditor(diagnostic.range),
    severity: SEVERITIES[diagnostic.severity],
    code: diagnostic.rule,
    source: SOURCE,
    message: messageOf(diagnostic),
    data: { rule: diagnostic.rule, hub: diagnostic.hub, fixable: diagnostic.fix !== undefined },
  }));
}

/** From lines and columns that count from 1 to those of editors, which count from 0; columns are UTF-16 units in both. */
function rangeForEditor(range: Range | undefined): LspRange {
  if (range === undefined) return AT_TOP;
  const { start, end } = range;
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

const ON_PUSH = {
  error: ' The Hub rejects a push with it.',
  warning: ' The Hub warns of it on push.',
} as const;

function messageOf({ rule, message, hub, help }: Diagnostic): string {
  // An editor has the reference at hand; the command is for those who have a terminal.
  const more = `More: ${explainCommand(rule)}`;
  const advice = (help.endsWith(more) ? help.slice(0, -more.length) : help).trim();
  return `${message}${hub === null ? '' : ON_PUSH[hub]}${advice === '' ? '' : `\n${advice}`}`;
}
