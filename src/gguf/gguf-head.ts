import { own } from '../mapping.js';
import type { ByteSource } from '../onnx/protobuf.js';
import { digestGguf, type GgufDigest, type GgufFault } from './gguf-digest.js';
import { fileTypeName, tensorBytes, typeName } from './quantization.js';

/** What the head of a GGUF file says. */
export interface GgufHead {
  readonly version: number;
  /** Metadata by key, such as `general.architecture`; long lists only by their length (`{length}`). */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null when the file does not say. */
  readonly architecture: string | null;
  readonly tensors: number;
  /** The type that most bytes of weights have, such as `Q4_K`; null when there are no weights. */
  readonly mainType: string | null;
  /** The quantization that `general.file_type` names, such as `Q4_K_M`; null when it does not. */
  readonly fileType: string | null;
  /** Bits for each weight, on average; null when a type is not known, or there are no weights. */
  readonly bitsPerWeight: number | null;
  /** Most tokens of a text; null when the file does not say. */
  readonly contextLength: number | null;
  readonly chatTemplate: string | null;
  /** The file is one of several; null when it is whole. */
  readonly split: { readonly parts: number } | null;
}

/** What a file turned out to be; `truncated` also when the weights end after the file does. */
export type GgufFile = { readonly kind: 'head'; readonly head: GgufHead } | GgufFault;

/** The alignment of weights when the file does not say (gguf.md). */
const ALIGNMENT = 32;

/**
 * Reads the head of a GGUF file: metadata and the list of tensors, none of the weights. Never throws for what the file holds;
 * throws what `source` throws.
 */
export async function readGgufHead(source: ByteSource): Promise<GgufFile> {
  const digest = await digestGguf(source);
  if (digest.kind !== 'digest') return digest;
  // Only a repository with a GGUF file needs the reader.
  const { gguf } = await import('@huggingface/gguf');
  let failure: string;
  try {
    return describe(
      await gguf('http://gguf.invalid/', { fetch: fetchFrom(digest.bytes) }),
      digest,
      source.size,
    );
  } catch (error) {
    failure = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
  return { kind: 'not-gguf', detail: failure };
}

/** The reader asks for ranges of an address; it gets those of some bytes. */
function fetchFrom(bytes: Uint8Array): typeof globalThis.fetch {
  const answer = async (_: unknown, init?: RequestInit) => {
    const [start = 0, end = 0] = (JSON.stringify(init?.headers).match(/\d+/g) ?? []).map(Number);
    const part = bytes.slice(start, end + 1);
    return { headers: new Map(), arrayBuffer: async () => part.buffer };
  };
  return answer as unknown as typeof globalThis.fetch;
}

interface Parsed {
  readonly metadata: object;
  readonly tensorInfos: readonly {
    readonly name: string;
    readonly shape: readonly bigint[];
    readonly dtype: number;
    readonly offset: bigint;
  }[];
}

function describe({ metadata: raw, tensorInfos }: Parsed, digest: GgufDigest, size: number): GgufFile {
  const metadata: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(raw).map(([key, value]) => {
      const length = digest.lengths.get(key);
      return [key, length === undefined ? plain(value) : { length }];
    }),
  );
  const alignment = own(metadata, 'general.alignment') ?? ALIGNMENT;
  if (typeof alignment !== 'number' || !(alignment > 0)) {
    return { kind: 'not-gguf', detail: 'its general.alignment is no number above 0' };
  }
  const dataStart = Math.ceil(digest.end / alignment) * alignment;
  const bytesByType = new Map<number, number>();
  let end = 0;
  let values = 0;
  let bits: number | null = 0;
  for (const { shape, dtype, offset } of tensorInfos) {
    const count = shape.reduce((product, dim) => product * Number(dim), 1);
    const bytes = tensorBytes(dtype, count);
    values += count;
    if (bytes === null) bits = null;
    else if (bits !== null) bits += bytes * 8;
    bytesByType.set(dtype, (bytesByType.get(dtype) ?? 0) + (bytes ?? 0));
    end = Math.max(end, dataStart + Number(offset) + (bytes ?? 0));
  }
  if (end > size) return { kind: 'truncated', bytes: end };
  const text = (key: string) => {
    const value = own(metadata, key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const count = (key: string) => {
    const value = own(metadata, key);
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
  };
  const architecture = text('general.architecture');
  const [main] = [...bytesByType].sort(([, a], [, b]) => b - a);
  const parts = count('split.count');
  return {
    kind: 'head',
    head: {
      version: Number(own(metadata, 'version') ?? 0),
      metadata,
      architecture,
      tensors: tensorInfos.length,
      mainType: main === undefined ? null : typeName(main[0]),
      fileType: fileTypeName(own(metadata, 'general.file_type')),
      bitsPerWeight: bits === null || values === 0 ? null : bits / values,
      contextLength: architecture === null ? null : count(`${architecture}.context_length`),
      chatTemplate: text('tokenizer.chat_template'),
      split: parts === null || parts < 2 ? null : { parts },
    },
  };
}

/** A value of the metadata as JSON has it. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}
