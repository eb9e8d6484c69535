import { PbfReader } from 'pbf';

/** Random access to a file. `read` may give fewer bytes than asked for, as at the end of the file. */
export interface ByteSource {
  readonly size: number;
  read(start: number, length: number): Promise<Uint8Array>;
}

/** What is wanted of a field: its number (or each of a packed list), its text, its message, its message with its bytes. */
export type Wanted = 'number' | 'text' | 'message' | 'message-and-bytes';

/** How one type of message is read into a `T`. */
export interface MessageType<T> {
  /** What is wanted, by field number; all other fields are skipped without being read. */
  readonly fields: Readonly<Record<number, Wanted>>;
  /** Takes a number, signed as int64; beyond 2^53 it is rounded. */
  number?(target: T, field: number, value: number): void;
  /** Takes a text, cut at 4,096 bytes. */
  text?(target: T, field: number, value: string): void;
  /**
   * Says how to read a message; null skips it. `bytes` are those of the message where they are wanted and few, else null;
   * they keep the window on the file in memory.
   */
  message?(target: T, field: number, bytes: Uint8Array | null): Part | null;
  /** Told after the last field. */
  end?(target: T): void;
}

/** A message to read, and what to read it into. */
export interface Part {
  readonly type: MessageType<unknown>;
  readonly target: unknown;
}

/** Pairs a type of message with what it is read into. */
export function part<T>(type: MessageType<T>, target: T): Part {
  return { type, target };
}

/** A field is longer than the file; `bytes` is how long the file would have to be at least. */
export class TruncatedError extends Error {
  constructor(readonly bytes: number) {
    super('The file is cut off.');
  }
}
/** The bytes are no protobuf message; the message of the error is the rest of a sentence about the file. */
export class NotProtobufError extends Error {}
/** More fields, or more messages inside one another, than are read. */
export class TooComplexError extends Error {}

/** Most fields that are read, all messages together; a graph of 100,000 nodes has about a million. */
const MAX_FIELDS = 3_000_000;
/** Messages inside one another; protobuf's own readers stop at 100. */
const MAX_DEPTH = 100;
const MAX_TEXT_BYTES = 4096;
const MAX_PACKED_BYTES = 4096;
const MAX_MESSAGE_BYTES = 1 << 16;
/** A tag and a length take ten bytes each at most. */
const MAX_HEAD_BYTES = 20;
/** The window on the file grows while it is read on, and is small again after a part was skipped. */
const SMALLEST_WINDOW = 1 << 12;
const FIRST_WINDOW = 1 << 16;
const LARGEST_WINDOW = 1 << 20;

interface Frame extends Part {
  readonly end: number;
}

/** Bytes that must be in the window to go on. */
interface Need {
  readonly start: number;
  readonly length: number;
}

/**
 * Reads a protobuf message through a window on a file, field by field, in the order of the file. Takes time and memory in
 * proportion to what is wanted, not to the size of the file. Throws the errors above, and whatever `source` throws.
 */
export async function readMessage<T>(source: ByteSource, type: MessageType<T>, target: T): Promise<void> {
  const { size } = source;
  const outer: Frame[] = [];
  let frame: Frame = { ...part(type, target), end: size };
  /** Offset in the file of the next byte to look at, and of the window. */
  let position = 0;
  let windowStart = 0;
  let reader = new PbfReader(new Uint8Array(0));
  let fields = 0;

  /** Whether bytes are in the window, as far as the file has them. */
  const has = (start: number, length: number): boolean => {
    const windowEnd = windowStart + reader.length;
    return (
      start >= windowStart && (start + length <= windowEnd || (windowEnd >= size && windowEnd > windowStart))
    );
  };

  /** Reads fields as long as they are in the window; null when there are no more. */
  const advance = (tried: boolean): Need | null => {
    let mayNeed = !tried;
    for (;;) {
      if (position >= frame.end) {
        frame.type.end?.(frame.target);
        const next = outer.pop();
        if (next === undefined) return null;
        frame = next;
        continue;
      }
      if (++fields > MAX_FIELDS) throw new TooComplexError();
      if (mayNeed && !has(position, MAX_HEAD_BYTES)) return { start: position, length: MAX_HEAD_BYTES };
      reader.pos = position - windowStart;
      const tag = reader.readVarint();
      const field = Math.floor(tag / 8);
      const wire = tag % 8;
      if (field === 0) throw new NotProtobufError('it is no protobuf message');
      const wanted = frame.type.fields[field];
      if (wire === 0) {
        const value = reader.readVarint(true);
        if (wanted === 'number') frame.type.number?.(frame.target, field, value);
        position = toFile(reader.pos);
      } else if (wire === 2) {
        const lengthAt = reader.pos;
        const length = reader.readVarint();
        const start = toFile(reader.pos);
        const end = start + length;
        checkEnd(end);
        if (wanted === 'message' || wanted === 'message-and-bytes') {
          let bytes: Uint8Array | null = null;
          if (wanted === 'message-and-bytes' && length <= MAX_MESSAGE_BYTES) {
            const needed = end - position;
            if (mayNeed && !has(position, needed)) return { start: position, length: needed };
            bytes = reader.buf.subarray(start - windowStart, end - windowStart);
          }
          const inner = frame.type.message?.(frame.target, field, bytes) ?? null;
          if (inner === null) {
            position = end;
          } else {
            if (outer.length >= MAX_DEPTH) throw new TooComplexError();
            outer.push(frame);
            frame = { type: inner.type, target: inner.target, end };
            position = start;
          }
        } else if (wanted === 'text') {
          const shown = Math.min(length, MAX_TEXT_BYTES);
          const needed = start - position + shown;
          if (mayNeed && !has(position, needed)) return { start: position, length: needed };
          reader.pos = lengthAt;
          frame.type.text?.(
            frame.target,
            field,
            shown === length
              ? reader.readString()
              : new TextDecoder().decode(
                  reader.buf.subarray(start - windowStart, start - windowStart + shown),
                ),
          );
          position = end;
        } else if (wanted === 'number') {
          if (length > MAX_PACKED_BYTES) throw new TooComplexError();
          const needed = start - position + length;
          if (mayNeed && !has(position, needed)) return { start: position, length: needed };
          while (toFile(reader.pos) < end) frame.type.number?.(frame.target, field, reader.readVarint(true));
          if (toFile(reader.pos) !== end) throw new NotProtobufError('a number in it is cut off');
          position = end;
        } else {
          position = end;
        }
      } else if (wire === 1 || wire === 5) {
        position = toFile(reader.pos) + (wire === 1 ? 8 : 4);
      } else {
        throw new NotProtobufError('it is no protobuf message');
      }
      checkEnd(position);
      mayNeed = true;
    }
  };

  /** Offset in the file of a position of the decoder, which reads on beyond the end of what it has. */
  const toFile = (decoded: number): number => {
    if (decoded <= reader.length) return windowStart + decoded;
    throw new TruncatedError(Math.max(size, windowStart + reader.length) + 1);
  };

  const checkEnd = (end: number): void => {
    if (end <= frame.end) return;
    if (frame.end === size) throw new TruncatedError(end);
    throw new NotProtobufError('a part of it is longer than the whole');
  };

  let windowBytes = FIRST_WINDOW;
  for (let tried = false; ; tried = true) {
    let need: Need | null;
    try {
      need = advance(tried);
    } catch (error) {
      // The decoder met a number without an end: beyond what the file has, or of more than ten bytes.
      if (!(error instanceof Error && error.message.startsWith('Expected varint'))) throw error;
      if (reader.pos > reader.length)
        throw new TruncatedError(Math.max(size, windowStart + reader.length) + 1);
      throw new NotProtobufError('a number in it is too long');
    }
    if (need === null) return;
    const skipped = need.start > windowStart + reader.length;
    const length = Math.max(need.length, skipped ? SMALLEST_WINDOW : windowBytes);
    reader = new PbfReader(await source.read(need.start, length));
    windowStart = need.start;
    windowBytes = Math.min(4 * length, LARGEST_WINDOW);
  }
}
