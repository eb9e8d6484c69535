import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SmokeSetupError } from '../errors.js';
import { explainDeviceError } from './causes.js';
import { installCommand } from './install-command.js';
import { isMessage } from './protocol.js';
import type { Device, DeviceRequest } from './report.js';
import { runtimeRequire } from './runtime-place.js';
import { startChild } from './start-child.js';

/** A device that was taken, and why. */
export interface ChosenDevice {
  readonly device: Device;
  readonly detail?: string;
}

/** The first device, and those that are compared with it. */
export function devicesOf(device: DeviceRequest | readonly Device[] | undefined): {
  readonly request: DeviceRequest;
  readonly others: readonly Device[];
} {
  if (typeof device !== 'object') return { request: device ?? 'auto', others: [] };
  const [first, ...others] = device;
  return { request: first ?? 'auto', others };
}

/** Why no device but the processor itself works, as the rest of a sentence. */
const LACKS_RUNTIME = 'onnxruntime-node is not installed';

/** How long a probe may take, in milliseconds: a driver’s first start compiles shaders and fills caches. */
const PROBE_MS = 20_000;
const PROBE_MEMORY_BYTES = 4 * 1024 ** 3;

/** Execution providers as onnxruntime names them, by device. */
export const PROVIDERS = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  dml: 'DmlExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
} as const satisfies Readonly<Record<Device, string>>;

/** What llama.cpp runs on, by device as it is asked for; false is the CPU. */
export const LLAMA_BACKENDS = {
  cpu: false,
  webgpu: 'vulkan',
  cuda: 'cuda',
  dml: 'vulkan',
  coreml: 'metal',
} as const satisfies Readonly<Record<Device, false | 'vulkan' | 'cuda' | 'metal'>>;

const LLAMA = 'llama.cpp/';

/** What runs the layers of a GGUF model, named as the execution providers of onnxruntime are. */
export function llamaProvider(device: Device): string {
  return `${LLAMA}${LLAMA_BACKENDS[device] || 'cpu'}`;
}

/** What ran on a device, and in all, counted in what the runner counts. */
export function countPlaced(
  placement: Readonly<Record<string, number>>,
  device: Device,
): {
  readonly there: number;
  readonly total: number;
  readonly unit: 'operator' | 'layer';
  readonly on: string;
} {
  const total = Object.values(placement).reduce((sum, count) => sum + count, 0);
  const llama = Object.keys(placement).some((provider) => provider.startsWith(LLAMA));
  const provider = llama ? llamaProvider(device) : PROVIDERS[device];
  return {
    there: placement[provider] ?? 0,
    total,
    unit: llama ? 'layer' : 'operator',
    on: llama ? `${device} (${LLAMA_BACKENDS[device] || 'cpu'} of llama.cpp)` : device,
  };
}

const SOFTWARE =
  'WebGPU is drawn in software here, by the Vulkan driver of the environment (VK_DRIVER_FILES).';

/** GPUs that `auto` tries on each system, the best first; CoreML runs only parts of most graphs and is taken on request. */
const GPUS: Readonly<Partial<Record<NodeJS.Platform, readonly Device[]>>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu'],
};

/**
 * Settles which device runs the model. A named device is taken as it is (`deviceFailure` says afterwards whether it was at
 * fault); `auto` tries the GPUs of this machine in child processes and falls back to the CPU.
 */
export async function chooseDevice(request: DeviceRequest, signal?: AbortSignal): Promise<ChosenDevice> {
  if (request !== 'auto') {
    const software = request === 'webgpu' && isSoftware(process.env);
    return { device: request, ...(software ? { detail: SOFTWARE } : {}) };
  }
  const missing = whyNoGpu();
  if (missing !== null) return { device: 'cpu', detail: `auto took cpu: ${missing}` };
  const candidates = (GPUS[process.platform] ?? []).filter(
    (device) => device !== 'cuda' || hasCudaLibraries(),
  );
  return firstThatWorks(candidates, probeDevice, signal);
}

/**
 * Takes the first device whose probe finds no fault, else the CPU. The probes run at once, and those that still run when a
 * device is taken are stopped. Throws the reason of `signal`.
 */
export async function firstThatWorks(
  devices: readonly Device[],
  probe: (device: Device, signal: AbortSignal) => Promise<string | null>,
  signal?: AbortSignal,
): Promise<ChosenDevice> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const pass = () => stop.abort();
  signal?.addEventListener('abort', pass, { once: true });
  try {
    const failures: string[] = [];
    const probes = devices.map((device) => ({ device, failure: probe(device, stop.signal) }));
    for (const { device, failure } of probes) {
      const why = await failure;
      signal?.throwIfAborted();
      if (why === null) return { device, detail: `auto took ${device}, which works on this machine.` };
      failures.push(`${device} does not work (${why})`);
    }
    const why = failures.length === 0 ? 'no GPU is known for this system' : failures.join('; ');
    return { device: 'cpu', detail: `auto took cpu: ${why}.` };
  } finally {
    signal?.removeEventListener('abort', pass);
    stop.abort();
  }
}

/**
 * Why no GPU of this machine is worth a try, in a sentence; null when there may be one. Only Linux shows its GPUs as files;
 * there, a Vulkan driver that is named by the environment may also be a software one, which is slower than the CPU itself.
 */
export function whyNoGpu(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  nodes: readonly string[] = deviceNodes(),
): string | null {
  if (platform !== 'linux') return null;
  if (nodes.length > 0 && !isSoftware(env)) return null;
  if (isSoftware(env)) {
    return 'the Vulkan driver of the environment (VK_DRIVER_FILES) draws in software, which is slower; ask for it with --device webgpu.';
  }
  return 'this machine has no GPU (no device in /dev/dri, /dev/nvidia* or /dev/dxg).';
}

/** Whether the environment names a Vulkan driver that runs on the CPU: SwiftShader, or Mesa’s lavapipe. */
export function isSoftware(env: NodeJS.ProcessEnv): boolean {
  const files = `${env.VK_DRIVER_FILES ?? ''} ${env.VK_ICD_FILENAMES ?? ''}`;
  return /swiftshader|lvp_icd|lavapipe|llvmpipe/i.test(files);
}

/** GPUs as Linux shows them. */
function deviceNodes(): readonly string[] {
  const list = (folder: string, pattern: RegExp) => {
    try {
      return readdirSync(folder).filter((name) => pattern.test(name));
    } catch {
      return [];
    }
  };
  return [...list('/dev/dri', /^renderD/), ...list('/dev', /^(?:nvidia\d+|dxg|kfd)$/)];
}

/** Whether onnxruntime’s CUDA libraries were installed; its install script fetches them, and is often left out. */
function hasCudaLibraries(): boolean {
  try {
    const main = runtimeRequire().resolve('onnxruntime-node');
    const folder = join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
    return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'));
  } catch {
    return false;
  }
}

/** Tries a device with a tiny graph in a child process; null when it works, else why not, in a few words. */
export async function probeDevice(device: Device, signal?: AbortSignal): Promise<string | null> {
  const sandbox = startChild();
  let outcome: string | null | undefined;
  const { end } = await sandbox.run(
    { kind: 'probe', device, memoryLimitBytes: PROBE_MEMORY_BYTES },
    {
      memoryLimitBytes: PROBE_MEMORY_BYTES,
      totalMs: PROBE_MS,
      ...(signal === undefined ? {} : { signal }),
      onMessage(message) {
        if (!isMessage(message)) return false;
        if (message.type === 'failed') {
          const { code, message: why } = message.error;
          outcome = code === 'not-installed' ? LACKS_RUNTIME : explainDeviceError(device, why);
        }
        if (message.type === 'placement') {
          const ran = message.nodes === null || PROVIDERS[device] in message.nodes;
          outcome = ran ? null : 'the runtime ran the test on another device';
        }
        return message.type === 'done' || message.type === 'failed';
      },
    },
  );
  if (outcome !== undefined) return outcome;
  return end === 'over-time' ? `no answer within ${PROBE_MS / 1000} s` : 'the test crashed';
}

/** The error for a device that was asked for and does not work. */
export function deviceError(
  device: Device,
  why: string,
  hint: string = why === LACKS_RUNTIME
    ? `Install it: ${installCommand('onnxruntime-node')}`
    : DEVICE_HINTS[device],
): SmokeSetupError {
  return new SmokeSetupError('device-unavailable', `The device ${device} does not work here: ${why}.`, {
    hint,
  });
}

const DEVICE_HINTS = {
  cpu: 'Look at the installation of onnxruntime-node.',
  webgpu: 'Install a Vulkan driver for your GPU (on Linux), or use --device cpu.',
  cuda: 'Run onnxruntime-node’s install script, which fetches the CUDA libraries (npm rebuild onnxruntime-node), or use --device cpu.',
  dml: 'DirectML exists on Windows only; use --device auto.',
  coreml: 'CoreML exists on macOS only; use --device auto.',
} as const satisfies Readonly<Record<Device, string>>;
