/** Models of made-up numbers, with their weights in a safetensors file or inside of an ONNX file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { PbfReader, PbfWriter } from 'pbf';

/** Writes a safetensors file of small made-up numbers. */
export function writeSafetensors(path: string, shapes: Record<string, readonly number[]>): void {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const from = end;
    end += 4 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [from, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, json]));
  const part = new Float32Array(1 << 20);
  for (let written = 0; written < end; written += part.byteLength) {
    for (let at = 0; at < part.length; at++)
      part[at] = (((at * 2_654_435_761 + written) % 1009) - 504) / 20_000;
    writeSync(file, new Uint8Array(part.buffer, 0, Math.min(part.byteLength, end - written)));
  }
  closeSync(file);
}

/** The same graph with its weights inside (TensorProto.raw_data in the place of external_data). */
export function withWeights(model: Uint8Array, weights: Buffer): Uint8Array {
  const out = new PbfWriter(new Uint8Array(weights.length + (8 << 20)));
  copyFields(model, out, (field, bytes) => {
    if (field !== 7) return false;
    out.writeMessage(
      7,
      (_, graph) =>
        copyFields(bytes, graph, (inner, tensor) => {
          if (inner !== 5) return false;
          graph.writeMessage(5, (__, to) => copyTensor(tensor, to, weights), null);
          return true;
        }),
      null,
    );
    return true;
  });
  return out.finish();
}

function copyTensor(tensor: Uint8Array, out: PbfWriter, weights: Buffer): void {
  const entries = new Map<string, string>();
  copyFields(tensor, out, (field, bytes) => {
    if (field === 13) {
      const [key, value] = new PbfReader(bytes).readFields<string[]>(
        (_, texts, pbf) => texts.push(pbf.readString()),
        [],
      );
      entries.set(key ?? '', value ?? '');
    }
    return field === 13 || field === 14;
  });
  const length = Number(entries.get('length') ?? '0');
  if (length === 0) return;
  const offset = Number(entries.get('offset'));
  out.writeBytesField(9, weights.subarray(offset, offset + length));
}

/** Copies the fields of a message, but those that `taken` has written itself; fields of bytes come as such. */
function copyFields(
  message: Uint8Array,
  out: PbfWriter,
  taken: (field: number, bytes: Uint8Array) => boolean,
): void {
  const reader = new PbfReader(message);
  while (reader.pos < reader.length) {
    const tag = reader.readVarint();
    const field = tag >> 3;
    if ((tag & 7) === 2) {
      const bytes = reader.readBytes();
      if (!taken(field, bytes)) out.writeBytesField(field, bytes);
    } else if ((tag & 7) === 5) {
      out.writeFloatField(field, reader.readFloat());
    } else {
      const value = reader.readVarint(true);
      if (!taken(field, new Uint8Array(0))) out.writeVarintField(field, value);
    }
  }
}
