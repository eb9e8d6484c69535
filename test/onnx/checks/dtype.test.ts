import { describe, expect, it } from 'vitest';
import { checkDtype } from '../../../src/onnx/checks/dtype.js';
import type { OnnxGraph } from '../../../src/onnx/onnx-graph.js';
import type { Dtype } from '../../../src/smoke/dtypes.js';

const K = 1000;
const check = (
  dtype: Dtype,
  weightBytes: OnnxGraph['weightBytes'],
  blockBits: readonly number[] = [],
  operators: readonly string[] = [],
) =>
  checkDtype(
    {
      weightBytes,
      blockBits,
      operators: operators.map((name) => ({ domain: 'com.microsoft', name, opset: 1 })),
    },
    'onnx/model_x.onnx',
    dtype,
  );

describe('dtype', () => {
  it.each<[Dtype, OnnxGraph['weightBytes'], readonly number[], string]>([
    ['fp32', { float32: 9 * K, int64: K }, [], 'passed'],
    ['fp32', { float16: 9 * K }, [], 'warning'],
    ['fp32', { int8: 9 * K, float32: K }, [], 'warning'],
    ['fp32', { uint8: 9 * K, float32: 20 * K }, [4], 'warning'],
    ['fp16', { float16: 9 * K, float32: K }, [], 'passed'],
    ['fp16', { bfloat16: 9 * K }, [], 'passed'],
    ['fp16', { float32: 9 * K }, [], 'failed'],
    ['fp16', { float16: K, float32: 9 * K }, [], 'warning'],
    ['q8', { int8: 9 * K, float32: K }, [], 'passed'],
    ['q8', { uint8: 9 * K, float32: K }, [], 'passed'],
    ['q8', { float32: 9 * K }, [], 'failed'],
    ['q8', { int8: K, float32: 900 * K }, [], 'warning'],
    ['q8', { uint8: 9 * K }, [4], 'warning'],
    ['int8', { int8: 9 * K }, [], 'passed'],
    ['int8', { uint8: 9 * K }, [], 'warning'],
    ['uint8', { uint8: 9 * K }, [], 'passed'],
    ['uint8', { float16: 9 * K }, [], 'failed'],
    ['q4', { uint8: 9 * K, float32: K }, [4], 'passed'],
    ['q4', { uint4: 9 * K, float32: K }, [], 'passed'],
    ['q4', { float32: 9 * K }, [], 'failed'],
    ['q4', { uint8: 9 * K }, [8], 'warning'],
    ['q4', { uint8: 9 * K }, [4, 8], 'passed'],
    ['q4f16', { uint8: 9 * K, float16: K }, [4], 'passed'],
    ['q4f16', { uint8: 9 * K, float32: K }, [4], 'warning'],
    ['q2', { uint8: 9 * K, float32: K }, [2], 'passed'],
    ['q2f16', { uint8: 9 * K, float16: K }, [4], 'warning'],
    ['q1', { float32: 9 * K }, [], 'failed'],
    ['bnb4', { uint8: 9 * K }, [], 'failed'],
  ])('of %s with %j packed in %j bits: %s', (dtype, weightBytes, blockBits, expected) => {
    expect(check(dtype, weightBytes, blockBits)).toMatchObject([{ id: 'dtype', status: expected }]);
  });

  it('knows bnb4 by its operator', () => {
    expect(check('bnb4', { uint8: 9 * K }, [], ['MatMulBnb4'])).toMatchObject([{ status: 'passed' }]);
  });

  it('says what is there', () => {
    expect(check('fp16', { float32: 9 * K, int64: 8 })[0]?.message).toBe(
      'onnx/model_x.onnx is named as fp16, but has no weights in half precision: 9000 bytes of float32. Convert it again, or give the file the name of what it is.',
    );
  });

  it('says nothing of a graph without weights', () => {
    expect(check('fp16', {})).toEqual([]);
    expect(check('q8', { float32: 100 })).toEqual([]);
  });
});
