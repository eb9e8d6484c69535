import { own } from '../../mapping.js';
import { escapeText, preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { Entity } from '../text/entities.js';
import { SCORE_TOLERANCE } from '../tolerances.js';
import {
  agreesWithCard,
  contradictsCard,
  notComparable,
  otherScore,
  otherStart,
  SWAPPED_LABELS,
} from './expected-output.js';

/** Compares with the `output` of the card’s widget example: each entity it names, and no others. */
export function checkExpectedEntities(entities: readonly Entity[], expected: unknown): SmokeCheck {
  const stated = readEntities(expected);
  if (stated === null) {
    return notComparable('is no list of `entity_group` (or `entity`), `word` and `score`');
  }
  for (const one of stated) {
    const found = entities.find((entity) => isSame(entity, one));
    if (found === undefined) {
      const there = entities.find((entity) => sameWord(entity, one));
      const instead =
        there === undefined
          ? `the model finds ${listed(entities)}`
          : `the model calls it ${preview(labelOfEntity(there))}`;
      return contradictsCard(
        `says that ${preview(one.word)} is ${preview(one.label)}, ${instead}`,
        SWAPPED_LABELS,
      );
    }
    if (one.start !== null && one.start !== found.start) {
      return otherStart(preview(one.word), one.start, found.start);
    }
    if (one.score !== null && !(Math.abs(found.score - one.score) <= SCORE_TOLERANCE)) {
      return otherScore(preview(one.word), one.score, found.score, SCORE_TOLERANCE);
    }
  }
  const extra = entities.find((entity) => !stated.some((one) => isSame(entity, one)));
  if (extra !== undefined) {
    return {
      id: 'expected-output',
      status: 'warning',
      message: `The model also finds ${listed([extra])}, which the card’s example does not show. Add it to the \`output\` in the card.`,
    };
  }
  return agreesWithCard(
    `The answer agrees with the card: ${listed(entities)}, scores within ${SCORE_TOLERANCE}.`,
  );
}

interface StatedEntity {
  readonly label: string;
  readonly word: string;
  readonly start: number | null;
  readonly score: number | null;
}

function readEntities(value: unknown): readonly StatedEntity[] | null {
  if (!Array.isArray(value)) return null;
  const stated: StatedEntity[] = [];
  for (const item of value as readonly unknown[]) {
    const label = own(item, 'entity_group') ?? own(item, 'entity') ?? own(item, 'type');
    const word = own(item, 'word');
    const start = own(item, 'start');
    const score = own(item, 'score');
    if (typeof label !== 'string' || typeof word !== 'string') return null;
    stated.push({
      label,
      word,
      start: typeof start === 'number' ? start : null,
      score: typeof score === 'number' ? score : null,
    });
  }
  return stated;
}

/** Cards show words as their tokenizer wrote them: in lower case, with `##` or `▁`, or with spaces around punctuation. */
function bare(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\s▁Ġ\p{M}]|##/gu, '')
    .toLowerCase();
}

function sameWord(entity: Entity, stated: StatedEntity): boolean {
  return (
    bare(entity.word) === bare(stated.word) &&
    (stated.start === null || Math.abs(stated.start - entity.start) <= 1)
  );
}

function isSame(entity: Entity, stated: StatedEntity): boolean {
  const plainLabel = (label: string) => label.replace(/^[BI]-/, '');
  return sameWord(entity, stated) && plainLabel(labelOfEntity(entity)) === plainLabel(stated.label);
}

function labelOfEntity({ entity, entity_group }: Entity): string {
  return entity_group ?? entity ?? '';
}

function listed(entities: readonly Entity[]): string {
  if (entities.length === 0) return 'nothing';
  const shown = entities.slice(0, 4).map((one) => `${preview(one.word)} (${escapeText(labelOfEntity(one))})`);
  return `${shown.join(', ')}${entities.length > 4 ? ' and more' : ''}`;
}
