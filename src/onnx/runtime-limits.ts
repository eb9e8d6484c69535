import { lazily, rows } from '../hub/lazily.js';
import {
  HIGHEST_IR_VERSION,
  HIGHEST_OPSETS,
  ONNXRUNTIME_VERSION,
  OPERATORS,
} from '../hub/tables/onnxruntime.generated.js';

/** The runtime that the limits below are of, for messages. */
export const RUNTIME = `onnxruntime ${ONNXRUNTIME_VERSION}`;

/** The highest IR version of a file that it loads. */
export { HIGHEST_IR_VERSION };

/** The lowest opset of ai.onnx that it promises to run; some operators of older ones have no implementation. */
export const LOWEST_OPSET = 7;

const opsets = lazily(
  () => new Map(rows(HIGHEST_OPSETS).map(([domain = '', opset = '']) => [domain, Number(opset)])),
);

/** The highest opset of a domain that can be loaded, the empty string being ai.onnx; null for a domain it does not know. */
export function highestOpset(domain: string): number | null {
  return opsets().get(domain) ?? null;
}

/** What the runtime knows of an operator. */
export interface KnownOperator {
  readonly firstOpset: number;
  /** Null while it is known in the highest opset. */
  readonly lastOpset: number | null;
  /** Whether it has an implementation for GPUs only. */
  readonly gpuOnly: boolean;
}

const operators = lazily(
  () =>
    new Map(
      rows(OPERATORS).map(([domain = '', name = '', first, last, mark]): [string, KnownOperator] => [
        `${domain}:${name}`,
        { firstOpset: Number(first), lastOpset: last === '' ? null : Number(last), gpuOnly: mark === 'g' },
      ]),
    ),
);

/** What the runtime knows of an operator; null when it does not know it in any opset. */
export function knownOperator(domain: string, name: string): KnownOperator | null {
  return operators().get(`${domain}:${name}`) ?? null;
}

/** The domains whose operators the runtime has, the empty string being ai.onnx. */
export function knownDomains(): ReadonlySet<string> {
  return new Set(rows(OPERATORS).map(([domain = '']) => domain));
}
