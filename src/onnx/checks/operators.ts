import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph, OperatorUse } from '../onnx-graph.js';
import { highestOpset, knownDomains, knownOperator, RUNTIME } from '../runtime-limits.js';
import { domainName } from './opset.js';

/** Domains of operators that other software brings, and what an author does about them. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:ai\.onnx\.contrib|com\.microsoft\.extensions)$/,
    'It comes with onnxruntime-extensions, which is not loaded. Export the model without tokenizer and image decoding inside the graph.',
  ],
  [
    /^(?:org\.pytorch\.|aten$|prim$|pkg\.torch)/,
    'It is what PyTorch writes when it cannot translate an operation. Export with a higher opset or a newer PyTorch, or write that operation with others.',
  ],
  [
    /^pkg\.onnxscript/,
    'It is a function that the file should define and does not. Save the model again with its functions, or inline them (onnx.inliner).',
  ],
  [/mmdeploy|mmcv|mmlab/i, 'It needs the library of mmdeploy. Export for plain onnxruntime.'],
  [/^(?:trt|tensorrt)/i, 'It needs a plugin of TensorRT. Export for plain onnxruntime.'],
  [/xilinx|vitis|amd\.quark|com\.amd/i, 'It needs a library of AMD. Export for plain onnxruntime.'],
  [/com\.qti|qualcomm|qnn/i, 'It needs a library of Qualcomm. Export for plain onnxruntime.'],
];

/** Domains that onnxruntime writes when it saves a graph optimized for one machine. */
const MACHINE = new Set(['com.microsoft.nchwc', 'com.ms.internal.nhwc']);

interface Trouble {
  readonly use: OperatorUse;
  readonly status: 'failed' | 'warning';
  /** What is wrong with it and what to do, as sentences after its name. */
  readonly say: string;
}

/** Whether the runtime has every operator that the graph uses. */
export function checkOperators(graph: Pick<OnnxGraph, 'operators'>, path: string): SmokeCheck {
  const id = 'operators';
  const troubles = graph.operators.flatMap((use) => troubleWith(use) ?? []);
  const worst = troubles.find(({ status }) => status === 'failed') ?? troubles[0];
  if (worst === undefined) {
    return {
      id,
      status: 'passed',
      message:
        graph.operators.length === 1
          ? `${RUNTIME} has the only operator that ${path} uses.`
          : `${RUNTIME} has all ${graph.operators.length} operators that ${path} uses.`,
    };
  }
  const others = troubles
    .filter((one) => one !== worst && one.status === worst.status)
    .map(({ use }) => escapeText(use.name));
  const too =
    others.length === 0
      ? ''
      : ` The same holds for ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}.`;
  const sameFault = troubles.every(({ say, status }) => status !== worst.status || say === worst.say);
  return {
    id,
    status: worst.status,
    message: `${path} uses the operator ${escapeText(worst.use.name)} of ${domainName(worst.use.domain)}${worst.say}${sameFault ? too : otherTroubles(others)}`,
  };
}

function otherTroubles(names: readonly string[]): string {
  return names.length === 0
    ? ''
    : ` Look at ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''} too.`;
}

function troubleWith(use: OperatorUse): Trouble | null {
  const { domain, name, opset } = use;
  const known = knownOperator(domain, name);
  if (known === null) {
    const foreign = knownDomains().has(domain)
      ? undefined
      : FOREIGN.find(([pattern]) => pattern.test(domain))?.[1];
    return {
      use,
      status: 'failed',
      say: `, which ${RUNTIME} does not have. ${foreign ?? 'Export it with standard operators.'}`,
    };
  }
  const highest = highestOpset(domain);
  // Of an opset that is not known nothing can be said; that is a finding of its own.
  const declared = opset === null || (highest !== null && opset > highest) ? null : opset;
  if (declared !== null && declared < known.firstOpset) {
    return {
      use,
      status: 'failed',
      say: `, which came with opset ${known.firstOpset}, but declares opset ${declared}. Export it with opset ${known.firstOpset} or higher.`,
    };
  }
  if (declared !== null && known.lastOpset !== null && declared > known.lastOpset) {
    return {
      use,
      status: 'failed',
      say: `, which ended with opset ${known.lastOpset}, but declares opset ${declared}. Export it again with an exporter that knows opset ${declared}.`,
    };
  }
  if (known.gpuOnly) {
    return {
      use,
      status: 'warning',
      say: `, which ${RUNTIME} has for GPUs only: the graph was optimized for one. Add a graph without that optimization for those who run on a CPU.`,
    };
  }
  if (MACHINE.has(domain)) {
    return {
      use,
      status: 'warning',
      say: ', which onnxruntime writes when it optimizes a graph for the machine it runs on. Publish the graph as it was exported.',
    };
  }
  return null;
}
