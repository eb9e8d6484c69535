/** CRC-8 with the polynomial 0x07, of the header of a FLAC frame. */
export function crc8(data: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc ^= data[at] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return crc;
}

let table: Uint16Array | undefined;

/** CRC-16 with the polynomial 0x8005, of a whole FLAC frame. */
export function crc16(data: Uint8Array, start: number, end: number): number {
  table ??= Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << 8;
    for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x8000 ? 0x8005 : 0)) & 0xffff;
    return value;
  });
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc = ((crc << 8) & 0xffff) ^ (table[(crc >>> 8) ^ (data[at] ?? 0)] ?? 0);
  }
  return crc;
}
