import { describe, expect, it } from 'vitest';
import { checkOperators } from '../../../src/onnx/checks/operators.js';

type Use = readonly [domain: string, name: string, opset?: number];

const check = (...list: readonly Use[]) =>
  checkOperators(
    { operators: list.map(([domain, name, opset = domain === '' ? 14 : 1]) => ({ domain, name, opset })) },
    'm.onnx',
  );

describe('operators', () => {
  it('passes what the runtime has', () => {
    expect(check(['', 'Add'], ['ai.onnx.ml', 'ZipMap'], ['com.microsoft', 'MatMulNBits'])).toMatchObject({
      id: 'operators',
      status: 'passed',
    });
  });

  it.each([
    ['ai.onnx.contrib', 'onnxruntime-extensions'],
    ['com.microsoft.extensions', 'onnxruntime-extensions'],
    ['org.pytorch.aten', 'PyTorch'],
    ['pkg.onnxscript.torch_lib', 'onnx.inliner'],
    ['mmdeploy', 'mmdeploy'],
    ['com.example', 'standard operators'],
  ])('says what to do about %s', (domain, advice) => {
    const { status, message } = check([domain, 'Thing']);
    expect(status).toBe('failed');
    expect(message).toContain(`m.onnx uses the operator Thing of ${domain}`);
    expect(message).toContain(advice);
  });

  it('tells new and ended operators from unknown ones', () => {
    expect(check(['', 'Gelu', 14]).message).toMatch(/came with opset 20, but declares opset 14/);
    expect(check(['', 'Upsample', 14]).message).toMatch(/ended with opset 9, but declares opset 14/);
    expect(check(['', 'Foo', 14]).message).toMatch(/does not have/);
    // What an opset beyond the runtime’s brings is not known; the opset is a finding of its own.
    expect(check(['', 'Gelu', 99]).status).toBe('passed');
  });

  it('warns of graphs made for a GPU or for one machine, after failures', () => {
    expect(check(['com.microsoft', 'GroupNorm'])).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('CPU'),
    });
    expect(check(['com.microsoft.nchwc', 'Conv'])).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('machine'),
    });
    expect(check(['com.microsoft', 'GroupNorm'], ['foo', 'Bar'])).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('Bar'),
    });
  });

  it('names the others, safely and not too many', () => {
    expect(check(['a', 'One'], ['a', 'Two']).message).toMatch(/The same holds for Two\.$/);
    expect(check(['', 'Gelu', 14], ['', 'Foo']).message).toMatch(/Look at Foo too\.$/);
    const many = Array.from({ length: 500 }, (_, index) => ['a', `N${index}\u202e`] as const);
    const { message } = check(...many);
    expect(message.length).toBeLessThan(400);
    expect(message).not.toContain('\u202e');
  });
});
