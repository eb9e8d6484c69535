import type { Card } from '../card/card.js';
import { byPlace } from '../engine/diagnose.js';
import { NO_ANSWERS } from '../hub/facts.js';
import { type Findings, type LintOptions, runLateRules } from '../lint.js';
import type { HubAccess } from '../repo/hub-fetch.js';
import { remoteValidatorDiffers } from '../rules/remote-validator-differs.js';
import { askValidator } from './remote-validator.js';
import { validatorDifferences } from './validator-differences.js';

/** The findings of the rules, and beside them where the Hub's validator judges otherwise. Throws `RepoError` when it cannot be asked. */
export async function remoteFindings(
  { diagnostics, silenced }: Findings,
  card: Card,
  options: LintOptions,
  access: HubAccess,
): Promise<Findings> {
  const complaints = await askValidator(card.text, access);
  const validator = validatorDifferences(complaints, [...diagnostics, ...silenced], card.metadata);
  const late = runLateRules([remoteValidatorDiffers], card, {
    ...options,
    hubFacts: { ...(options.hubFacts ?? NO_ANSWERS), validator },
  });
  return {
    diagnostics: [...diagnostics, ...late.diagnostics].sort(byPlace),
    silenced: [...silenced, ...late.silenced],
  };
}
