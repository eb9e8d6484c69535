import { BrokenTokenizerError } from './tokenizer-json.js';

const FIRST_UNIT = 4;

/**
 * The normalization of a SentencePiece model: a table of the longest sequences of bytes and what takes their place. It begins with
 * the length of a double array (darts-clone, 32-bit units, little endian), behind which lie the replacements, each with a zero at its end.
 * `whole` are pieces that stay as they are. Source: `Normalizer::NormalizePrefix` in normalizer.cc of google/sentencepiece. Throws
 * `BrokenTokenizerError`.
 */
export function normalizerOf(charsmap: Uint8Array, whole: readonly string[] = []): (text: string) => string {
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const size = charsmap.length >= FIRST_UNIT ? view.getUint32(0, true) : -1;
  if (size < 0 || size % 4 !== 0 || FIRST_UNIT + size > charsmap.length) {
    throw new BrokenTokenizerError(
      'The normalization of the SentencePiece model is cut off. Upload it again.',
    );
  }
  const units = size / 4;
  const strings = charsmap.subarray(FIRST_UNIT + size);
  const unit = (index: number) => (index < units ? view.getUint32(FIRST_UNIT + 4 * index, true) : null);
  const offset = (value: number) => ((value >>> 10) << ((value & 512) >>> 6)) >>> 0;
  const encoder = new TextEncoder();
  const kept = whole.map((piece) => encoder.encode(piece)).sort((a, b) => b.length - a.length);

  /** Length and replacement of the longest sequence at a place; null when there is none. */
  const longest = (bytes: Uint8Array, at: number): { length: number; by: Uint8Array } | null => {
    const root = unit(0);
    if (root === null) return null;
    let node = offset(root);
    let found: { length: number; value: number } | null = null;
    for (let index = at; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (byte === 0) break;
      node = (node ^ byte) >>> 0;
      const here = unit(node);
      if (here === null || (here & 0x800000ff) >>> 0 !== byte) break;
      node = (node ^ offset(here)) >>> 0;
      if ((here >>> 8) & 1) {
        const leaf = unit(node);
        if (leaf === null) break;
        found = { length: index + 1 - at, value: leaf & 0x7fffffff };
      }
    }
    if (found === null || found.value >= strings.length) return null;
    const end = strings.indexOf(0, found.value);
    return { length: found.length, by: strings.subarray(found.value, end === -1 ? undefined : end) };
  };

  return (text) => {
    const bytes = encoder.encode(text);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const same = kept.find((piece) => piece.every((byte, index) => bytes[at + index] === byte));
      if (same !== undefined) {
        parts.push(same);
        at += same.length;
        continue;
      }
      const match = longest(bytes, at);
      const length = match?.length ?? characterLength(bytes[at] ?? 0);
      parts.push(match?.by ?? bytes.subarray(at, at + length));
      at += length;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  };
}

/** Bytes of the character that begins with a byte. */
function characterLength(byte: number): number {
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
