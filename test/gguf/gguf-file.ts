/** Writes small GGUF files for tests (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */

/** A value of the metadata, with its type. */
export type GgufValue =
  | { readonly kind: 'u32' | 'f32'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'texts'; readonly value: readonly string[] };

/** A tensor without its weights. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of the type: 0 is F32, 1 F16, 8 Q8_0, 12 Q4_K. */
  readonly type: number;
  readonly offset: number;
}

export const text = (value: string): GgufValue => ({ kind: 'text', value });
export const u32 = (value: number): GgufValue => ({ kind: 'u32', value });
export const texts = (value: readonly string[]): GgufValue => ({ kind: 'texts', value });

const u32Bytes = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
export const u64Bytes = (value: number | bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const textBytes = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64Bytes(bytes.length), bytes]);
};

function valueBytes(value: GgufValue): Buffer {
  switch (value.kind) {
    case 'u32':
      return Buffer.concat([u32Bytes(4), u32Bytes(value.value)]);
    case 'f32': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value.value);
      return Buffer.concat([u32Bytes(6), bytes]);
    }
    case 'text':
      return Buffer.concat([u32Bytes(8), textBytes(value.value)]);
    case 'texts':
      return Buffer.concat([
        u32Bytes(9),
        u32Bytes(8),
        u64Bytes(value.value.length),
        ...value.value.map(textBytes),
      ]);
  }
}

/** A GGUF file; its weights are zeros, `weights` bytes of them. */
export function ggufBytes(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[] = [],
  { version = 3, weights = 0, magic = 'GGUF' } = {},
): Uint8Array {
  const head = Buffer.concat([
    Buffer.from(magic),
    u32Bytes(version),
    u64Bytes(tensors.length),
    u64Bytes(Object.keys(metadata).length),
    ...Object.entries(metadata).map(([key, value]) => Buffer.concat([textBytes(key), valueBytes(value)])),
    ...tensors.map(({ name, shape, type, offset }) =>
      Buffer.concat([
        textBytes(name),
        u32Bytes(shape.length),
        ...shape.map(u64Bytes),
        u32Bytes(type),
        u64Bytes(offset),
      ]),
    ),
  ]);
  const padding = weights === 0 ? 0 : (32 - (head.length % 32)) % 32;
  return new Uint8Array(Buffer.concat([head, Buffer.alloc(padding + weights)]));
}
