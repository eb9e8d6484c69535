import type { Surroundings } from '../repo/surroundings.js';
import type { Commented } from '../silence/apply.js';
import { commentsOfCard, commentsOfText, type SilenceComment } from '../silence/comments.js';
import type { Sources } from './sources.js';

/** The files with comments that silence findings, by path; see `applyComments`. */
export function commentedFiles(
  { card, cardPath, others }: Sources,
  { evalResults = [], gitAttributes = null }: Partial<Surroundings>,
): ReadonlyMap<string, Commented> {
  const inCard = commentsOfCard(card);
  // As nearly always.
  if (inCard.length === 0 && evalResults.length === 0 && gitAttributes === null) return NONE;
  const files = new Map<string, Commented>();
  const add = (path: string, text: string, comments: readonly SilenceComment[]) => {
    if (comments.length === 0) return;
    const source = path === cardPath ? card : others.get(path);
    const lineOf = (offset: number) => source?.rangeAt({ start: offset, end: offset }).start.line ?? 0;
    files.set(path, { text, comments, lineOf });
  };
  add(cardPath, card.text, inCard);
  for (const { path, text } of evalResults) add(path, text, commentsOfText(text));
  if (gitAttributes !== null) add('.gitattributes', gitAttributes, commentsOfText(gitAttributes));
  return files;
}

const NONE: ReadonlyMap<string, Commented> = new Map();
