import { BrokenTokenizerError } from './tokenizer-json.js';

/** Most characters that are compared, all splits of all pieces together; Gemma’s 256,000 pieces take 20 million. */
const MAX_WORK = 400_000_000;

/**
 * The pairs that a BPE model of SentencePiece joins, the first one first: each way to put a piece together of two others, by
 * the score of the piece. Source: `generate_merges` in transformers’ convert_slow_tokenizer.py. Throws `BrokenTokenizerError`.
 */
export function mergesOf(
  pieces: readonly { readonly text: string; readonly score: number }[],
  vocabulary: ReadonlyMap<string, number>,
): readonly (readonly [string, string])[] {
  const found: { pair: readonly [string, string]; score: number; left: number; right: number }[] = [];
  let work = 0;
  for (const { text, score } of pieces) {
    work += text.length ** 2;
    if (work > MAX_WORK) {
      throw new BrokenTokenizerError(
        'The pieces of the SentencePiece model are too long to be joined of others.',
      );
    }
    const local: { pair: readonly [string, string]; first: number; second: number; left: number }[] = [];
    let left = 0;
    let length = 0;
    for (const _ of text) length++;
    for (let at = 0; at < text.length; ) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      left++;
      if (at >= text.length) break;
      const first = vocabulary.get(text.slice(0, at));
      if (first === undefined) continue;
      const second = vocabulary.get(text.slice(at));
      if (second === undefined) continue;
      local.push({ pair: [text.slice(0, at), text.slice(at)], first, second, left });
    }
    local.sort((a, b) => a.first - b.first || a.second - b.second);
    for (const { pair, left: size } of local) found.push({ pair, score, left: size, right: length - size });
  }
  found.sort((a, b) => b.score - a.score || b.left - a.left || b.right - a.right);
  return found.map(({ pair }) => pair);
}
