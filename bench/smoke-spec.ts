/** What a bare script must run to do what a smoke inference does: read from the plan of the smoke inference itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, posix } from 'node:path';
import { isMapping } from '../src/mapping.js';
import { openFolder } from '../src/repo/local.js';
import { cardAndTask } from '../src/smoke/card-and-task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../src/smoke/dtypes.js';
import { encodeWav } from '../src/smoke/media/encode-wav.js';
import { encodePng } from '../src/smoke/media/image.js';
import {
  SAMPLE_PICTURES,
  SAMPLE_SOUNDS,
  samplePicture,
  sampleSound,
  sampleVideo,
} from '../src/smoke/media/samples.js';
import { type PlannedVariant, planSmoke, type RunPlan } from '../src/smoke/plan/plan.js';
import { smokeTest } from '../src/smoke/smoke.js';
import { place } from './measure.js';

/** A script beside this file, and the path of what it is to run. */
export interface Bare {
  readonly name: string;
  readonly folder: string;
  readonly dtype: string;
  /** Arguments of node. */
  readonly args: readonly string[];
}

const made = mkdtempSync(join(tmpdir(), 'validate-card-bench-'));
process.once('exit', () => rmSync(made, { recursive: true, force: true }));

/** The bare scripts for each variant of a fixture, the one of full precision first; null when the model is not run. */
export async function bareScripts(folder: string): Promise<readonly Bare[] | null> {
  const repo = await openFolder(folder, { kind: 'folder', path: folder });
  const files = await repo.list();
  const { metadata, task } = await cardAndTask(repo, files, {});
  const plan = await planSmoke({ repo, files, metadata, task, inputs: [] });
  if (plan.kind !== 'run') return null;
  // Probes run only where the cases do not show that answers differ: one run tells.
  let probed = false;
  const [first] = plan.variants;
  await smokeTest(repo, {
    device: 'cpu',
    dtypes: [first.dtype],
    onProgress: ({ detail }) => {
      probed ||= detail === 'probe';
    },
  });
  return Promise.all(
    plan.variants.map((variant, index) => bareScript(folder, plan, variant, probed && index === 0)),
  );
}

async function bareScript(
  folder: string,
  plan: RunPlan,
  variant: PlannedVariant,
  probed: boolean,
): Promise<Bare> {
  const inferences = [...plan.cases, ...(probed ? plan.probes : [])];
  const calls = await Promise.all(
    inferences.map(async ({ input, parameters }) => ({ input: await withFiles(input, folder), parameters })),
  );
  const spec = {
    folder,
    task: plan.task.tag === 'conversational' ? 'text-generation' : plan.task.tag,
    pipeline:
      plan.task.tag === 'zero-shot-classification'
        ? plan.task.tag
        : 'pipeline' in plan.way
          ? plan.way.pipeline
          : null,
    graphs: variant.graphs,
    options: optionsOf(variant),
    calls,
  };
  const path = join(made, `${basename(folder)}-${variant.dtype}.json`);
  writeFileSync(path, JSON.stringify(spec));
  const script = place(`bare/${plan.way.runner}.mjs`);
  return { name: basename(folder), folder, dtype: variant.dtype, args: [script, path] };
}

/** Options of a transformers.js pipeline for a variant. */
function optionsOf({ graphs, dtypes }: PlannedVariant): Readonly<Record<string, unknown>> {
  const { model } = graphs;
  if (model === undefined || dtypes.model === undefined) return { dtype: 'fp32' };
  const suffix = DTYPE_SUFFIXES[dtypes.model as Dtype] ?? '';
  const folder = posix.dirname(model);
  return {
    dtype: dtypes.model,
    subfolder: folder === '.' ? '' : folder,
    model_file_name: basename(model, `${suffix}.onnx`),
  };
}

/** An input with the paths of files in the place of pictures, sounds and videos; what is made by a formula is written to files. */
async function withFiles(value: unknown, folder: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => withFiles(item, folder)));
  if (!isMapping(value)) return value;
  if (value.kind === 'file' && typeof value.path === 'string') {
    const path = join(folder, value.path);
    return { [/\.gif$/.test(path) ? 'video' : /\.wav$/.test(path) ? 'sound' : 'picture']: path };
  }
  if (value.kind === 'sample' && typeof value.name === 'string') return writeSample(value.name);
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await withFiles(item, folder)] as const),
  );
  return Object.fromEntries(entries);
}

async function writeSample(name: string): Promise<Readonly<Record<string, string>>> {
  const write = (ending: string, bytes: Uint8Array) => {
    const path = join(made, `${name}.${ending}`);
    writeFileSync(path, bytes);
    return path;
  };
  // Some names are both a picture's and a sound's.
  const both: Record<string, string> = {};
  if ((SAMPLE_PICTURES as readonly string[]).includes(name)) {
    both.picture = write('png', await encodePng(samplePicture(name)));
  }
  if ((SAMPLE_SOUNDS as readonly string[]).includes(name))
    both.sound = write('wav', encodeWav(sampleSound(name)));
  if (Object.keys(both).length > 0) return both;
  const [frame] = sampleVideo(name);
  if (frame === undefined) throw new Error(`no sample ${name}`);
  return { video: write('png', await encodePng(frame)) };
}
