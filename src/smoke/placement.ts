import type { Attempt } from './attempt.js';
import { countPlaced } from './devices.js';
import type { Device, SmokeCheck, SmokeReport } from './report.js';

/** Where the operators really ran. */
export function placed({ device, requested, heard }: Attempt): {
  readonly device: Device | null;
  readonly detail?: string;
  readonly checks: readonly SmokeCheck[];
} {
  if (heard.loadMs === null) return { device: null, checks: [] };
  if (device === 'cpu') return { device, checks: [] };
  const { placement } = heard;
  if (placement === null) {
    return { device, detail: `The runtime does not say which operators ran on ${device}.`, checks: [] };
  }
  const { there, total, unit, on } = countPlaced(placement, device);
  // llama.cpp has other names for devices than onnxruntime: then it is told even where all ran there.
  if (there === total && on === device) return { device, checks: [] };
  if (there > 0) {
    const rest = there === total ? '' : ', the others on cpu';
    return { device, detail: `${there} of ${total} ${unit}s ran on ${on}${rest}.`, checks: [] };
  }
  const none =
    total === 1
      ? `The one ${unit} has no implementation on ${on}; it`
      : `None of the ${total} ${unit}s has an implementation on ${on}; they`;
  const detail =
    unit === 'layer' ? `llama.cpp found no GPU for ${on}; all ran on cpu.` : `${none} ran on cpu.`;
  return {
    device: 'cpu',
    detail,
    checks: requested === 'auto' ? [] : [{ id: 'device', status: 'warning', message: detail }],
  };
}

/** The device of an attempt in the words of the Inference API; null when nothing was loaded. */
export function computeType(attempt: Attempt): SmokeReport['computeType'] {
  const { device } = placed(attempt);
  if (device === null) return null;
  if (device !== 'cpu') return 'gpu';
  return attempt.optimized ? 'cpu+optimized' : 'cpu';
}
