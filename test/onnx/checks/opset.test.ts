import { describe, expect, it } from 'vitest';
import { checkOpset } from '../../../src/onnx/checks/opset.js';

const graph = (opsets: Record<string, number>, irVersion = 8) => ({ opsets, irVersion, operators: [] });

describe('opset', () => {
  it('says which opset to export, and how', () => {
    expect(checkOpset(graph({ '': 14, 'ai.onnx.ml': 3 }), 'm.onnx')).toMatchObject({
      id: 'opset',
      status: 'passed',
    });
    expect(checkOpset(graph({ '': 99 }), 'm.onnx')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^m\.onnx declares opset 99 of ai\.onnx.*--opset.*opset_version/),
    });
    expect(checkOpset(graph({ '': 14, 'ai.onnx.ml': 9 }), 'm.onnx').message).toContain('target_opset');
    expect(checkOpset(graph({ '': 14 }, 99), 'm.onnx').message).toContain('ir_version');
  });

  it('warns of an opset older than the runtime promises', () => {
    expect(checkOpset(graph({ '': 6 }), 'm.onnx').status).toBe('warning');
    expect(checkOpset(graph({ '': 7 }), 'm.onnx').status).toBe('passed');
  });

  it('asks for an opset where none is stated', () => {
    expect(checkOpset(graph({}), 'm.onnx').status).toBe('failed');
  });

  it('writes domains of strangers safely', () => {
    const { message } = checkOpset(graph({ '': 14, 'a\u001b[31m': 1 }), 'm.onnx');
    expect(message).not.toContain('\u001b');
  });
});
