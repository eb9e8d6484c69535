import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { checkOperators } from '../../src/onnx/checks/operators.js';
import { checkOpset } from '../../src/onnx/checks/opset.js';
import {
  HIGHEST_IR_VERSION,
  highestOpset,
  knownDomains,
  knownOperator,
  RUNTIME,
} from '../../src/onnx/runtime-limits.js';
import { graphOf, onnxModel, type TestModel } from './onnx-model.js';

const require = createRequire(import.meta.url);
const { InferenceSession } = require('onnxruntime-node') as {
  InferenceSession: { create(model: Uint8Array, options: object): Promise<{ release(): Promise<void> }> };
};

/** Why the installed onnxruntime refuses a model; null when it loads it. */
async function refusal(model: TestModel): Promise<string | null> {
  try {
    const session = await InferenceSession.create(onnxModel(model), {
      logSeverityLevel: 4,
      graphOptimizationLevel: 'disabled',
    });
    await session.release();
    return null;
  } catch (error) {
    return String(error);
  }
}

const io = { inputs: [{ name: 'x', shape: [2, 2] }], outputs: [{ name: 'y', shape: [2, 2] }] };
const node = (op: string, domain?: string) => ({
  op,
  in: ['x'],
  out: ['y'],
  ...(domain === undefined ? {} : { domain }),
});
const relu = [node('Relu')];
const local = (nodes: readonly ReturnType<typeof node>[], opset = 14) => ({
  name: 'Own',
  domain: 'own',
  opsets: { '': opset },
  in: ['x'],
  out: ['y'],
  nodes,
});

describe('what onnxruntime can load', () => {
  it('is of the installed version', () => {
    const { version } = require('onnxruntime-node/package.json') as { version: string };
    expect(RUNTIME).toBe(`onnxruntime ${version}`);
    expect([...knownDomains()]).toEqual([
      '',
      'ai.onnx.ml',
      'com.microsoft',
      'com.microsoft.nchwc',
      'com.ms.internal.nhwc',
    ]);
    expect(highestOpset('com.example')).toBeNull();
    expect(knownOperator('', 'Gelu')).toEqual({ firstOpset: 20, lastOpset: null, gpuOnly: false });
    expect(knownOperator('', 'Upsample')).toMatchObject({ lastOpset: 9 });
    expect(knownOperator('', 'toString')).toBeNull();
  });

  const opset = highestOpset('') ?? 0;
  const ml = highestOpset('ai.onnx.ml') ?? 0;
  it.each<[string, TestModel, 'loads' | 'opset' | 'operators']>([
    ['a usual graph', { ...io, nodes: relu }, 'loads'],
    ['the highest IR version', { ...io, nodes: relu, ir: HIGHEST_IR_VERSION }, 'loads'],
    ['a higher IR version', { ...io, nodes: relu, ir: HIGHEST_IR_VERSION + 1 }, 'opset'],
    ['the highest opset', { ...io, nodes: relu, opsets: { '': opset } }, 'loads'],
    ['a higher opset', { ...io, nodes: relu, opsets: { '': opset + 1 } }, 'opset'],
    [
      'ai.onnx by its long name',
      { ...io, nodes: [node('Relu', 'ai.onnx')], opsets: { 'ai.onnx': 14 } },
      'loads',
    ],
    [
      'the highest opset of ai.onnx.ml',
      { ...io, nodes: relu, opsets: { '': 14, 'ai.onnx.ml': ml } },
      'loads',
    ],
    ['a higher one', { ...io, nodes: relu, opsets: { '': 14, 'ai.onnx.ml': ml + 1 } }, 'opset'],
    [
      'a higher opset of com.microsoft',
      { ...io, nodes: relu, opsets: { '': 14, 'com.microsoft': 2 } },
      'opset',
    ],
    [
      'any opset of an unknown domain without operators',
      { ...io, nodes: relu, opsets: { '': 14, foo: 99 } },
      'loads',
    ],
    ['no opset', { ...io, nodes: relu, opsets: {} }, 'opset'],
    ['an unknown operator', { ...io, nodes: [node('Foo')] }, 'operators'],
    [
      'an unknown operator nobody needs',
      { ...io, nodes: [...relu, { op: 'Foo', in: ['x'], out: ['z'] }] },
      'operators',
    ],
    ['an operator of a domain that is not stated', { ...io, nodes: [node('Foo', 'foo')] }, 'operators'],
    [
      'an operator of an unknown domain',
      { ...io, nodes: [node('Foo', 'foo')], opsets: { '': 14, foo: 1 } },
      'operators',
    ],
    ['an unknown operator of com.microsoft', { ...io, nodes: [node('Foo', 'com.microsoft')] }, 'operators'],
    ['com.microsoft without stating it', { ...io, nodes: [node('Gelu', 'com.microsoft')] }, 'loads'],
    ['an operator newer than the opset', { ...io, nodes: [node('Gelu')] }, 'operators'],
    ['that operator in its opset', { ...io, nodes: [node('Gelu')], opsets: { '': 20 } }, 'loads'],
    [
      'an operator that ended',
      { ...io, nodes: [{ op: 'Upsample', in: ['x', 'x'], out: ['y'] }] },
      'operators',
    ],
    [
      'an operator that ai.onnx took over',
      {
        ...io,
        nodes: [{ op: 'LayerNormalization', in: ['x', 'x'], out: ['y'] }],
        inputs: [{ name: 'x', shape: [2] }],
        outputs: [{ name: 'y', shape: [2] }],
      },
      'loads',
    ],
    [
      'a function',
      { ...io, ir: 9, opsets: { '': 14, own: 1 }, nodes: [node('Own', 'own')], functions: [local(relu)] },
      'loads',
    ],
    [
      'a function with an unknown operator',
      {
        ...io,
        ir: 9,
        opsets: { '': 14, own: 1 },
        nodes: [node('Own', 'own')],
        functions: [local([node('Foo')])],
      },
      'operators',
    ],
    [
      'such a function that is not used',
      { ...io, ir: 9, opsets: { '': 14, own: 1 }, nodes: relu, functions: [local([node('Foo')])] },
      'loads',
    ],
    [
      'a function of a higher opset',
      {
        ...io,
        ir: 9,
        opsets: { '': 14, own: 1 },
        nodes: [node('Own', 'own')],
        functions: [local(relu, opset + 1)],
      },
      'opset',
    ],
    [
      'a function without a domain of its own',
      { ...io, ir: 9, nodes: [node('Foo')], functions: [{ ...local(relu), name: 'Foo', domain: '' }] },
      'operators',
    ],
  ])('is known of %s', async (_, model, expected) => {
    const graph = await graphOf(model);
    const checks = [checkOpset(graph, 'model.onnx'), checkOperators(graph, 'model.onnx')];
    const failed = checks.filter(({ status }) => status === 'failed').map(({ id }) => id);
    expect(failed).toEqual(expected === 'loads' ? [] : [expected]);
    const said = await refusal(model);
    if (expected === 'loads') expect(said).toBeNull();
    else
      expect(said).toMatch(
        /IR version|opset|No Op registered|is not a registered|is deprecated|No opset import/,
      );
  });

  it.each([
    ['BiasAdd', [[1, 1, 320], [320], [1, 1, 320]]],
    ['BiasSplitGelu', [[1, 1, 2560], [2560]]],
    [
      'GemmFastGelu',
      [
        [2, 2],
        [2, 2],
      ],
    ],
    [
      'ComplexMul',
      [
        [2, 2],
        [2, 2],
      ],
    ],
    ['Rfft', [[2, 2]]],
  ])('only warns of %s, which GPUs have', async (op, shapes) => {
    const inputs = shapes.map((shape, index) => ({ name: `x${index}`, shape }));
    const model: TestModel = {
      opsets: { '': 17, 'com.microsoft': 1 },
      inputs,
      nodes: [{ op, domain: 'com.microsoft', in: inputs.map(({ name }) => name), out: ['y'] }],
    };
    expect(checkOperators(await graphOf(model), 'model.onnx').status).toBe('warning');
    expect(await refusal(model)).toContain('Could not find an implementation');
  });
});
