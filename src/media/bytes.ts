/** Big-endian and little-endian numbers and names in a file. What lies past its end reads as zero, never as an error. */
export interface Bytes {
  readonly length: number;
  readonly data: Uint8Array;
  u8(at: number): number;
  u16be(at: number): number;
  u16le(at: number): number;
  u32be(at: number): number;
  u32le(at: number): number;
  /** Eight bytes as a number; exact up to 2^53. */
  u64be(at: number): number;
  u64le(at: number): number;
  /** Whether these characters (Latin-1) stand at an offset. */
  has(text: string, at: number): boolean;
  /** `length` bytes as Latin-1. */
  name(at: number, length: number): string;
}

/** Views a file for reading. */
export function bytesOf(data: Uint8Array): Bytes {
  const u8 = (at: number) => data[at] ?? 0;
  const u16be = (at: number) => u8(at) * 0x100 + u8(at + 1);
  const u16le = (at: number) => u8(at) + u8(at + 1) * 0x100;
  const u32be = (at: number) => u16be(at) * 0x10000 + u16be(at + 2);
  const u32le = (at: number) => u16le(at) + u16le(at + 2) * 0x10000;
  return {
    length: data.length,
    data,
    u8,
    u16be,
    u16le,
    u32be,
    u32le,
    u64be: (at) => u32be(at) * 2 ** 32 + u32be(at + 4),
    u64le: (at) => u32le(at) + u32le(at + 4) * 2 ** 32,
    has: (text, at) => {
      if (at + text.length > data.length) return false;
      for (let index = 0; index < text.length; index++) {
        if (data[at + index] !== text.charCodeAt(index)) return false;
      }
      return true;
    },
    name: (at, length) => {
      let name = '';
      for (let index = at; index < Math.min(at + length, data.length); index++) {
        name += String.fromCharCode(u8(index));
      }
      return name;
    },
  };
}
