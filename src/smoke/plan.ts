import { posix } from 'node:path';
import { RepoError } from '../errors.js';
import { isMapping, own } from '../mapping.js';
import { MAX_CONFIG_BYTES } from '../repo/json-file.js';
import type { Repo, RepoFile } from '../repo/repo.js';
import { findTask, TASKS } from '../tasks/index.js';
import type { Example, Inference, ModelFacts, Task } from '../tasks/task.js';
import { BrokenJsonError, parseJsonFile } from './json.js';
import { chooseModelFile, type ModelFile } from './model-file.js';
import { type ExternalData, type OnnxGraph, readOnnxGraph } from './onnx-graph.js';
import type { SmokeCase, SmokeCheck } from './report.js';
import type { RunnerName } from './session.js';

/** What a smoke inference will do, settled before anything is loaded. */
export type SmokePlan = SkipPlan | FailPlan | RunPlan;

/** Nothing can be run, through no fault of the model; `reason` says what would make it testable. */
export interface SkipPlan {
  readonly kind: 'skip';
  readonly reason: string;
}

/** A fault that the files show without an inference. */
export interface FailPlan {
  readonly kind: 'fail';
  readonly reason: string;
  readonly runner: RunnerName | null;
  readonly files: readonly RepoFile[];
  readonly checks: readonly SmokeCheck[];
}

/** A case to run. */
export interface PlannedCase extends Example {
  readonly source: SmokeCase['source'];
}

/** An inference that can be run: what is loaded, what is asked, what was checked already. */
export interface RunPlan {
  readonly kind: 'run';
  readonly task: Task;
  readonly runner: RunnerName;
  /** The graph. */
  readonly model: string;
  readonly dtype: string;
  /** Everything that is loaded. */
  readonly files: readonly RepoFile[];
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly cases: readonly PlannedCase[];
  /** Widget examples that do not fit the task. */
  readonly faulty: readonly { readonly example: unknown; readonly message: string }[];
  readonly probes: readonly Inference[];
  /** What was checked already. */
  readonly checks: readonly SmokeCheck[];
  /** JSON files that are checked before the model is loaded. */
  readonly json: readonly string[];
  /** Rows of the embedding, as the graph shows them; null when it does not. */
  readonly tokenRows: number | null;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly repo: Repo;
  /** Null when they are unknown. */
  readonly files: readonly RepoFile[] | null;
  /** Pipeline tag; null when no task was detected. */
  readonly task: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Inputs of the user, which take the place of the card's examples. */
  readonly inputs: readonly unknown[];
  /** A variant of the graph, such as `q8`; the one with full precision when absent. */
  readonly dtype?: string;
}

/** Most widget examples that are run. */
const MAX_EXAMPLES = 10;
/** A Git LFS pointer is at most this long (git-lfs spec). */
const MAX_POINTER_BYTES = 1024;
/** Files that transformers.js reads where they exist, whether they are in the list or not. */
const OPTIONAL = [
  'generation_config.json',
  'preprocessor_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
];
const POINTER = 'version https://git-lfs.github.com/spec/v1';

/**
 * Decides what to run from the list of files and a few small reads: runner, graph, variant, inputs. Finds the faults that
 * need no inference: missing files, Git LFS pointers instead of weights, broken JSON, a graph that is cut off.
 */
export async function planSmoke(input: PlanInput): Promise<SmokePlan> {
  const { repo, files } = input;
  if (input.task === null) {
    return skip('No task was detected. Set pipeline_tag in the card to have the model run.');
  }
  const task = findTask(input.task);
  if (task === undefined) {
    return skip(
      `There is no smoke inference for ${input.task} yet. It exists for ${[...TASKS.keys()].join(' and ')}.`,
    );
  }
  if (files === null)
    return skip('The files of the repository are unknown. Name its folder to have the model run.');
  if (repo.root === null) {
    return skip('The files are not on this machine. Download the repository and name its folder.');
  }

  const runner: RunnerName = task.runs.transformers === undefined ? 'onnx' : 'transformers';
  const fail = (
    reason: string,
    loaded: readonly RepoFile[] = [],
    checks: readonly SmokeCheck[] = [],
  ): FailPlan => ({
    kind: 'fail',
    reason,
    runner,
    files: loaded,
    checks,
  });
  const has = (path: string) => files.find((file) => file.path === path);

  const config = await readJson(repo, has('config.json'));
  if (config.kind === 'broken') return fail(config.reason);
  const chosen = chooseModelFile(files, config.value, input.dtype);
  if (chosen.kind === 'none')
    return chosen.reason.fault ? fail(chosen.reason.text) : skip(chosen.reason.text);

  for (const { path, remedy } of task.needs) {
    if (has(path) !== undefined) continue;
    // A link that leads out of the repository is not in the list either.
    const reason = (await findOutside(repo, [path])) ?? `${path} is missing. ${remedy}`;
    return fail(reason, [chosen.file]);
  }
  const needed = task.needs.flatMap(({ path }) => has(path) ?? []);
  const pointer = await findPointer(repo, [chosen.file, ...needed]);
  if (pointer !== null) return fail(pointer, [chosen.file]);

  const graph = await readGraph(repo, chosen);
  if (graph.kind === 'broken') return fail(graph.reason, [chosen.file]);
  const external = locateExternalData(graph.graph, chosen, files);
  if (external.kind === 'broken') return fail(external.reason, [chosen.file]);
  const loaded = [chosen.file, ...external.files.keys(), ...needed];
  const unfit =
    (await findOutside(repo, [...loaded.map(({ path }) => path), ...OPTIONAL])) ??
    (await findPointer(repo, [...external.files.keys()])) ??
    findShort(external.files);
  if (unfit !== null) return fail(unfit, loaded);

  const model: ModelFacts = { config: isMapping(config.value) ? config.value : null, graph: graph.graph };
  const checks = task.checkModel(model);
  const { cases, faulty, fault } = planCases(task, model, input);
  if (fault !== undefined) return fail(fault, loaded, checks);
  return {
    kind: 'run',
    task,
    runner,
    model: chosen.file.path,
    dtype: chosen.dtype,
    files: loaded,
    config: model.config,
    cases,
    faulty,
    probes: task.contrast(cases, model),
    checks,
    json: needed.map(({ path }) => path).filter((path) => path.endsWith('.json') && path !== 'config.json'),
    tokenRows: graph.graph?.tokenRows ?? null,
  };
}

function skip(reason: string): SkipPlan {
  return { kind: 'skip', reason };
}

interface Cases {
  readonly cases: readonly PlannedCase[];
  readonly faulty: RunPlan['faulty'];
  readonly fault?: string;
}

/** The user's inputs, else the card's examples that fit, else the defaults of the task. */
function planCases(task: Task, model: ModelFacts, { inputs, metadata }: PlanInput): Cases {
  const cases: PlannedCase[] = [];
  const shared = task.readParameters(own(own(metadata, 'inference'), 'parameters'));
  const parameters = shared.ok ? shared.value : {};
  for (const [index, input] of inputs.entries()) {
    const inference = task.readRequest(input, model);
    if (!inference.ok) {
      return { cases: [], faulty: [], fault: `Input ${index + 1} does not fit. ${inference.fault.message}` };
    }
    cases.push({
      source: 'user',
      input: inference.value.input,
      parameters: { ...parameters, ...inference.value.parameters },
    });
  }
  if (cases.length > 0) return { cases, faulty: [] };

  const faulty: { example: unknown; message: string }[] = [];
  const examples = own(metadata, 'widget');
  for (const example of Array.isArray(examples) ? examples.slice(0, MAX_EXAMPLES) : []) {
    const read = task.readExample(example, model);
    if (!read.ok) faulty.push({ example, message: read.fault.message });
    else {
      cases.push({
        ...read.value,
        source: 'widget',
        parameters: { ...parameters, ...read.value.parameters },
      });
    }
  }
  if (cases.length === 0) {
    for (const inference of task.defaultInferences(model)) {
      cases.push({ ...inference, parameters, source: 'default' });
    }
  }
  if (cases.length === 0) {
    return {
      cases,
      faulty,
      fault:
        faulty[0]?.message ??
        'Nothing is known of what the model takes. Add a widget example to the card, or give one with --input.',
    };
  }
  return { cases, faulty };
}

type Json =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'broken'; readonly reason: string };

/** Reads config.json; `value` is null when there is none. The tokenizer, which may be larger, is read in the child process. */
async function readJson(repo: Repo, file: RepoFile | undefined): Promise<Json> {
  if (file === undefined) return { kind: 'read', value: null };
  if (file.size > MAX_CONFIG_BYTES) {
    return {
      kind: 'broken',
      reason: `${file.path} has ${file.size} bytes; it is not read beyond ${MAX_CONFIG_BYTES}.`,
    };
  }
  const bytes = await repo.read(file.path, MAX_CONFIG_BYTES);
  if (bytes === null) return { kind: 'read', value: null };
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(POINTER)) return { kind: 'broken', reason: pointerReason(file, text) };
  try {
    return { kind: 'read', value: parseJsonFile(file.path, text) };
  } catch (error) {
    if (error instanceof BrokenJsonError) return { kind: 'broken', reason: error.message };
    throw error;
  }
}

/** Which of some files is only a Git LFS pointer, in a sentence; null when none is. */
async function findPointer(repo: Repo, files: readonly RepoFile[]): Promise<string | null> {
  for (const file of files) {
    if (file.size > MAX_POINTER_BYTES) continue;
    const bytes = await repo.read(file.path, MAX_POINTER_BYTES);
    const text = bytes === null ? '' : new TextDecoder().decode(bytes);
    if (text.startsWith(POINTER)) return pointerReason(file, text);
  }
  return null;
}

function pointerReason(file: RepoFile, text: string): string {
  const size = /^size (\d+)$/m.exec(text)?.[1];
  return `${file.path} is a Git LFS pointer of ${file.size} bytes, not the file itself${
    size === undefined ? '' : ` (${size} bytes)`
  }. Fetch it with \`git lfs pull\`.`;
}

/** Which of some files lies outside the repository, in a sentence; null when none does. */
async function findOutside(repo: Repo, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await repo.readRange(path, 0, 1);
    } catch (error) {
      if (error instanceof RepoError && error.code === 'outside') return error.message;
      throw error;
    }
  }
  return null;
}

async function readGraph(
  repo: Repo,
  { file }: ModelFile,
): Promise<
  | { readonly kind: 'read'; readonly graph: OnnxGraph | null }
  | { readonly kind: 'broken'; readonly reason: string }
> {
  const found = await readOnnxGraph({
    size: file.size,
    read: async (start, length) => (await repo.readRange(file.path, start, length)) ?? new Uint8Array(0),
  });
  switch (found.kind) {
    case 'graph':
      return { kind: 'read', graph: found.graph };
    case 'too-complex':
      return { kind: 'read', graph: null };
    case 'truncated':
      return {
        kind: 'broken',
        reason: `${file.path} is cut off: it has ${file.size} bytes, but its content needs at least ${found.bytes}. Upload it again.`,
      };
    case 'not-onnx':
      return { kind: 'broken', reason: `${file.path} is no ONNX graph: ${found.detail}. Export it again.` };
  }
}

type External =
  | {
      readonly kind: 'found';
      /** The files that hold weights, each with what the graph needs of it. */
      readonly files: ReadonlyMap<RepoFile, readonly ExternalData[]>;
    }
  | { readonly kind: 'broken'; readonly reason: string };

/** Finds the files that hold a graph's weights. */
function locateExternalData(
  graph: OnnxGraph | null,
  { file }: ModelFile,
  files: readonly RepoFile[],
): External {
  const found = new Map<RepoFile, ExternalData[]>();
  for (const data of graph?.external ?? []) {
    const { location } = data;
    const path = posix.normalize(posix.join(posix.dirname(file.path), location));
    if (posix.isAbsolute(location) || path.startsWith('..') || location.includes('\\')) {
      return {
        kind: 'broken',
        reason: `${file.path} refers to weights outside the repository (${location}). Save them beside the graph and export it again.`,
      };
    }
    const holder = files.find((one) => one.path === path);
    if (holder === undefined) {
      return {
        kind: 'broken',
        reason: `The weights of ${file.path} lie in ${path}, which is missing. Upload it too (do not rename it: the graph names it).`,
      };
    }
    const tensors = found.get(holder);
    if (tensors === undefined) found.set(holder, [data]);
    else tensors.push(data);
  }
  return { kind: 'found', files: found };
}

/** Which file of weights is shorter than the graph needs, in a sentence; null when none is. */
function findShort(files: ReadonlyMap<RepoFile, readonly ExternalData[]>): string | null {
  for (const [file, tensors] of files) {
    const short = tensors.find(({ end }) => end !== null && end > file.size);
    if (short !== undefined) {
      return `${file.path} is cut off: the tensor ${short.tensor} reaches to byte ${short.end}, but the file has ${file.size}. Upload it again.`;
    }
  }
  return null;
}
