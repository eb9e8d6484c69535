import type { Bytes } from './bytes.js';
import { damaged, type Medium } from './medium.js';

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_TYPE = 0x83;
const CLUSTER = 0x1f43b675;

/** Most elements that are looked at. */
const MOST = 10_000;

interface Element {
  readonly id: number;
  readonly start: number;
  /** The end of the file where the length is unknown, as in a live recording. */
  readonly end: number;
}

/** Reads the headers of WebM and Matroska files: the kinds of their tracks (RFC 9559). */
export function probeMatroska(bytes: Bytes): Medium | null {
  if (bytes.u32be(0) !== EBML) return null;
  const head = elementAt(bytes, 0);
  let format = 'Matroska';
  const types = new Set<number>();
  let clusters = 0;
  let budget = MOST;

  const walk = (from: number, to: number, visit: (element: Element) => void) => {
    for (let at = from; at < to && budget > 0; budget--) {
      const element = elementAt(bytes, at);
      if (element === undefined) return;
      visit(element);
      at = element.end;
    }
  };
  if (head === undefined) return damaged(format, 'the file ends inside its header');
  walk(head.start, head.end, ({ id, start, end }) => {
    if (id === DOC_TYPE && bytes.name(start, Math.min(4, end - start)) === 'webm') format = 'WebM';
  });
  let cutOff = false;
  walk(head.end, bytes.length, (segment) => {
    if (segment.id !== SEGMENT) return;
    if (segment.end > bytes.length) cutOff = true;
    walk(segment.start, Math.min(segment.end, bytes.length), (element) => {
      if (element.id === CLUSTER) clusters++;
      if (element.id !== TRACKS) return;
      walk(element.start, element.end, (entry) => {
        if (entry.id !== TRACK_ENTRY) return;
        walk(entry.start, entry.end, ({ id, start }) => {
          if (id === TRACK_TYPE) types.add(bytes.u8(start));
        });
      });
    });
  });
  if (budget === 0) return { kind: 'unread' };
  if (cutOff) return damaged(format, 'the file is shorter than its header says');
  if (types.size === 0) return damaged(format, 'it describes no tracks');
  if (clusters === 0) return damaged(format, 'it has no frames');
  return { kind: types.has(1) ? 'video' : 'audio', format };
}

function elementAt(bytes: Bytes, at: number): Element | undefined {
  const id = numberAt(bytes, at, true);
  if (id === undefined) return undefined;
  const size = numberAt(bytes, at + id.length, false);
  if (size === undefined) return undefined;
  const start = at + id.length + size.length;
  const unknown = size.value === 2 ** (7 * size.length) - 1;
  return { id: id.value, start, end: unknown ? bytes.length : start + size.value };
}

/** A number of variable length; an id keeps the bits that tell its length. */
function numberAt(bytes: Bytes, at: number, keep: boolean): { value: number; length: number } | undefined {
  const first = bytes.u8(at);
  const length = Math.clz32(first) - 23;
  if (first === 0 || at + length > bytes.length) return undefined;
  let value = keep ? first : first - 2 ** (8 - length);
  for (let index = 1; index < length; index++) value = value * 256 + bytes.u8(at + index);
  return { value, length };
}
