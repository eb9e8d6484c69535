import type { Metadata } from '../card/card.js';
import { pointerKeys } from '../card/path.js';
import type { Diagnostic } from '../diagnostic.js';
import type { ValidatorDifference } from '../hub/facts.js';
import { escapeText } from '../preview.js';
import type { Complaint } from './remote-validator.js';

/** Most differences that are told; beyond them the rules are of another time than the Hub. */
const MOST = 50;

/**
 * Where the Hub's validator and our findings judge otherwise. They agree on a field when both have something of the same severity
 * to say about it, whatever the words. What the Hub does not say counts only when it refuses nothing: it may stop at the first
 * error.
 * @param findings All of them, silenced ones too: the Hub knows no comments.
 */
export function validatorDifferences(
  complaints: readonly Complaint[],
  findings: readonly Diagnostic[],
  metadata: Metadata | null,
): readonly ValidatorDifference[] {
  const ours = findings.filter(({ hub }) => hub !== null);
  const theirs = complaints.map((complaint) => ({ ...complaint, field: fieldOf(complaint, metadata) }));
  const agree = (complaint: (typeof theirs)[number], finding: Diagnostic) => {
    if (finding.hub !== complaint.severity) return false;
    const [field = null] = pointerKeys(finding.path);
    return (
      field === complaint.field ||
      field === null ||
      finding.help.includes(escapeText(complaint.message, LONGEST_QUOTE))
    );
  };
  const hubOnly = theirs
    .filter((complaint) => !ours.some((finding) => agree(complaint, finding)))
    .map(
      ({ severity, message, field }): ValidatorDifference => ({ kind: 'hub-only', severity, message, field }),
    );
  if (complaints.some(({ severity }) => severity === 'error')) return hubOnly.slice(0, MOST);
  const told = new Set<string>();
  const oursOnly = ours.flatMap((finding): ValidatorDifference[] => {
    const { hub, rule, path } = finding;
    const place = `${rule} ${pointerKeys(path)[0] ?? ''}`;
    if (hub === null || told.has(place) || theirs.some((complaint) => agree(complaint, finding))) return [];
    told.add(place);
    return [{ kind: 'ours-only', severity: hub, rule, path }];
  });
  return [...hubOnly, ...oursOnly].slice(0, MOST);
}

/** Length up to which a finding quotes the Hub. */
const LONGEST_QUOTE = 500;

/**
 * The field at the top of the metadata that a complaint is about: the one it names, or the one that its words begin with
 * (`"model-index[0].name" is required`). Null when it names no field, such as for YAML that cannot be read.
 */
function fieldOf({ message, place }: Complaint, metadata: Metadata | null): string | null {
  const named = place ?? /^"([^"]{1,200})"/.exec(message)?.[1];
  const field = named === undefined ? undefined : /^[^.[]+/.exec(named)?.[0];
  if (field === undefined) return null;
  // Joi calls the whole of the metadata "value".
  return field === 'value' && !(metadata !== null && Object.hasOwn(metadata, 'value')) ? null : field;
}
