import { isMapping, own } from '../mapping.js';
import { cardPlace, type Facts, line, list, show, tagsOf } from './evidence.js';
import type { EvidencePlace } from './verdict.js';

/** What shows that the model needs code from its repository. */
export interface CustomCode {
  readonly detail: string;
  readonly at: EvidencePlace;
}

/**
 * `auto_map` in config.json maps Auto classes to code in a repository. The Hub derives its tag `custom_code` from that,
 * so the tag in a card counts only where config.json is unknown.
 */
export function findCustomCode(facts: Facts): CustomCode | undefined {
  const map = own(facts.modelConfig, 'auto_map');
  if (isMapping(map) && Object.keys(map).length > 0) {
    return {
      detail: `config.json maps ${list(Object.keys(map).map(show), 'and', 4)} to code of a repository (\`auto_map\`)`,
      at: { file: 'config.json', path: '/auto_map' },
    };
  }
  if (facts.configKnown) return undefined;
  const tag = tagsOf(facts.metadata).find((candidate) => candidate.tag === 'custom_code');
  return tag === undefined
    ? undefined
    : { detail: `the tag \`custom_code\`${line(facts, tag.path)} says so`, at: cardPlace(facts, tag.path) };
}
