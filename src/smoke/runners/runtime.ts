import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import Module from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { errorCode } from '../../error-code.js';
import { own } from '../../mapping.js';
import type { ServedJob } from '../protocol.js';
import type { Device } from '../report.js';
import { runtimeRequire } from '../runtime-place.js';
import type { Transformers } from './parts.js';

/** A package that runs models is not installed, does not load, or has nothing for the device. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError';
  readonly code: 'not-installed' | 'not-loadable' | 'not-for-device';

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
 * transformers.js. Throws `RuntimeMissingError`, also where a task works on `images` and sharp, which decodes them, does not load.
 *
 * transformers.js imports sharp and with it libvips, which costs more than all the rest, and fails where sharp's native part is
 * not installed. It gets a stand-in that loads sharp at its first call.
 */
export function loadTransformers(images: boolean): Transformers {
  if (images) load('sharp');
  const transformers = loadWithoutSharp();
  const { env } = transformers as Transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  // Where models are looked for that a pipeline names by itself, such as a vocoder: in a folder that is empty.
  env.localModelPath = process.cwd();
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.cacheDir = null;
  return transformers as Transformers;
}

function loadWithoutSharp(): unknown {
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const original = loader._load;
  loader._load = function (request, ...rest) {
    return request === 'sharp' ? lazySharp : original.call(this, request, ...rest);
  };
  try {
    return load('@huggingface/transformers');
  } finally {
    loader._load = original;
  }
}

function lazySharp(...args: readonly unknown[]): unknown {
  return (load('sharp') as (...args: readonly unknown[]) => unknown)(...args);
}

function load(name: string): unknown {
  try {
    return runtimeRequire()(name);
  } catch (error) {
    const missing = errorCode(error) === 'MODULE_NOT_FOUND';
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw missing && why.includes(`'${name}'`)
      ? new RuntimeMissingError('not-installed', name, error)
      : new RuntimeMissingError('not-loadable', `${name} does not load: ${why}`, error);
  }
}

/** Where onnxruntime writes which operator ran where; the child’s working directory is a folder of its own. */
const PROFILE = 'placement';

/**
 * Options for a session. One that is run a few times has graph optimization off: it is worth nothing for a single run and takes
 * seconds for long graphs; and one thread, since small models gain nothing from more. `optimized` is how a server runs it. Threads of a served one sleep
 * while they wait: those that spin take the cores from the other processes, and twice the processor time for the same answers.
 */
export function sessionOptions({
  device,
  optimized,
  served,
}: {
  readonly device: Device;
  readonly optimized: boolean;
  readonly served?: ServedJob;
}): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    graphOptimizationLevel: optimized ? 'all' : 'disabled',
    intraOpNumThreads: served?.threads ?? (optimized ? availableParallelism() : 1),
    interOpNumThreads: 1,
    ...(served === undefined ? {} : { extra: { session: { 'intra_op.allow_spinning': '0' } } }),
    logSeverityLevel: 3,
    ...(device === 'cpu' ? {} : { enableProfiling: true, profileFilePrefix: join(process.cwd(), PROFILE) }),
  };
}

/**
 * Ends the profiling of a session after its first run: generation repeats a graph hundreds of times, and the runtime keeps a
 * kilobyte for each operator of each run. The function that it returns ends it for a session that has not run.
 */
export function profileFirstRun(
  session: InferenceSession,
  { device }: { readonly device: Device },
): () => void {
  let profiling = device !== 'cpu';
  const end = () => {
    if (profiling) session.endProfiling();
    profiling = false;
  };
  if (!profiling) return end;
  const run = session.run.bind(session);
  type Run = [InferenceSession.OnnxValueMapType, InferenceSession.FetchesType, InferenceSession.RunOptions?];
  session.run = async (...args: readonly unknown[]) => {
    try {
      return await run(...(args as Run));
    } finally {
      end();
    }
  };
  return end;
}

/** Most bytes of a profile that are read: one run of a graph writes about a kilobyte for each of its operators. */
const MAX_PROFILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads how many operators of the graphs ran on each execution provider, after the sessions' profiling was ended; null when
 * the runtime does not say. Each operator counts once, however often it ran; copies between devices are no operators.
 */
export function readPlacement(): Readonly<Record<string, number>> | null {
  const nodes: Record<string, number> = {};
  for (const file of readdirSync(process.cwd())) {
    if (!file.startsWith(PROFILE) || !file.endsWith('.json')) continue;
    const seen = new Set<string>();
    // One event a line. A line that cannot be read, as a name with a quotation mark in it makes it, is left out.
    for (const line of readStart(join(process.cwd(), file)).split('\n')) {
      const event = line.includes('"provider"') ? parseEvent(line.trim().replace(/,$/, '')) : undefined;
      const args = own(event, 'args');
      const provider = own(args, 'provider');
      if (own(event, 'cat') !== 'Node' || typeof provider !== 'string') continue;
      if (/^Memcpy(?:To|From)Host$/.test(String(own(args, 'op_name')))) continue;
      const node = JSON.stringify([own(event, 'name'), own(args, 'node_index'), provider]);
      if (seen.has(node)) continue;
      seen.add(node);
      nodes[provider] = (nodes[provider] ?? 0) + 1;
    }
  }
  return Object.keys(nodes).length === 0 ? null : nodes;
}

function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let left = MAX_PROFILE_BYTES; left > 0; ) {
      const part = Buffer.alloc(Math.min(left, 1024 * 1024));
      const length = readSync(file, part);
      if (length === 0) break;
      parts.push(part.subarray(0, length));
      left -= length;
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(file);
  }
}

function parseEvent(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
