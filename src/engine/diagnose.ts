import { toPointer } from '../card/path.js';
import { isUserRuleId } from '../config/user-rule.js';
import type { Diagnostic } from '../diagnostic.js';
import { explainCommand } from '../rules/pages/reference.js';
import type { Finding } from '../rules/rule.js';
import { rangeIn, type Sources } from './sources.js';

/**
 * Most findings of one rule in one card. A list can have a million items, each of them wrong: their findings would fill
 * the memory and no reader would want them.
 */
export const MOST_FINDINGS = 1000;

/** A finding as reports show it: path and span become a range, advice and the Hub’s words the help. */
export function diagnose(
  rule: string,
  severity: Diagnostic['severity'],
  finding: Finding,
  sources: Sources,
): Diagnostic {
  const file = finding.file ?? sources.cardPath;
  const { message, fix } = finding;
  const hub = finding.hub ?? null;
  const path = finding.path === undefined ? '' : toPointer(finding.path);
  const help = helpOf(rule, finding);
  const range = finding.noRange === true ? undefined : rangeIn(sources, file, finding);
  // Spelled out, because spreading costs more than all the rest of a finding.
  if (range === undefined) return { rule, severity, hub, message, file, path, help };
  if (fix === undefined) return { rule, severity, hub, message, file, path, range, help };
  return { rule, severity, hub, message, file, path, range, fix, help };
}

function helpOf(rule: string, finding: Finding): string {
  const advice = finding.help === undefined ? '' : `${finding.help} `;
  const said = finding.hubMessage;
  const quote = said === undefined ? '' : `The Hub says: ${said}${said.endsWith('.') ? '' : '.'} `;
  // What explains a user's rule is not known here.
  return isUserRuleId(rule)
    ? `${advice}${quote}`.trimEnd()
    : `${advice}${quote}More: ${explainCommand(rule)}`;
}

/** Stands in the place of the first finding that is one too many. */
export function moreFrom({ fix: _, hubMessage: __, ...finding }: Finding): Finding {
  return {
    ...finding,
    message: `From here on there is more of the same; the first ${MOST_FINDINGS} findings are shown.`,
    help: 'Correct the ones shown first; the rest is likely of the same kind.',
  };
}

/** The order of findings: by file, place and rule. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  const byStart = (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1);
  if (byStart !== 0) return byStart;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return 0;
}
