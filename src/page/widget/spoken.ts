/** Fewest characters that are read out before a text is complete. */
const LEAST = 120;
/** Most of a text that is read out; who wants more reads the answer. */
const MOST = 4000;

/**
 * Where the next part ends of a text that is being written, to be read out: parts are whole sentences, for a screen reader that speaks each
 * token cannot be followed. `from` is where the last part ended, and the answer where nothing is to be said yet.
 */
export function spokenUntil(text: string, from: number, complete: boolean): number {
  if (from >= MOST) return from;
  const end = Math.min(text.length, MOST);
  if (complete || end === MOST) return end;
  const sentences = /[.!?。！？…\n]["'”’)\]]*(?=\s)|[。！？]/g;
  sentences.lastIndex = from;
  let last = from;
  for (const { 0: mark, index } of text.slice(0, end).matchAll(sentences)) {
    if (index >= from) last = index + mark.length;
  }
  return last - from >= LEAST ? last : from;
}
