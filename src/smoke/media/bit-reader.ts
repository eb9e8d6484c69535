/** Reads numbers of any number of bits, the highest first. */
export interface BitReader {
  /** An unsigned number of up to 32 bits. Past the end there are zeros; `ended` tells. */
  read(bits: number): number;
  /** A number in two’s complement of up to 33 bits. */
  signed(bits: number): number;
  /** How many zeros stand before the next one; the one is read too. */
  zeros(): number;
  /** Goes on to the next whole byte. */
  align(): void;
  /** The byte that is read next; call `align` before. */
  byte(): number;
  /** Whether more was read than there is. */
  ended(): boolean;
}

/** Reads from a byte on. `data` must have 8 spare bytes behind `end`. */
export function bitReader(data: Uint8Array, start: number, end: number): BitReader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const last = data.byteLength - 8;
  let at = start * 8;

  /** The next 32 bits. */
  function peek(): number {
    const byte = at >>> 3;
    if (byte > last) return 0;
    const shift = at & 7;
    const word = view.getUint32(byte);
    return shift === 0 ? word : ((word << shift) | ((data[byte + 4] ?? 0) >>> (8 - shift))) >>> 0;
  }
  function read(bits: number): number {
    if (bits === 0) return 0;
    const value = peek() >>> (32 - bits);
    at += bits;
    return value;
  }
  return {
    read,
    signed(bits) {
      if (bits === 0) return 0;
      if (bits < 33) {
        const value = peek() >> (32 - bits);
        at += bits;
        return value;
      }
      const high = read(1);
      return read(32) - high * 2 ** 32;
    },
    zeros() {
      let count = 0;
      for (;;) {
        const word = peek();
        if (word !== 0) {
          const zeros = Math.clz32(word);
          at += zeros + 1;
          return count + zeros;
        }
        if (at >>> 3 > end) return count;
        count += 32;
        at += 32;
      }
    },
    align() {
      at = (at + 7) & ~7;
    },
    byte: () => at >>> 3,
    ended: () => at > end * 8,
  };
}
