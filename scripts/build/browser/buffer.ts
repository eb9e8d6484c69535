/** What is used of Node's `Buffer` where no file is read: bytes of a text, and writing one byte for each character. */
class Bytes extends Uint8Array {
  /** Writes the lower byte of each character, as `latin1` does. */
  write(text: string, offset: number): void {
    for (let at = 0; at < text.length; at++) this[offset + at] = text.charCodeAt(at);
  }
}

export const Buffer = {
  from: (source: string | ArrayBuffer): Uint8Array =>
    typeof source === 'string' ? new TextEncoder().encode(source) : new Bytes(source),
};
