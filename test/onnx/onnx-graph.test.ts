import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OnnxFile, readOnnxGraph } from '../../src/onnx/onnx-graph.js';
import { fixturePath } from '../smoke/fixture.js';

const load = (name: string, file = 'onnx/model.onnx') =>
  new Uint8Array(readFileSync(join(fixturePath(name), file)));

function read(bytes: Uint8Array): Promise<OnnxFile> {
  return readOnnxGraph({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
}

describe('the head of an ONNX file', () => {
  it('tells inputs, outputs, opsets and the rows of the embedding', async () => {
    const { graph } = (await read(load('text-classification'))) as Extract<OnnxFile, { kind: 'graph' }>;
    expect(graph.irVersion).toBeLessThanOrEqual(8);
    expect(graph.opsets).toEqual({ '': 14 });
    const shape = ['batch_size', 'sequence_length'];
    expect(graph.inputs).toEqual([
      { name: 'input_ids', type: 'int64', shape },
      { name: 'attention_mask', type: 'int64', shape },
      { name: 'token_type_ids', type: 'int64', shape },
    ]);
    expect(graph.outputs).toMatchObject([{ name: 'logits', type: 'float32' }]);
    const tokenizer = JSON.parse(
      readFileSync(join(fixturePath('text-classification'), 'tokenizer.json'), 'utf8'),
    ) as { model: { vocab: object } };
    expect(graph.tokenRows).toBe(Object.keys(tokenizer.model.vocab).length);
    expect(graph.external).toEqual([]);
  });

  it('knows outputs that are no tensors', async () => {
    const file = await read(load('tabular-classification-zipmap', 'model.onnx'));
    expect(file).toMatchObject({
      graph: {
        opsets: { '': 13, 'ai.onnx.ml': 1 },
        inputs: [{ name: 'float_input', type: 'float32', shape: ['', 4] }],
        outputs: [
          { name: 'output_label', type: 'int64' },
          { name: 'output_probability', type: null, shape: null },
        ],
      },
    });
  });

  it('names the files that hold weights, and how long they must be', async () => {
    const { graph } = (await read(load('text-classification-external-data'))) as Extract<
      OnnxFile,
      { kind: 'graph' }
    >;
    expect(graph.external.length).toBeGreaterThan(0);
    const data = load('text-classification-external-data', 'onnx/model.onnx_data');
    for (const { location, end } of graph.external) {
      expect(location).toBe('model.onnx_data');
      expect(end).toBeLessThanOrEqual(data.length);
    }
  });

  it('reads a file through a small window', async () => {
    const bytes = load('text-classification');
    let most = 0;
    const whole = await read(bytes);
    const narrow = await readOnnxGraph({
      size: bytes.length,
      read: async (start, length) => {
        most = Math.max(most, length);
        // Fewer bytes than asked for, as at the end of a file.
        return bytes.subarray(start, start + Math.min(length, 5_000));
      },
    });
    expect(narrow).toEqual(whole);
    expect(most).toBeGreaterThan(0);
  });

  it('skips weights instead of reading them', async () => {
    // A graph with one initializer of a terabyte that is not there: only its head is ever asked for.
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
    const raw = 2 ** 40;
    const tensor = [0x08, 4, 0x42, 1, 0x77, 0x4a, ...varint(raw)];
    const graph = [0x2a, ...varint(tensor.length + raw), ...tensor];
    const head = Uint8Array.from([0x08, 8, 0x3a, ...varint(graph.length + raw), ...graph]);
    let read = 0;
    const file = await readOnnxGraph({
      size: head.length + raw,
      read: async (start, length) => {
        const part = head.subarray(start, start + length);
        read += part.length;
        return part;
      },
    });
    expect(file.kind).toBe('graph');
    expect(read).toBeLessThan(1_000);
  });

  it('tells a file that is cut off at any byte, and never throws', async () => {
    const bytes = load('faults/card-contradicts-model');
    for (let length = 0; length < bytes.length; length++) {
      const file = await read(bytes.subarray(0, length));
      // What follows the graph are a few bytes of opsets; without them the graph is whole.
      if (file.kind === 'graph') expect(length).toBeGreaterThan(bytes.length - 20);
      else expect(['truncated', 'not-onnx']).toContain(file.kind);
      if (file.kind === 'truncated') expect(file.bytes).toBeGreaterThan(length);
    }
  });

  it('never throws for arbitrary and for mutated bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(['graph', 'truncated', 'not-onnx', 'too-complex']).toContain((await read(bytes)).kind);
      }),
    );
    const bytes = load('tabular-classification', 'model.onnx');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        expect(['graph', 'truncated', 'not-onnx', 'too-complex']).toContain((await read(changed)).kind);
      }),
      { numRuns: 500 },
    );
  });
});
