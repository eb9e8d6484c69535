import type { Bytes } from './bytes.js';
import type { Medium } from './medium.js';

/** How much of a file is looked at to tell what kind of text it is. */
const HEAD = 4096;

/** Largest text that is read as JSON, in bytes. */
const MAX_JSON = 1024 * 1024;

/** First words of a Git LFS pointer (git-lfs specification v1). */
const LFS = 'version https://git-lfs.github.com/spec/v1';

/** Tells what stands in the place of a media file: an LFS pointer, a web page, another document. */
export function probeOther(bytes: Bytes): Medium {
  const unknown = (looksLike: string): Medium => ({ kind: 'unknown', looksLike });
  if (bytes.length === 0) return unknown('an empty file');
  if (bytes.has(LFS, 0)) return { kind: 'lfs-pointer' };
  if (bytes.has('%PDF-', 0)) return unknown('PDF');
  if (bytes.has('PK\x03\x04', 0)) return unknown('a ZIP archive');
  if (bytes.has('\x1f\x8b', 0)) return unknown('a gzip archive');
  const head = textOf(bytes.data.subarray(0, HEAD));
  if (head === undefined) return { kind: 'unknown' };
  const start = head.replace(/^\ufeff/, '').trimStart();
  const markup = /^<(?:!doctype\s+|\?)?([a-z]+)/i.exec(start)?.[1]?.toLowerCase();
  if (markup === 'svg' || (markup === 'xml' && /<svg[\s>]/.test(head))) return unknown('SVG');
  if (['html', 'head', 'body', 'title', 'meta', 'script'].includes(markup ?? '')) return unknown('HTML');
  if (markup === 'xml') return unknown('XML');
  if (/^[[{]/.test(start) && isJson(bytes.data)) return unknown('JSON text');
  return unknown('text');
}

function isJson(data: Uint8Array): boolean {
  const text = data.length > MAX_JSON ? undefined : textOf(data);
  try {
    JSON.parse(text ?? '');
    return true;
  } catch {
    return false;
  }
}

/** UTF-8 without control characters that no text has; undefined for anything else. */
function textOf(data: Uint8Array): string | undefined {
  try {
    // `stream` lets a character be cut in two at the end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: true });
    return data.some((byte) => byte < 9 || (byte > 13 && byte < 27)) ? undefined : text;
  } catch {
    return undefined;
  }
}
