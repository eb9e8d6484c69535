import type { Card } from '../../card/card.js';
import type { TextEdit } from '../../diagnostic.js';
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

/** Why the Hub refuses a value. */
export interface Refusal {
  readonly message: string;
  /** What makes the value one that it takes; absent where that is not certain. */
  readonly edits?: readonly TextEdit[];
}

/**
 * What the Hub would say if a field at the top of the metadata had the value, which the source has at another key, if anywhere; undefined
 * when it is not known to refuse it.
 */
export function refusalOf(
  context: RuleContext,
  field: string,
  value: unknown,
  key?: string,
): Refusal | undefined {
  const refusals: Finding[] = [];
  const spanOf: Card['spanOf'] = ([, ...path], part) =>
    key === undefined ? undefined : context.card.spanOf([key, ...path], part);
  const card = { ...context.card, metadata: { [field]: value }, spanOf };
  const report = (finding: Finding) => {
    if (finding.hub === 'error') refusals.push(finding);
  };
  for (const rule of REFUSING) rule.check({ ...context, card, report });
  const [first] = refusals;
  if (first === undefined) return undefined;
  const edits = refusals.flatMap(({ fix }) => fix?.edits ?? []);
  const certain = refusals.every(({ fix }) => fix !== undefined);
  return { message: first.message, ...(certain ? { edits } : {}) };
}
