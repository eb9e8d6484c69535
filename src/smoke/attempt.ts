import { dirname } from 'node:path';
import { RepoError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { slashedWay } from '../slashed-path.js';
import type { KnownFolders } from './causes.js';
import { type Heard, hear, isLast, NOTHING_HEARD } from './hearing.js';
import { mostMemory, TIMEOUT_MS } from './limits.js';
import { commonFolder } from './plan/base-model.js';
import type { PlannedCase } from './plan/cases.js';
import type { PlannedVariant, RunPlan } from './plan/plan.js';
import type { BuiltModel } from './plan/weights.js';
import { type BuiltJob, type InferenceJob, isMessage, type Message } from './protocol.js';
import type { Device, DeviceRequest } from './report.js';
import type { Sandbox, SandboxEnd } from './sandbox.js';
import type { SmokeOptions } from './smoke.js';

const LOAD_TIMEOUT_MS = 120_000;
const CASE_TIMEOUT_MS = 60_000;
/** How long the runtime may take to be imported, in milliseconds. */
const SETUP_TIMEOUT_MS = 60_000;
const GIB = 1024 ** 3;
/** Most bytes of files that inputs name, all together, and of one of them. */
const MAX_MEDIA_BYTES = 128 * 1024 * 1024;
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** What is run of a plan, and how. */
export interface AttemptInput {
  readonly plan: RunPlan;
  readonly variant: PlannedVariant;
  readonly repo: Repo;
  /** Real paths: the folder of the repository, then the others its files may lie in. */
  readonly fences: readonly [string, ...string[]];
  readonly device: Device;
  readonly requested: DeviceRequest;
  readonly optimized: boolean;
  /** The first attempt of a plan: with probes, and the pictures and sounds of the answers. */
  readonly main: boolean;
  /** The files that the inputs name, by path, in base64. */
  readonly media: Readonly<Record<string, string>>;
  /** As `performance.now()` counts. */
  readonly deadline: number;
}

/** A run of a plan, as the parent saw it. */
export interface Attempt {
  readonly variant: PlannedVariant;
  readonly device: Device;
  readonly requested: DeviceRequest;
  readonly optimized: boolean;
  readonly heard: Heard;
  readonly end: SandboxEnd;
  readonly limits: { readonly memoryBytes: number; readonly totalMs: number };
  /** How long it took, from the job to the end of the child. */
  readonly tookMs: number;
  readonly peakRssBytes: number | null;
  readonly folders: KnownFolders;
  /** The end of what the child wrote to stdout and stderr. */
  readonly written: string;
}

/** Runs a variant of a plan on a device, in a child that has been started. */
export async function attempt(input: AttemptInput, child: Sandbox, options: SmokeOptions): Promise<Attempt> {
  const { plan, variant, repo, fences, device, main } = input;
  const { signal } = options;
  const memoryLimitBytes = options.memoryLimitBytes ?? usualMemoryLimit(loadedFiles(variant), device);
  const loadMs = options.loadTimeoutMs ?? LOAD_TIMEOUT_MS;
  const caseMs = options.caseTimeoutMs ?? CASE_TIMEOUT_MS;
  const job: InferenceJob = {
    ...loadingJob(input, memoryLimitBytes),
    cases: plan.cases.map(({ input, parameters, output }) => ({
      input,
      parameters,
      ...(output === undefined || !main ? {} : { expected: output }),
    })),
    probes: main ? plan.probes : [],
    wantFiles: main && (options.onFile !== undefined || options.saveOutputs !== undefined),
    json: main ? plan.json : [],
    tokenRows: main ? plan.tokenRows : null,
  };
  const asked = { cases: job.cases.length, probes: job.probes.length };
  let heard: Heard = NOTHING_HEARD;
  /** What a listener of the caller threw; in an event of the child it would end the whole process. */
  let thrown: { readonly error: unknown } | undefined;
  const start = performance.now();
  const end = await child.run(job, {
    memoryLimitBytes,
    totalMs: Math.max(1, input.deadline - performance.now()),
    ...(signal === undefined ? {} : { signal }),
    onMessage(value, allow) {
      if (!isMessage(value)) return false;
      const next = hear(heard, value, asked);
      if (next === null) return false;
      // The first case is repeated for its time; telling once is enough.
      const again = value.type === 'running' && value.role === 'repeat' && heard.repeats.length > 0;
      heard = next;
      if (value.type === 'stage') allow(value.stage === 'setup' ? SETUP_TIMEOUT_MS : loadMs);
      else if (value.type === 'running') allow(caseMs);
      try {
        if (!again) tell(value, input, options.onProgress);
      } catch (error) {
        thrown = { error };
      }
      return thrown !== undefined || isLast(value);
    },
  });
  const tookMs = performance.now() - start;
  if (thrown !== undefined) throw thrown.error;
  signal?.throwIfAborted();
  // The child’s own watchdog may see what lies between two looks of the parent.
  const seen = [child.peakRssBytes(), heard.peakRssBytes, heard.overMemory];
  const peaks = seen.filter((peak) => peak !== null);
  return {
    variant,
    device,
    requested: input.requested,
    optimized: input.optimized,
    heard,
    end,
    limits: { memoryBytes: memoryLimitBytes, totalMs: options.timeoutMs ?? TIMEOUT_MS },
    tookMs,
    peakRssBytes: peaks.length === 0 ? null : Math.max(...peaks),
    folders: { root: fences[0], others: [...(repo.root === null ? [] : [repo.root]), child.folder] },
    written: child.written(),
  };
}

/** The part of an attempt that says what is loaded, and how. */
export type Loading = Pick<
  AttemptInput,
  'plan' | 'variant' | 'fences' | 'device' | 'optimized' | 'main' | 'media'
>;

/** A job that loads a variant of a plan, and runs nothing. */
export function loadingJob(loading: Loading, memoryLimitBytes: number): InferenceJob {
  const { plan, variant, fences, device } = loading;
  return {
    kind: 'inference',
    task: plan.task.tag,
    way: plan.task.ways.indexOf(plan.way),
    root: fences[0],
    fences,
    graphs: variant.graphs,
    dtypes: variant.dtypes,
    ...(variant.built === undefined ? {} : { built: builtJob(variant.built, fences, loading.main) }),
    ...(plan.tokenizer === undefined ? {} : { tokenizer: plan.tokenizer }),
    device,
    optimized: loading.optimized,
    config: plan.config,
    cases: [],
    probes: [],
    media: loading.media,
    wantFiles: false,
    json: [],
    tokenRows: null,
    memoryLimitBytes,
  };
}

/** The runtime follows the links of the Hugging Face cache inside of the folder it is told, and they lead to one beside the repository. */
function builtJob(
  { placed, className, longest, numbers, check, base }: BuiltModel,
  fences: AttemptInput['fences'],
  main: boolean,
): BuiltJob {
  const [root] = fences;
  const folder = commonFolder([holderOf(fences), ...(base === undefined ? [] : [holderOf(base.fences)])]);
  const prefixOf = (path: string) => (path === folder ? '' : `${slashedWay(folder, path)}/`);
  const prefixes = [root, base?.fences[0] ?? root].map(prefixOf);
  const graphs = Object.entries(placed(prefixes[0] ?? '', prefixes[1] ?? '')).map(([role, bytes]) => [
    role,
    Buffer.from(bytes).toString('base64'),
  ]);
  return {
    graphs: Object.fromEntries(graphs),
    folder,
    className,
    longest,
    numbers: main ? numbers : [],
    fits: check.message,
    ...(base === undefined ? {} : { base: { generation: base.generation } }),
  };
}

/** The folder that a repository and what its links lead to lie in. */
function holderOf(fences: AttemptInput['fences']): string {
  return fences.length === 1 ? fences[0] : dirname(dirname(fences[0]));
}

/** All that is loaded of a variant: its files, and those of the model that it is an adapter of. */
export function loadedFiles({ files, built }: Pick<PlannedVariant, 'files' | 'built'>): readonly RepoFile[] {
  return [...files, ...(built?.base?.files ?? [])];
}

function tell(
  message: Message,
  { plan, variant }: AttemptInput,
  onProgress: SmokeOptions['onProgress'],
): void {
  if (message.type === 'stage') {
    onProgress?.({
      stage: message.stage,
      ...(message.stage === 'load' ? { detail: Object.values(variant.graphs).join(', ') } : {}),
    });
  } else if (message.type === 'running') {
    const detail =
      message.role === 'case' ? caseName(plan.cases[message.index], message.index) : message.role;
    onProgress?.({ stage: 'run', detail });
  }
}

function caseName(planned: PlannedCase | undefined, index: number): string {
  return planned?.title ?? `${planned?.source ?? 'case'} ${index + 1}`;
}

/** The memory limit when the user gives none, in bytes. */
export function usualMemoryLimit(files: readonly RepoFile[], device: Device): number {
  const weights = files.reduce((sum, { size }) => sum + size, 0);
  const wanted = 2 * GIB + 4 * weights + (device === 'cpu' ? 0 : 2 * GIB);
  return Math.min(wanted, mostMemory());
}

/**
 * Reads the files of the repository that inputs and shown outputs name (`{kind: 'file', path}`), behind the fences of the
 * repository: the child is given their bytes. What cannot be read, or is too large, is left out.
 */
export async function readInputFiles(
  repo: Repo,
  { cases, probes }: RunPlan,
): Promise<Readonly<Record<string, string>>> {
  const files = new Map<string, string>();
  let left = MAX_MEDIA_BYTES;
  const inputs = [...cases, ...probes].map(({ input }) => input);
  const shown = cases.map(({ output }) => own(output, 'file'));
  for (const path of new Set(namedPaths([...inputs, ...shown]))) {
    const most = Math.min(MAX_FILE_BYTES, left);
    const bytes = await readOrNull(repo, path, most + 1);
    if (bytes === null || bytes.byteLength > most) continue;
    left -= bytes.byteLength;
    files.set(path, Buffer.from(bytes).toString('base64'));
  }
  return Object.fromEntries(files);
}

async function readOrNull(repo: Repo, path: string, limit: number): Promise<Uint8Array | null> {
  try {
    return await repo.read(path, limit);
  } catch (error) {
    // The case that needs it fails; the others can still be run.
    if (error instanceof RepoError) return null;
    throw error;
  }
}

/** The paths in all `{kind: 'file', path}` of some values. */
function namedPaths(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value): readonly string[] => {
    if (Array.isArray(value)) return namedPaths(value);
    if (!isMapping(value)) return [];
    if (value.kind === 'file' && typeof value.path === 'string') return [value.path];
    return namedPaths(Object.values(value));
  });
}
