import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph } from '../onnx-graph.js';
import { HIGHEST_IR_VERSION, highestOpset, LOWEST_OPSET, RUNTIME } from '../runtime-limits.js';

/** How exporters are told which opset of ai.onnx to write. */
const EXPORT = '`--opset` of optimum-cli, `opset_version` of torch.onnx.export';

/** Whether the runtime reads the version of the file's format and the opsets it is written in. */
export function checkOpset(
  graph: Pick<OnnxGraph, 'irVersion' | 'opsets' | 'operators'>,
  path: string,
): SmokeCheck {
  const id = 'opset';
  const { irVersion } = graph;
  if (irVersion > HIGHEST_IR_VERSION) {
    return {
      id,
      status: 'failed',
      message: `${path} has IR version ${irVersion}, but ${RUNTIME} reads up to ${HIGHEST_IR_VERSION}. Set \`ir_version\` to ${HIGHEST_IR_VERSION} with the onnx package and save it again, or export it with an older onnx package.`,
    };
  }
  const declared = Object.entries(graph.opsets);
  if (declared.length === 0) {
    return {
      id,
      status: 'failed',
      message: `${path} states no opset, so nothing tells what its operators mean. Export it again.`,
    };
  }
  // A function of the file states opsets of its own.
  const used = graph.operators.flatMap(({ domain, opset }) =>
    opset === null ? [] : [[domain, opset] as const],
  );
  for (const [domain, opset] of [...declared, ...used]) {
    const highest = highestOpset(domain);
    if (highest === null || opset <= highest) continue;
    return {
      id,
      status: 'failed',
      message: `${path} declares opset ${opset} of ${domainName(domain)}, but ${RUNTIME} knows opsets up to ${highest}. Export it again with opset ${highest} or lower (${domain === '' ? EXPORT : '`target_opset` of skl2onnx'}).`,
    };
  }
  const main = graph.opsets[''];
  if (main !== undefined && main < LOWEST_OPSET) {
    return {
      id,
      status: 'warning',
      message: `${path} declares opset ${main}; ${RUNTIME} promises to run opset ${LOWEST_OPSET} and higher, and has no implementation of some older operators. Export it again with a newer opset (${EXPORT}).`,
    };
  }
  const list = declared.map(([domain, opset]) => `opset ${opset} of ${domainName(domain)}`);
  return {
    id,
    status: 'passed',
    message: `${RUNTIME} knows IR version ${irVersion} and ${list.slice(0, 5).join(', ')}.`,
  };
}

/** A domain as people write it, safe for a message. */
export function domainName(domain: string): string {
  return domain === '' ? 'ai.onnx' : escapeText(domain);
}
