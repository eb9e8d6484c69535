import { SmokeSetupError } from '../errors.js';
import type { Attempt } from './attempt.js';
import { explain, explainDeviceError, type KnownFolders } from './causes.js';
import { deviceError, probeDevice } from './devices.js';
import { INSTALL, installCommand, isLlama } from './install-command.js';
import type { SandboxEnd } from './sandbox.js';
import { notStarted } from './spawn-child.js';
import { endInWords } from './stop-reason.js';

const LACK_HINT = 'Run another variant (such as --dtype fp32), or use --device cpu.';

const LLAMA_HINT =
  'Install node-llama-cpp with its optional packages, which hold its binaries for GPUs, or use --device cpu.';

/**
 * What the model needs and the device does not have, as the rest of a sentence; null when nothing shows that it lacks
 * anything. Another device of the same kind may have it: neither the model nor the installation is at fault.
 */
export function lackOf({ heard, device }: Attempt): string | null {
  if (device === 'cpu') return null;
  const cases = [...heard.cases.values()].flatMap((one) => (one.type === 'no-answer' ? [one.error] : []));
  const errors = [...cases, ...(heard.failure === null ? [] : [heard.failure.error])];
  // Dawn’s feature `shader-f16`.
  return errors.some(({ message }) => /requires f16 but the device does not support it/.test(message))
    ? 'this GPU does not compute in half precision (f16), which these weights need'
    : null;
}

/** The error that stopped an attempt and is not the model’s fault: runtime or device; null when there is none. */
export async function setupFailure(attempt: Attempt, signal?: AbortSignal): Promise<SmokeSetupError | null> {
  const { heard, end, limits, device, requested, written, folders } = attempt;
  const { failure } = heard;
  if (end.end === 'not-started') return notStarted(end.error);
  if (failure?.error.code === 'not-for-device') {
    return deviceError(device, failure.error.message, LLAMA_HINT);
  }
  if (failure?.stage === 'setup') return runtimeError(failure.error.code, failure.error.message);
  if (heard.stage === 'setup' && end.end !== 'finished' && end.end !== 'aborted') {
    return new SmokeSetupError(
      'runtime-broken',
      `The runtime cannot be loaded: ${endInWords(end, limits)}.`,
      {
        hint: lastLines(written, folders) || afterSetup(end),
      },
    );
  }
  const broke = failure !== null || (end.end === 'exited' && heard.stage === 'load');
  if (device === 'cpu' || requested === 'auto') return null;
  const lack = lackOf(attempt);
  if (lack !== null) return deviceError(device, lack, LACK_HINT);
  if (!broke) return null;
  // The model may be at fault, or the device: a graph that adds two numbers tells.
  const known = failure === null ? '' : explainDeviceError(device, failure.error.message);
  const why = /finds no GPU|has no|are not installed/.test(known) ? known : await probeDevice(device, signal);
  return why === null ? null : deviceError(device, why);
}

function runtimeError(code: string | undefined, message: string): SmokeSetupError {
  // What a GGUF file needs is not what graphs need.
  const llama = isLlama(message);
  const install = installCommand(message);
  if (code === 'not-installed') {
    return new SmokeSetupError(
      'runtime-missing',
      `A smoke inference ${llama ? 'of a GGUF file ' : ''}needs ${message}, which is not installed.`,
      {
        hint: `Install ${llama ? 'it in a folder of its own' : 'both runtimes in one place'} with this command, then run validate-card from there:\n  ${install}`,
      },
    );
  }
  return new SmokeSetupError(
    'runtime-broken',
    `The runtime for the smoke inference cannot be loaded: ${message}.`,
    {
      hint: `Install it again: ${install}`,
    },
  );
}

/** What to do when a runtime that said nothing did not load. */
function afterSetup(end: SandboxEnd): string {
  if (end.end === 'over-time' && end.total) return 'Allow it more time, as in --timeout 2m.';
  if (end.end === 'over-memory') return 'Allow it more memory, as in --memory-limit 4GB.';
  return `Install it again: ${INSTALL}`;
}

function lastLines(written: string, folders: KnownFolders): string {
  const lines = written.trim().split('\n').slice(-3).join('\n');
  return lines === '' ? '' : explain(lines, folders);
}
