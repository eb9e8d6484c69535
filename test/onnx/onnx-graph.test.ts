import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/checks.js';
import { type OnnxFile, readOnnxGraph } from '../../src/onnx/onnx-graph.js';
import { fixturePath } from '../smoke/fixture.js';
import {
  FLOAT16,
  graphOf,
  INT8,
  INT64,
  onnxModel,
  readBytes,
  type TestModel,
  UINT4,
  UINT8,
} from './onnx-model.js';

const load = (name: string, file = 'onnx/model.onnx') =>
  new Uint8Array(readFileSync(join(fixturePath(name), file)));

function read(bytes: Uint8Array): Promise<OnnxFile> {
  return readOnnxGraph({
    size: bytes.length,
    read: async (start, length) => bytes.subarray(start, start + length),
  });
}

const ids = { name: 'input_ids', shape: ['batch', 'sequence'], type: INT64 };

/** A graph that has a bit of everything. */
const EVERYTHING: TestModel = {
  producer: ['pytorch', '2.9.0'],
  opsets: { '': 17, 'com.microsoft': 1, local: 1 },
  inputs: [
    ids,
    { name: 'past_key_values.0.key', shape: ['batch', 2, 'past', 8] },
    { name: 'past_key_values.0.value', shape: ['batch', 2, 'past', 8] },
    { name: 'use_cache_branch', shape: [1], type: 9 },
  ],
  outputs: [
    { name: 'logits', shape: ['batch', 'sequence', 'n'] },
    { name: 'present.0.key', shape: ['batch', 2, 'all', 8] },
    { name: 'present.0.value', shape: ['batch', 2, 'all', 8] },
  ],
  initializers: [
    { name: 'table', dims: [30, 8], type: FLOAT16 },
    {
      name: 'weight',
      dims: [8, 8],
      type: INT8,
      external: { location: 'model.onnx_data', offset: '0', length: '64' },
    },
    { name: 'packed', dims: [5], type: UINT4 },
  ],
  nodes: [
    { op: 'Gather', in: ['table', 'input_ids'], out: ['embedded'] },
    { op: 'Own', domain: 'local', in: ['embedded'], out: ['mixed'] },
    {
      op: 'If',
      in: ['use_cache_branch'],
      out: ['scores'],
      attributes: {
        then_branch: {
          nodes: [{ op: 'MatMul', in: ['mixed', 'head'], out: ['then_scores'] }],
          initializers: [{ name: 'head', dims: [8, 30] }],
          outputs: [{ name: 'then_scores' }],
        },
        else_branch: {
          nodes: [
            {
              op: 'MatMulNBits',
              domain: 'com.microsoft',
              in: ['mixed'],
              out: ['else_scores'],
              attributes: { bits: 4, N: 30 },
            },
          ],
          outputs: [{ name: 'else_scores' }],
        },
      },
    },
    { op: 'Constant', out: ['bias'], attributes: { value: { name: '', dims: [30] } } },
    { op: 'Add', in: ['scores', 'bias'], out: ['logits'] },
  ],
  functions: [
    {
      name: 'Own',
      domain: 'local',
      opsets: { '': 18, inner: 1 },
      nodes: [{ op: 'Inner', domain: 'inner' }, { op: 'Gelu' }],
    },
    { name: 'Inner', domain: 'inner', opsets: { '': 20 }, nodes: [{ op: 'Erf' }] },
    { name: 'Unused', domain: 'local', nodes: [{ op: 'Nowhere' }] },
  ],
};
const CONFIG = { vocab_size: 30, hidden_size: 16, num_attention_heads: 2, num_hidden_layers: 1 };
/** Control characters and those that reorder a line. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}]/u;

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
    for (const bytes of [load('tabular-classification', 'model.onnx'), onnxModel(EVERYTHING)]) {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
            minLength: 1,
            maxLength: 4,
          }),
          fc.nat(bytes.length),
          async (changes, length) => {
            const changed = bytes.slice(0, Math.max(length, bytes.length >> 1));
            for (const [at, value] of changes) if (at < changed.length) changed[at] = value;
            const file = await read(changed);
            expect(['graph', 'truncated', 'not-onnx', 'too-complex']).toContain(file.kind);
            // Whatever was read can be checked and shown.
            if (file.kind !== 'graph') return;
            const checks = checkGraph(file.graph, { path: 'model.onnx', dtype: 'fp16', config: CONFIG });
            expect(checks.length).toBeGreaterThan(1);
            for (const { message } of checks) expect(message).not.toMatch(UNSAFE);
          },
        ),
        { numRuns: 400 },
      );
    }
  });

  it('names its producer and the operators it uses, in branches and functions too', async () => {
    const graph = await graphOf(EVERYTHING);
    expect(graph.producer).toEqual({ name: 'pytorch', version: '2.9.0' });
    expect(graph.operators).toEqual([
      { domain: '', name: 'Add', opset: 17 },
      { domain: '', name: 'Constant', opset: 17 },
      { domain: '', name: 'Erf', opset: 20 },
      { domain: '', name: 'Gather', opset: 17 },
      { domain: '', name: 'Gelu', opset: 18 },
      { domain: '', name: 'If', opset: 17 },
      { domain: '', name: 'MatMul', opset: 17 },
      { domain: 'com.microsoft', name: 'MatMulNBits', opset: 1 },
    ]);
  });

  it('counts weights by type, and says how they are packed', async () => {
    const graph = await graphOf(EVERYTHING);
    expect(graph.weightBytes).toEqual({ float16: 480, int8: 64, uint4: 3, float32: 960 + 120 });
    expect(graph.blockBits).toEqual([4]);
    expect(graph.external).toEqual([{ tensor: 'weight', location: 'model.onnx_data', end: 64 }]);
    const impossible = await graphOf({
      initializers: [
        { name: 'a', dims: [2 ** 40, 2 ** 40] },
        { name: 'b', dims: [-1] },
        { name: 'c', dims: [4], type: 99 },
        { name: 'd', dims: [] },
      ],
    });
    expect(impossible.weightBytes).toEqual({ float32: 4 });
  });

  it('finds the embedding through what leads to it', async () => {
    expect((await graphOf(EVERYTHING)).embedding).toEqual({ rows: 30, width: 8 });
    const through = await graphOf({
      inputs: [ids],
      initializers: [
        { name: 'other', dims: [99, 3] },
        { name: 'quantized', dims: [50, 16], type: UINT8 },
        { name: 'shape', dims: [2], type: INT64 },
      ],
      nodes: [
        { op: 'Gather', in: ['other', 'positions'], out: ['x'] },
        { op: 'Reshape', in: ['input_ids', 'shape'], out: ['flat'] },
        { op: 'Cast', in: ['flat'], out: ['cast'] },
        { op: 'DequantizeLinear', in: ['quantized', 'scale'], out: ['table'] },
        { op: 'Gather', in: ['table', 'cast'], out: ['y'] },
      ],
    });
    expect(through.embedding).toEqual({ rows: 50, width: 16 });
    const packed = await graphOf({
      inputs: [ids],
      initializers: [{ name: 'packed', dims: [50, 8], type: UINT8 }],
      nodes: [
        {
          op: 'GatherBlockQuantized',
          domain: 'com.microsoft',
          in: ['packed', 'input_ids', 'scales'],
          out: ['y'],
          attributes: { bits: 4 },
        },
      ],
    });
    expect(packed.embedding).toEqual({ rows: 50, width: null });
    expect(packed.tokenRows).toBe(50);
    const fused = await graphOf({
      inputs: [ids],
      initializers: [{ name: 'words', dims: [7, 2] }],
      nodes: [
        {
          op: 'EmbedLayerNormalization',
          domain: 'com.microsoft',
          in: ['input_ids', '', 'words'],
          out: ['y'],
        },
      ],
    });
    expect(fused.tokenRows).toBe(7);
    expect((await graphOf({ inputs: [ids] })).tokenRows).toBeNull();
  });

  const output = [{ name: 'logits', shape: ['batch', 'n'] }];
  const weights = [
    { name: 'w', dims: [8, 5] },
    { name: 'turned', dims: [5, 8] },
    { name: 'b', dims: [5] },
    { name: 'one', dims: [1] },
  ];
  it.each<[string, TestModel['nodes'], number | null]>([
    ['MatMul', [{ op: 'MatMul', in: ['x', 'w'], out: ['logits'] }], 5],
    ['Gemm', [{ op: 'Gemm', in: ['x', 'w', 'b'], out: ['logits'] }], 5],
    [
      'Gemm, turned',
      [{ op: 'Gemm', in: ['x', 'turned', 'b'], out: ['logits'], attributes: { transB: 1 } }],
      5,
    ],
    ['a bias', [{ op: 'Add', in: ['unknown', 'b'], out: ['logits'] }], 5],
    ['a bias first', [{ op: 'Add', in: ['b', 'unknown'], out: ['logits'] }], 5],
    [
      'a factor',
      [
        { op: 'MatMul', in: ['x', 'w'], out: ['y'] },
        { op: 'Mul', in: ['y', 'one'], out: ['logits'] },
      ],
      5,
    ],
    ['a factor of something unknown', [{ op: 'Mul', in: ['y', 'one'], out: ['logits'] }], null],
    [
      'a tied embedding, then a softmax',
      [
        { op: 'Transpose', in: ['turned'], out: ['t'], attributes: { perm: [1, 0] } },
        { op: 'MatMul', in: ['x', 't'], out: ['y'] },
        { op: 'Softmax', in: ['y'], out: ['logits'] },
      ],
      5,
    ],
    [
      'a transpose that turns nothing',
      [
        { op: 'Transpose', in: ['w'], out: ['t'], attributes: { perm: [0, 1] } },
        { op: 'MatMul', in: ['x', 't'], out: ['logits'] },
      ],
      5,
    ],
    [
      'a dynamic quantization',
      [
        { op: 'MatMulInteger', in: ['x', 'w'], out: ['i'] },
        { op: 'Cast', in: ['i'], out: ['c'] },
        { op: 'Mul', in: ['c', 'scale'], out: ['m'] },
        { op: 'Add', in: ['b', 'm'], out: ['logits'] },
      ],
      5,
    ],
    [
      'a block of 4 bits',
      [
        {
          op: 'MatMulNBits',
          domain: 'com.microsoft',
          in: ['x', 'q'],
          out: ['logits'],
          attributes: { K: 8, N: 6 },
        },
      ],
      6,
    ],
    ['what cannot be followed', [{ op: 'Reshape', in: ['b', 'shape'], out: ['logits'] }], null],
    ['a circle', [{ op: 'Cast', in: ['logits'], out: ['logits'] }], null],
    ['nothing', [], null],
  ])('tells the last axis of an output after %s', async (_, nodes = [], expected) => {
    const graph = await graphOf({ nodes, initializers: weights, outputs: output });
    expect(graph.lastAxis).toEqual({ logits: expected });
  });

  it('takes the last axis that a shape states, and what both branches of an If agree on', async () => {
    expect((await graphOf({ outputs: [{ name: 'logits', shape: ['b', 3] }] })).lastAxis).toEqual({
      logits: 3,
    });
    expect((await graphOf(EVERYTHING)).lastAxis).toMatchObject({ logits: 30 });
    const branch = (size: number) => ({
      nodes: [{ op: 'MatMul', in: ['x', `w${size}`], out: [`y${size}`] }],
      initializers: [{ name: `w${size}`, dims: [4, size] }],
      outputs: [{ name: `y${size}` }],
    });
    const apart = await graphOf({
      nodes: [
        {
          op: 'If',
          in: ['c'],
          out: ['logits'],
          attributes: { then_branch: branch(2), else_branch: branch(3) },
        },
      ],
      outputs: output,
    });
    expect(apart.lastAxis).toEqual({ logits: null });
  });

  it('tells how a decoder keeps its past', async () => {
    expect((await graphOf(EVERYTHING)).kvCache).toEqual({
      layers: 1,
      inputs: ['past_key_values.0.key', 'past_key_values.0.value'],
      heads: 2,
      headSize: 8,
      unpaired: [],
      useCacheBranch: true,
    });
    const pair = (layer: number, side: string, heads: number | string) =>
      ['key', 'value'].map((kind) => ({
        name: `past_key_values.${layer}.${side}${kind}`,
        shape: ['b', heads, 'p', 4],
      }));
    const both = await graphOf({
      inputs: [...pair(0, 'decoder.', 3), ...pair(0, 'encoder.', 9), ...pair(5, 'decoder.', 'h')],
      outputs: [{ name: 'present.0.decoder.key' }, { name: 'present.0.decoder.value' }],
    });
    expect(both.kvCache).toMatchObject({
      layers: 6,
      heads: null,
      headSize: 4,
      unpaired: ['past_key_values.5.decoder.key', 'past_key_values.5.decoder.value'],
      useCacheBranch: false,
    });
    expect((await graphOf({ inputs: [ids] })).kvCache).toBeNull();
  });

  it('keeps what hostile names say apart from the language’s own', async () => {
    const graph = await graphOf({
      opsets: { '': 14, constructor: 3 },
      outputs: [
        { name: '__proto__', shape: [2] },
        { name: 'toString', shape: [3] },
      ],
    });
    expect(Object.entries(graph.lastAxis)).toEqual([
      ['__proto__', 2],
      ['toString', 3],
    ]);
    expect(Object.keys(graph.opsets)).toEqual(['', 'constructor']);
  });

  it('reads every graph of the fixtures the same through a small window', async () => {
    const graphs = readdirSync(fixturePath('.'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.onnx'),
    );
    expect(graphs.length).toBeGreaterThan(20);
    for (const path of graphs) {
      const bytes = new Uint8Array(readFileSync(fixturePath(path)));
      expect(await readBytes(bytes, 4_200), path).toEqual(await read(bytes));
    }
  });

  it('takes time in proportion to the nodes', async () => {
    const chain = (length: number) =>
      onnxModel({
        nodes: Array.from({ length }, (_, index) => ({
          op: 'Add',
          in: [`n${index}`, 'c'],
          out: [`n${index + 1}`],
        })),
      });
    const time = async (bytes: Uint8Array) => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round++) {
        const start = process.cpuUsage();
        expect((await read(bytes)).kind).toBe('graph');
        const { user, system } = process.cpuUsage(start);
        best = Math.min(best, user + system);
      }
      return best;
    };
    const small = chain(5_000);
    const large = chain(50_000);
    await time(small);
    expect(await time(large)).toBeLessThan(10 * 3 * Math.max(await time(small), 2_000));
  });

  it.each<[string, (count: number) => TestModel]>([
    [
      'outputs of one wide sum',
      (count) => ({
        outputs: Array.from({ length: count }, () => ({ name: 'y' })),
        nodes: [{ op: 'Add', in: Array.from({ length: count }, () => 'y'), out: ['y'] }],
      }),
    ],
    [
      'outputs of one wide If',
      (count) => ({
        outputs: Array.from({ length: count }, (_, index) => ({ name: `y${index}` })),
        nodes: [
          {
            op: 'If',
            out: Array.from({ length: count }, (_, index) => `y${index}`),
            attributes: { then_branch: {}, else_branch: {} },
          },
        ],
      }),
    ],
    [
      'graphs in one node',
      (count) => ({
        nodes: [
          {
            op: 'Many',
            attributes: Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, {}])),
          },
        ],
      }),
    ],
    [
      'domains and operators',
      (count) => ({
        opsets: Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index}`, index])),
        nodes: Array.from({ length: count }, (_, index) => ({ op: `O${index}`, domain: `d${index}` })),
      }),
    ],
    [
      'bits',
      (count) => ({
        nodes: Array.from({ length: count }, (_, index) => ({
          op: 'MatMulNBits',
          attributes: { bits: index },
        })),
      }),
    ],
  ])('is not slowed down by very many %s', async (_, make) => {
    const bytes = onnxModel(make(50_000));
    const start = process.cpuUsage();
    const graph = await graphOf(bytes);
    const checks = checkGraph(graph, { path: 'model.onnx', dtype: 'fp32', config: CONFIG });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2_000);
    for (const { message } of checks) expect(message.length).toBeLessThan(1_000);
  });
});
