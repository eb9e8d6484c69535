import type { Dtype } from '../../smoke/dtypes.js';
import { DTYPE_SUFFIXES } from '../../smoke/dtypes.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { ElementType } from '../elements.js';
import type { OnnxGraph } from '../onnx-graph.js';

type Facts = Pick<OnnxGraph, 'weightBytes' | 'blockBits' | 'operators'>;

/** Fewer bytes of weights than these tell nothing: constants of shapes and scales. */
const TOO_FEW_BYTES = 256;
/** A share of quantized weights below this is no quantized model. */
const SMALL_SHARE = 0.1;

/** Whether the weights are of the dtype that the name of the file tells; nothing when it has too few to say. */
export function checkDtype(graph: Facts, path: string, dtype: Dtype): readonly SmokeCheck[] {
  const id = 'dtype';
  const float32 = bytesOf(graph, 'float32', 'float64');
  const float16 = bytesOf(graph, 'float16', 'bfloat16');
  const int8 = bytesOf(graph, 'int8');
  const uint8 = bytesOf(graph, 'uint8');
  const narrow = bytesOf(graph, 'int4', 'uint4', 'int2', 'uint2', 'float4e2m1');
  if (float32 + float16 + int8 + uint8 + narrow < TOO_FEW_BYTES) return [];
  const bnb4 = graph.operators.some(({ name }) => name === 'MatMulBnb4');
  const blocks = graph.blockBits.length > 0 || narrow > 0 || bnb4;
  const suffix = DTYPE_SUFFIXES[dtype];
  const found = describe(graph);
  const failed = (what: string): readonly SmokeCheck[] => [
    {
      id,
      status: 'failed',
      message: `${path} is named as ${dtype}, but ${what}: ${found}. Convert it again, or give the file the name of what it is.`,
    },
  ];
  const warning = (what: string, advice: string): readonly SmokeCheck[] => [
    { id, status: 'warning', message: `${path} is named as ${dtype}, but ${what}: ${found}. ${advice}` },
  ];
  const passed: readonly SmokeCheck[] = [
    { id, status: 'passed', message: `${path} has the weights that its name tells: ${found}.` },
  ];
  switch (dtype) {
    case 'fp32':
      if (blocks)
        return warning(
          'has weights of few bits',
          'Name it so (such as model_q4.onnx), beside one with full precision.',
        );
      if (int8 + uint8 > float32 + float16) {
        return warning('is quantized', 'Name it model_quantized.onnx, beside one with full precision.');
      }
      if (float16 > float32)
        return warning('is in half precision', 'Name it model_fp16.onnx, beside one with full precision.');
      return passed;
    case 'fp16':
      if (float16 === 0) return failed('has no weights in half precision');
      return float16 < float32
        ? warning('has more weights in full precision', 'Look at what the conversion left out.')
        : passed;
    case 'q8':
    case 'int8':
    case 'uint8': {
      if (blocks)
        return warning('has weights of fewer than 8 bits', 'Name it after them, such as model_q4.onnx.');
      if (int8 + uint8 === 0) return failed('has no weights of 8 bits');
      const share = (int8 + uint8) / (int8 + uint8 + float32 / 4 + float16 / 2);
      if (share < SMALL_SHARE) {
        return warning(
          `${Math.round(100 * share)} % of its weights are of 8 bits`,
          'Look at which operators the quantization skips.',
        );
      }
      if ((dtype === 'int8' && uint8 > int8) || (dtype === 'uint8' && int8 > uint8)) {
        return warning(
          `most of them are ${dtype === 'int8' ? 'uint8' : 'int8'}`,
          `Name it model${DTYPE_SUFFIXES[dtype === 'int8' ? 'uint8' : 'int8']}.onnx.`,
        );
      }
      return passed;
    }
    case 'bnb4':
      return bnb4 ? passed : failed('no operator unpacks such weights (MatMulBnb4)');
    default: {
      if (!blocks) return failed('has no weights of fewer than 8 bits');
      const bits = Number(/\d/.exec(suffix)?.[0]);
      if (graph.blockBits.length > 0 && !graph.blockBits.includes(bits)) {
        return warning(`its weights have ${graph.blockBits.join(' and ')} bits`, 'Name it after them.');
      }
      if (dtype.endsWith('f16') && float16 === 0) {
        return warning(
          'nothing in it is in half precision',
          `Name it model${suffix.replace('f16', '')}.onnx.`,
        );
      }
      return passed;
    }
  }
}

function bytesOf({ weightBytes }: Facts, ...types: readonly ElementType[]): number {
  return types.reduce((sum, type) => sum + (weightBytes[type] ?? 0), 0);
}

/** The weights by type, the largest part first, in a few words. */
function describe({ weightBytes, blockBits }: Facts): string {
  const parts = Object.entries(weightBytes)
    .sort(([, a], [, b]) => b - a)
    .filter(([, bytes], index) => index === 0 || bytes >= TOO_FEW_BYTES)
    .slice(0, 3)
    .map(([type, bytes]) => `${bytes} bytes of ${type}`);
  return `${parts.join(', ')}${blockBits.length > 0 ? `, packed in ${blockBits.join(' and ')} bits` : ''}`;
}
