import { readdirSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from '../report.js';
import { runtimeRequire } from '../runtime-place.js';
import type { Transformers } from './parts.js';

/** A package that runs models is not installed, or does not load. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError';
  readonly code: 'not-installed' | 'not-loadable';

  constructor(code: RuntimeMissingError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** onnxruntime-node. Throws `RuntimeMissingError`. */
export function loadOnnxRuntime(): typeof import('onnxruntime-node') {
  return load('onnxruntime-node') as typeof import('onnxruntime-node');
}

/**
 * transformers.js. Throws `RuntimeMissingError`.
 *
 * It imports sharp and with it libvips, which costs more than all the rest, and fails where sharp's native part is not
 * installed. A task without images does not need it: then it gets a stand-in.
 */
export function loadTransformers(images: boolean): Transformers {
  const transformers = images ? load('@huggingface/transformers') : loadWithoutImages();
  const { env } = transformers as Transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.cacheDir = null;
  return transformers as Transformers;
}

function loadWithoutImages(): unknown {
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const original = loader._load;
  loader._load = function (request, ...rest) {
    return request === 'sharp' ? noImages : original.call(this, request, ...rest);
  };
  try {
    return load('@huggingface/transformers');
  } finally {
    loader._load = original;
  }
}

function noImages(): never {
  throw new Error('This task was not expected to decode images.');
}

function load(name: string): unknown {
  try {
    return runtimeRequire()(name);
  } catch (error) {
    const missing =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw missing && why.includes(`'${name}'`)
      ? new RuntimeMissingError('not-installed', name, error)
      : new RuntimeMissingError('not-loadable', `${name} does not load: ${why}`, error);
  }
}

/** Where onnxruntime writes which operator ran where; the child's working directory is a folder of its own. */
const PROFILE = 'placement';

/**
 * Options for a session. One that is run a few times has graph optimization off: it is worth nothing for a single run and takes
 * seconds for long graphs; and one thread, since small models gain nothing from more. `optimized` is how a server runs it.
 */
export function sessionOptions({
  device,
  optimized,
}: {
  readonly device: Device;
  readonly optimized: boolean;
}): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    graphOptimizationLevel: optimized ? 'all' : 'disabled',
    intraOpNumThreads: optimized ? availableParallelism() : 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(device === 'cpu' ? {} : { enableProfiling: true, profileFilePrefix: join(process.cwd(), PROFILE) }),
  };
}

/** Reads how many operators ran on each execution provider, after the sessions' profiling was ended. */
export function readPlacement(): Readonly<Record<string, number>> | null {
  const nodes: Record<string, number> = {};
  let found = false;
  for (const file of readdirSync(process.cwd())) {
    if (!file.startsWith(PROFILE) || !file.endsWith('.json')) continue;
    let events: unknown;
    try {
      events = JSON.parse(readFileSync(join(process.cwd(), file), 'utf8'));
    } catch {
      continue;
    }
    if (!Array.isArray(events)) continue;
    for (const event of events as readonly { cat?: unknown; args?: { provider?: unknown } }[]) {
      const provider = event.cat === 'Node' ? event.args?.provider : undefined;
      if (typeof provider !== 'string') continue;
      found = true;
      nodes[provider] = (nodes[provider] ?? 0) + 1;
    }
  }
  return found ? nodes : null;
}
