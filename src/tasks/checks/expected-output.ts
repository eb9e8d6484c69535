import { own } from '../../mapping.js';
import { preview } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import { short } from './wording.js';

const id = 'expected-output';

/** What else may be wrong when the model gives other labels than the card. */
export const SWAPPED_LABELS = 'look for swapped labels in config.json';
/** What else may be wrong when the model gives another answer than the card. */
export const WRONG_CHECKPOINT = 'look for a wrong checkpoint in the export';

/** The answer agrees with the `output` of the widget example. */
export function agreesWithCard(message: string): SmokeCheck {
  return { id, status: 'passed', message };
}

/** The `output` of the widget example is of another form; `lack` says so, such as `has no \`answer\``. */
export function notComparable(lack: string): SmokeCheck {
  return {
    id,
    status: 'warning',
    message: `The \`output\` of this widget example ${lack}; it cannot be compared with the answer.`,
  };
}

/** Card and model say different things; `seen` goes on from “The card’s example”, `otherwise` from “Correct the card, or”. */
export function contradictsCard(seen: string, otherwise?: string): SmokeCheck {
  return {
    id,
    status: 'failed',
    message: `The card’s example ${seen}. Correct the \`output\` in the card${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
  };
}

/** The answer is that of the card, its score lies too far from the one there; `what` has the score. */
export function otherScore(what: string, stated: number, found: number, tolerance: number): SmokeCheck {
  return {
    id,
    status: 'warning',
    message: `The card’s example gives ${what} the score ${stated}, the model ${short(found)}: they differ by more than ${tolerance}. Update the score in the card.`,
  };
}

/** The answer is that of the card, its place in the text is another one; characters from the start. */
export function otherStart(what: string, stated: number, found: number): SmokeCheck {
  return {
    id,
    status: 'warning',
    message: `The card’s example says that ${what} begins at ${stated}, but it begins at ${found}. Correct \`start\` and \`end\` in the card.`,
  };
}

/** The card does not have one answer for each row of its table. */
export function otherRowCount(answers: number, rows: number): SmokeCheck {
  return {
    id,
    status: 'failed',
    message: `The card’s example has ${answers} answers for ${rows} rows. Write one for each row.`,
  };
}

/** The first sentence of a contradiction; null for any other check. What to do may follow from what a second look found. */
export function contradictionSeen({ id: other, status, message }: SmokeCheck): string | null {
  if (other !== id || status !== 'failed') return null;
  const [seen = ''] = message.split(/(?<=\.) /);
  return seen;
}

/** The first answer in the `output` of a card’s example; null when there is none. */
export function statedAnswer(
  expected: unknown,
): { readonly answer: string; readonly score: number | null; readonly start: number | null } | null {
  const first: unknown = Array.isArray(expected) ? expected[0] : expected;
  const [answer, score, start] = ['answer', 'score', 'start'].map((key) => own(first, key));
  if (typeof answer !== 'string') return null;
  return {
    answer,
    score: typeof score === 'number' ? score : null,
    start: typeof start === 'number' ? start : null,
  };
}

/** Says that card and model give different answers. */
export function otherAnswer(stated: string, found: string, otherwise: string): SmokeCheck {
  return contradictsCard(`says ${preview(stated)}, the model says ${preview(found)}`, otherwise);
}

/** Whether two answers are the same but for what tokenizers change: case and spaces. */
export function sameAnswer(a: string, b: string): boolean {
  const bare = (text: string) => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
  return bare(a) === bare(b);
}
