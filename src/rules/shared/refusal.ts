import { baseModelInvalid } from '../base-model-invalid.js';
import { datasetIdInvalid } from '../dataset-id-invalid.js';
import { languageUnknown } from '../language-unknown.js';
import { licenseUnknown } from '../license-unknown.js';
import { metadataType } from '../metadata-type.js';
import { metadataValue } from '../metadata-value.js';
import type { Finding, Rule, RuleContext } from '../rule.js';

/** The rules that know what the Hub refuses in a field. */
const REFUSING: readonly Rule[] = [
  metadataType,
  metadataValue,
  licenseUnknown,
  languageUnknown,
  datasetIdInvalid,
  baseModelInvalid,
];

/** What the Hub would say if a field at the top of the metadata had the value; undefined when it is not known to refuse it. */
export function refusalOf(context: RuleContext, field: string, value: unknown): string | undefined {
  let refusal: string | undefined;
  const card = { ...context.card, metadata: { [field]: value }, spanOf: () => undefined };
  const report = ({ hub, message }: Finding) => {
    if (hub === 'error') refusal ??= message;
  };
  for (const rule of REFUSING) rule.check({ ...context, card, report });
  return refusal;
}
