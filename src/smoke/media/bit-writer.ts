/** Writes numbers of any number of bits, the highest first. */
export interface BitWriter {
  /** The lowest `bits` bits, up to 32, of a number; a negative one in two’s complement. */
  write(value: number, bits: number): void;
  /** So many zeros, then a one. */
  zeros(count: number): void;
  /** Fills up to the next whole byte with zeros. */
  align(): void;
  /** What was written, up to the last whole byte. */
  bytes(): Uint8Array;
}

/** Begins to write; `capacity` is how many bytes it may become, more or less. */
export function bitWriter(capacity: number): BitWriter {
  let data = new Uint8Array(Math.max(16, capacity));
  let at = 0;
  let pending = 0;
  let held = 0;

  const put = (byte: number) => {
    if (at === data.length) {
      const wider = new Uint8Array(data.length * 2);
      wider.set(data);
      data = wider;
    }
    data[at++] = byte;
  };
  const write = (value: number, bits: number) => {
    for (let left = bits; left > 0; ) {
      const take = Math.min(left, 8 - held);
      pending = (pending << take) | ((value >>> (left - take)) & ((1 << take) - 1));
      held += take;
      left -= take;
      if (held < 8) continue;
      put(pending);
      pending = 0;
      held = 0;
    }
  };
  return {
    write,
    zeros(count) {
      for (let left = count; left > 0; left -= 32) write(0, Math.min(left, 32));
      write(1, 1);
    },
    align() {
      if (held > 0) write(0, 8 - held);
    },
    bytes: () => data.subarray(0, at),
  };
}
