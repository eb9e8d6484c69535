import { PbfReader } from 'pbf';
import { preview } from '../preview.js';
import { BrokenTokenizerError } from './tokenizer-json.js';

/** What a piece is there for, as sentencepiece_model.proto numbers it. */
export const PIECE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** A piece of text with its score, the higher the likelier. */
export interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

/** What is in a SentencePiece model. */
export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  /** 1 chooses the likeliest pieces, 2 joins pairs; 3 and 4 are words and characters. */
  readonly modelType: number;
  /** Unknown characters become bytes. */
  readonly byteFallback: boolean;
  /** A space ends the piece before it, not begins the one after it. */
  readonly suffixSpaces: boolean;
  readonly unknownId: number;
  /** Whether a text is read as if it began with a space. */
  readonly dummyPrefix: boolean;
  /** Whether spaces at both ends, and all but one of several, are dropped. */
  readonly fewSpaces: boolean;
  readonly escapesSpaces: boolean;
  /** How characters are normalized (charsmap.ts); empty when they are not. */
  readonly charsmap: Uint8Array;
  /** How they are changed back; empty when they are not. */
  readonly denormalizes: boolean;
}

/** Longest piece, in UTF-16 units. SentencePiece learns up to 16 characters; what users add is seldom longer than 100. */
const MAX_PIECE = 1024;

/** Most pieces; the largest vocabularies have a million. */
const MAX_PIECES = 1_500_000;

const INTEGER = 0;
const BYTES = 2;
const FLOAT = 5;

/**
 * Reads a SentencePiece model (sentencepiece_model.proto of google/sentencepiece) in time proportional to its size. Throws
 * `BrokenTokenizerError`.
 */
export function readSentencePiece(path: string, bytes: Uint8Array): SentencePieceModel {
  const damaged = () =>
    new BrokenTokenizerError(
      `${path} is no SentencePiece model: the file is cut off or damaged. Upload it again.`,
    );
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const model = {
    pieces: [] as Piece[],
    modelType: 1,
    byteFallback: false,
    suffixSpaces: false,
    unknownId: 0,
    dummyPrefix: true,
    fewSpaces: true,
    escapesSpaces: true,
    charsmap: new Uint8Array(0),
    denormalizes: false,
  };

  /** Goes through the fields of a message; a field that is not taken is skipped. */
  const fields = (message: Uint8Array, take: (field: number, wire: number, reader: PbfReader) => void) => {
    const reader = new PbfReader(message);
    while (reader.pos < message.length) {
      const tag = reader.readVarint();
      const wire = tag % 8;
      const field = Math.floor(tag / 8);
      if (field === 0) throw damaged();
      const at = reader.pos;
      take(field, wire, reader);
      if (reader.pos === at) reader.skip(tag);
      if (reader.pos > message.length) throw damaged();
    }
  };
  /** The bytes of a field, which must be there in full. */
  const bytesOf = (reader: PbfReader): Uint8Array => {
    const length = reader.readVarint();
    const end = reader.pos + length;
    if (end > reader.length) throw damaged();
    const part = reader.buf.subarray(reader.pos, end);
    reader.pos = end;
    return part;
  };

  try {
    fields(bytes, (field, wire, reader) => {
      if (wire !== BYTES || (field !== 1 && field !== 2 && field !== 3 && field !== 5)) return;
      const part = bytesOf(reader);
      if (field === 1) {
        if (model.pieces.length >= MAX_PIECES) {
          throw new BrokenTokenizerError(
            `${path} has more than ${MAX_PIECES} pieces; it is not read beyond.`,
          );
        }
        model.pieces.push(pieceOf(path, part));
      } else if (field === 2) {
        fields(part, (number, kind, inner) => {
          if (kind !== INTEGER) return;
          if (number === 3) model.modelType = inner.readVarint();
          else if (number === 24) model.suffixSpaces = inner.readVarint() !== 0;
          else if (number === 35) model.byteFallback = inner.readVarint() !== 0;
          else if (number === 40) model.unknownId = inner.readVarint(true);
        });
      } else {
        fields(part, (number, kind, inner) => {
          if (kind === BYTES && number === 2) {
            const map = bytesOf(inner);
            if (field === 5) model.denormalizes = map.length > 0;
            else model.charsmap = Uint8Array.from(map);
          } else if (field === 3 && kind === INTEGER) {
            if (number === 3) model.dummyPrefix = inner.readVarint() !== 0;
            else if (number === 4) model.fewSpaces = inner.readVarint() !== 0;
            else if (number === 5) model.escapesSpaces = inner.readVarint() !== 0;
          }
        });
      }
    });
  } catch (error) {
    if (error instanceof BrokenTokenizerError) throw error;
    throw damaged();
  }
  if (model.pieces.length === 0) throw damaged();
  const seen = new Set<string>();
  for (const { text } of model.pieces) {
    if (seen.has(text)) {
      throw new BrokenTokenizerError(`${path} has the piece ${preview(text)} twice. Upload it again.`);
    }
    seen.add(text);
  }
  if (model.pieces[model.unknownId]?.type !== PIECE.unknown) {
    throw new BrokenTokenizerError(
      `${path} says that piece ${model.unknownId} stands for what is unknown, and it does not. Upload it again.`,
    );
  }
  return model;

  function pieceOf(file: string, part: Uint8Array): Piece {
    let text = '';
    let score = 0;
    let type: number = PIECE.normal;
    fields(part, (field, wire, reader) => {
      if (field === 1 && wire === BYTES) {
        text = decoder.decode(bytesOf(reader));
      } else if (field === 2 && wire === FLOAT) {
        if (reader.pos + 4 > part.length) throw damaged();
        score = reader.readFloat();
      } else if (field === 3 && wire === INTEGER) type = reader.readVarint();
    });
    if (text === '' || text.length > MAX_PIECE || !Number.isFinite(score)) {
      throw new BrokenTokenizerError(
        `${file} has a piece ${preview(text)} with the score ${score}, which is none. Upload it again.`,
      );
    }
    return { text, score, type };
  }
}

/** Why transformers.js cannot cut a text as this model does, as the rest of a sentence; null when it can. */
export function unsupportedIn(model: SentencePieceModel): string | null {
  const { modelType, pieces } = model;
  if (modelType !== 1 && modelType !== 2) {
    return `it is a SentencePiece model of type ${modelType}, neither unigram nor BPE`;
  }
  if (modelType === 1 && model.byteFallback) return 'it is a unigram model that falls back to bytes';
  if (model.suffixSpaces) return 'its pieces end with spaces (treat_whitespace_as_suffix)';
  if (!model.escapesSpaces) return 'it has spaces as they are (escape_whitespaces)';
  if (model.denormalizes) return 'it changes texts back when they are decoded (denormalizer_spec)';
  if (pieces.some(({ type }) => type === PIECE.unused)) return 'it has pieces that are switched off';
  return null;
}
