import { posix } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { isMapping } from '../../mapping.js';
import type { Task } from '../../tasks/task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../dtypes.js';
import type { InferenceJob } from '../protocol.js';
import type { TensorView, TransformersSession } from '../session.js';
import { viewsOf } from './onnx.js';
import { type OpenedModel, summarize } from './opened.js';
import { loadTransformers, readPlacement, sessionOptions } from './runtime.js';

/** The parts of a pipeline that are used here, beside calling it. */
interface Pipeline {
  (input: unknown, options?: Readonly<Record<string, unknown>>): Promise<unknown>;
  readonly model: {
    readonly config: unknown;
    readonly sessions: Readonly<Record<string, InferenceSession>>;
  };
}

type CreatePipeline = (
  task: string,
  model: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<Pipeline>;

/**
 * Prepares a transformers.js pipeline. Resolves when the runtime is imported, to a function that loads the model; both throw
 * what the runtime throws. The model is given as an absolute path (a relative one could be taken for a Hub id), and
 * nothing is ever fetched.
 */
export async function openTransformers(job: InferenceJob, task: Task): Promise<() => Promise<OpenedModel>> {
  const transformers = loadTransformers(false);
  const way = task.runs.transformers;
  if (way === undefined) throw new Error(`${task.tag} does not run on transformers.js.`);
  const { env } = transformers;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.cacheDir = null;
  const create = transformers.pipeline as unknown as CreatePipeline;

  return async () => {
    const folder = posix.dirname(job.model);
    const pipe = await create(way.pipeline, job.root, {
      device: job.device,
      dtype: job.dtype,
      subfolder: folder === '.' ? '' : folder,
      model_file_name: fileName(job),
      local_files_only: true,
      session_options: sessionOptions(job.device),
    });
    let last: Readonly<Record<string, TensorView>> = {};
    for (const session of Object.values(pipe.model.sessions)) {
      const run: (feeds: InferenceSession.OnnxValueMapType) => Promise<InferenceSession.OnnxValueMapType> =
        session.run.bind(session);
      // The pipeline keeps the raw outputs to itself; the checks need them.
      session.run = async (feeds: InferenceSession.OnnxValueMapType) => {
        const outputs = await run(feeds);
        last = viewsOf(outputs);
        return outputs;
      };
    }
    const opened: TransformersSession = {
      runner: 'transformers',
      config: isMapping(pipe.model.config) ? pipe.model.config : {},
      async call(input, options = {}) {
        last = {};
        const output = await pipe(input, options);
        return { output, tensors: last };
      },
    };
    return {
      run: (inference) => way.run(opened, inference),
      summaries: () => summarize(last),
      placement() {
        for (const session of Object.values(pipe.model.sessions)) session.endProfiling();
        return readPlacement();
      },
    };
  };
}

/** `model_file_name` of transformers.js: the graph's name without the suffix of the dtype. */
function fileName({ model, dtype }: InferenceJob): string {
  const suffix = Object.hasOwn(DTYPE_SUFFIXES, dtype) ? DTYPE_SUFFIXES[dtype as Dtype] : '';
  const base = posix.basename(model, '.onnx');
  return suffix !== '' && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
}
