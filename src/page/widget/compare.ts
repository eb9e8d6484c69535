import { EDGE_TOLERANCE, SAME_PLACE, scoreTolerance } from '../../tasks/tolerances.js';
import { fixed, scoreText } from './scores.js';
import type { Box, Entity, Scored, View } from './view.js';

/** One thing that the card states, beside what the model says. */
export interface Compared {
  /** What is compared: a label, a word, a row. */
  readonly what: string;
  readonly stated: string;
  readonly real: string;
  readonly same: boolean;
}

/** The answer that a card states, held against the real one. */
export type Comparison =
  | { readonly kind: 'rows'; readonly same: boolean; readonly rows: readonly Compared[] }
  /** Pictures and sounds are for eyes and ears. */
  | { readonly kind: 'look' }
  /** The card states something of another form. */
  | { readonly kind: 'other-form' };

/** How far a number may lie from the stated one, of it. */
const NUMBER_TOLERANCE = 0.01;
/** More stated items than this are not compared. */
const MOST_COMPARED = 50;

/** Compares a stated answer of a task with the real one; `prompt` is what the user sent, which generated texts may begin with. */
export function compareAnswers(task: string, stated: View, real: View, prompt: string): Comparison {
  if (real.kind === 'file' || real.kind === 'sounds' || real.kind === 'depth') return { kind: 'look' };
  const rows = rowsOf(stated, real, prompt, scoreTolerance(task));
  if (rows === null || rows.length === 0) return { kind: 'other-form' };
  return { kind: 'rows', rows, same: rows.every(({ same }) => same) };
}

function rowsOf(stated: View, real: View, prompt: string, tolerance: number): readonly Compared[] | null {
  if (stated.kind === 'labels' && real.kind === 'labels') return labelRows(stated.rows, real.rows, tolerance);
  if (stated.kind === 'entities' && real.kind === 'entities')
    return entityRows(stated.entities, real.entities, tolerance);
  if (stated.kind === 'span' && real.kind === 'span')
    return entityRows(stated.entities.slice(0, 1), real.entities, tolerance);
  if (stated.kind === 'table-answer' && real.kind === 'table-answer') {
    return [
      { what: 'answer', ...texts(stated.answer, real.answer) },
      { what: 'cells', ...texts(stated.cells.join(', '), real.cells.join(', ')) },
    ];
  }
  if (stated.kind === 'texts' && real.kind === 'texts') {
    return [
      {
        what: 'text',
        ...texts(stated.texts[0] ?? '', withoutPrompt(real.texts[0] ?? '', stated.texts[0] ?? '', prompt)),
      },
    ];
  }
  if (stated.kind === 'boxes' && real.kind === 'boxes') return boxRows(stated.boxes, real.boxes, tolerance);
  if (stated.kind === 'masks' && real.kind === 'masks') {
    return labelRows(stated.masks.map(unscored), real.masks.map(unscored), tolerance, false);
  }
  if (stated.kind === 'similarities' && real.kind === 'similarities') {
    return numberRows(
      'sentence',
      stated.scores,
      real.scores,
      (one, other) => Math.abs(one - other) <= tolerance,
    );
  }
  if (stated.kind === 'ranking' && real.kind === 'ranking')
    return labelRows(stated.rows.map(ranked), real.rows.map(ranked), tolerance);
  if (stated.kind === 'rows' && real.kind === 'rows') {
    return stated.rows.slice(0, MOST_COMPARED).map((row, index) => {
      const answer = real.rows[index] ?? 'nothing';
      return {
        what: `row ${index + 1}`,
        stated: row,
        real: answer,
        same: row === answer || nearTexts(row, answer),
      };
    });
  }
  if (stated.kind === 'tensor' && real.kind === 'tensor') {
    return [
      { what: 'shape', ...texts(String(stated.tensor.shape), String(real.tensor.shape)) },
      ...numberRows('number', stated.tensor.head.slice(0, 8), real.tensor.head, near),
    ];
  }
  return null;
}

function unscored({ label }: { readonly label: string }): Scored {
  return { label, score: null };
}

function ranked({ index, score }: { readonly index: number; readonly score: number }): Scored {
  return { label: `text ${index + 1}`, score };
}

/** Each stated label must be there, the first one first, with about the stated score. */
function labelRows(
  stated: readonly Scored[],
  real: readonly Scored[],
  tolerance: number,
  ordered = true,
): readonly Compared[] {
  return stated.slice(0, MOST_COMPARED).map(({ label, score }, index) => {
    const at = real.findIndex((one) => plain(one.label) === plain(label));
    const found = real[at];
    const inPlace = !ordered || index > 0 || at === 0;
    const close = closeScores(score, found?.score ?? null, tolerance);
    return {
      what: label,
      stated: scoreOrThere(score),
      real:
        found === undefined
          ? 'not there'
          : inPlace
            ? scoreOrThere(found.score)
            : `${scoreOrThere(found.score)}, after ${real[0]?.label ?? ''}`,
      same: found !== undefined && inPlace && close,
    };
  });
}

function scoreOrThere(score: number | null): string {
  return score === null ? 'there' : fixed(score);
}

/** Whether two scores are about the same; one that is not given contradicts nothing. */
function closeScores(stated: number | null, found: number | null, tolerance: number): boolean {
  return stated === null || found === null || Math.abs(found - stated) <= tolerance;
}

function entityRows(
  stated: readonly Entity[],
  real: readonly Entity[],
  tolerance: number,
): readonly Compared[] {
  return stated.slice(0, MOST_COMPARED).map((one) => {
    const found = real.find(
      (other) =>
        plain(other.word) === plain(one.word) &&
        (one.start === null || other.start === null || one.start === other.start),
    );
    const close = closeScores(one.score, found?.score ?? null, tolerance);
    return {
      what: one.word,
      stated: `${one.group} ${fixed(one.score)}`.trim(),
      real:
        found === undefined
          ? real[0] === undefined
            ? 'not there'
            : `not there; ${real[0].word}`
          : `${found.group} ${fixed(found.score)}`.trim(),
      same: found !== undefined && found.group === one.group && close,
    };
  });
}

/** Each stated box must be there, at about its place, with about its score. */
function boxRows(stated: readonly Box[], real: readonly Box[], tolerance: number): readonly Compared[] {
  const left = [...real];
  return stated.slice(0, MOST_COMPARED).map((one) => {
    const [found] = left
      .filter(({ label }) => plain(label) === plain(one.label))
      .sort((a, b) => overlap(b, one) - overlap(a, one));
    if (found !== undefined) left.splice(left.indexOf(found), 1);
    const scored = one.score !== null && found?.score != null;
    return {
      what: one.label,
      stated: scored ? `${corners(one)} · ${fixed(one.score)}` : corners(one),
      real:
        found === undefined
          ? 'not there'
          : scored
            ? `${corners(found)} · ${fixed(found.score)}`
            : corners(found),
      same:
        found !== undefined && samePlace(one, found, real) && closeScores(one.score, found.score, tolerance),
    };
  });
}

/** Whether two boxes are at the same place. How large the picture is, is not known here: as large as what was found in it, at least. */
function samePlace(one: Box, found: Box, all: readonly Box[]): boolean {
  const width = Math.max(...all.map(({ xmax }) => xmax));
  const height = Math.max(...all.map(({ ymax }) => ymax));
  const apart = Math.max(
    Math.abs(one.xmin - found.xmin) / width,
    Math.abs(one.xmax - found.xmax) / width,
    Math.abs(one.ymin - found.ymin) / height,
    Math.abs(one.ymax - found.ymax) / height,
  );
  return apart <= EDGE_TOLERANCE || overlap(one, found) >= SAME_PLACE;
}

function corners({ xmin, ymin, xmax, ymax }: Box): string {
  return [xmin, ymin, xmax, ymax].map((one) => Math.round(one)).join(', ');
}

/** What both share, of what they cover together. */
function overlap(one: Box, other: Box): number {
  const width = Math.min(one.xmax, other.xmax) - Math.max(one.xmin, other.xmin);
  const height = Math.min(one.ymax, other.ymax) - Math.max(one.ymin, other.ymin);
  const common = Math.max(0, width) * Math.max(0, height);
  const area = ({ xmin, ymin, xmax, ymax }: Box) => (xmax - xmin) * (ymax - ymin);
  return common / (area(one) + area(other) - common);
}

function numberRows(
  what: string,
  stated: readonly number[],
  real: readonly number[],
  same: (one: number, other: number) => boolean,
): readonly Compared[] {
  return stated.slice(0, MOST_COMPARED).map((one, index) => {
    const found = real[index];
    return {
      what: `${what} ${index + 1}`,
      stated: scoreText(one),
      real: found === undefined ? 'not there' : scoreText(found),
      same: found !== undefined && same(one, found),
    };
  });
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= NUMBER_TOLERANCE * Math.max(1, Math.abs(one));
}

function nearTexts(one: string, other: string): boolean {
  return one.trim() !== '' && near(Number(one), Number(other));
}

function texts(stated: string, real: string): Omit<Compared, 'what'> {
  return { stated, real, same: plain(stated) === plain(real) };
}

/** Cards state what was generated, the API gives it after the prompt. */
function withoutPrompt(text: string, stated: string, prompt: string): string {
  const repeats = prompt !== '' && text.startsWith(prompt) && !stated.startsWith(prompt);
  return repeats ? text.slice(prompt.length) : text;
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}
