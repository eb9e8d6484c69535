import { posix } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { isMapping } from '../../mapping.js';
import type { TransformersWay } from '../../tasks/task.js';
import { DTYPE_SUFFIXES, type Dtype } from '../dtypes.js';
import type { InferenceJob } from '../protocol.js';
import type { GenerationHooks, Processor, Tensors, Tokenizer, TransformersSession } from '../session.js';
import { provideTokenizer } from './built-tokenizer.js';
import { chatTemplate } from './chat-template.js';
import { joinServed } from './joined-runs.js';
import { openMedia } from './media.js';
import { graphValue, readJson, viewsOf } from './onnx.js';
import { type OpenedModel, outputLog } from './opened.js';
import {
  fromRawImage,
  isPicture,
  processorOf,
  type RawTensor,
  type Transformers,
  tokenizerOf,
  toRaw,
  toRawImage,
  viewOf,
  viewsOfRaw,
} from './parts.js';
import { loadTransformers, profileFirstRun, readPlacement, sessionOptions } from './runtime.js';
import { loadBuilt } from './safetensors.js';

/** The parts of a pipeline that are used here, beside calling it. */
interface Pipeline {
  (...input: readonly unknown[]): Promise<unknown>;
  readonly tokenizer?: unknown;
  readonly processor?: unknown;
  readonly model: ((feeds: unknown) => Promise<Readonly<Record<string, unknown>>>) & {
    readonly config: unknown;
    readonly generation_config?: unknown;
    generate(options: Readonly<Record<string, unknown>>): Promise<RawTensor>;
    readonly sessions: Readonly<Record<string, InferenceSession>>;
  };
}

/**
 * Prepares a transformers.js pipeline. Resolves when the runtime is imported, to a function that loads the model; both throw
 * what the runtime throws. The model is given as an absolute path (a relative one could be taken for a Hub id), and
 * nothing is ever fetched.
 */
export async function openTransformers(
  job: InferenceJob,
  way: TransformersWay<unknown, unknown>,
): Promise<() => Promise<OpenedModel>> {
  const transformers = loadTransformers(way.images === true);

  return async () => {
    const tokenizerBuilt = provideTokenizer(transformers, job);
    const pipe =
      job.built !== undefined
        ? ((await loadBuilt(transformers, way, job.built, job)) as Pipeline)
        : way.model === undefined
          ? ((await transformers.pipeline(way.pipeline, job.root, pipelineOptions(job))) as Pipeline)
          : await loadParts(transformers, way.model, job);
    // Without a tokenizer_config.json a pipeline looks for no tokenizer.
    if (tokenizerBuilt !== null) Object.assign(pipe, { tokenizer: pipe.tokenizer ?? tokenizerBuilt });
    const runModel = async (feeds: Tensors) => viewsOfRaw(await pipe.model(toRaw(transformers, feeds)));
    const log = outputLog();
    const sessions = Object.values(pipe.model.sessions);
    const ends = sessions.map((session) => profileFirstRun(session, job));
    const [only] = sessions;
    const joined =
      only === undefined || sessions.length > 1
        ? null
        : joinServed(job, way, () => tokenizerOf(pipe.tokenizer), {
            inputs: only.inputMetadata.map(graphValue),
            outputs: only.outputMetadata.map(graphValue),
            run: runModel,
          });
    for (const session of joined === null ? sessions : []) {
      const run: (feeds: InferenceSession.OnnxValueMapType) => Promise<InferenceSession.OnnxValueMapType> =
        session.run.bind(session);
      // The pipeline keeps the raw outputs to itself; the checks need them.
      session.run = async (feeds: InferenceSession.OnnxValueMapType) => {
        const outputs = await run(feeds);
        log.record(viewsOf(outputs));
        return outputs;
      };
    }
    let tokenizer: Tokenizer | undefined;
    let processor: Processor | undefined;
    const opened: TransformersSession = {
      runner: 'transformers',
      config: isMapping(pipe.model.config) ? pipe.model.config : {},
      inputs: ((pipe.model.sessions.model ?? sessions[0])?.inputMetadata ?? []).map(graphValue),
      json: readJson(job, way.json),
      media: openMedia(job),
      async call(...args) {
        const output = await pipe(...args.map((arg) => withRawImages(transformers, arg)));
        return { output, tensors: log.last() };
      },
      model: joined?.run ?? runModel,
      generationConfig: isMapping(pipe.model.generation_config) ? pipe.model.generation_config : {},
      generate: async (feeds, options, hooks) => {
        const ids = await pipe.model.generate({
          ...toRaw(transformers, feeds),
          ...options,
          ...followed(hooks),
        });
        return Array.from(viewOf(ids).data, Number);
      },
      get tokenizer() {
        tokenizer ??= tokenizerOf(pipe.tokenizer, chatTemplate(job.root));
        return tokenizer;
      },
      get processor() {
        processor ??= processorOf(transformers, pipe.processor);
        return processor;
      },
      toPicture: fromRawImage,
    };
    return {
      together: joined !== null,
      run(inference, following, as) {
        const asked = as?.runner === 'transformers' ? as : way;
        if (joined !== null) return joined.during(() => asked.run(opened, inference, following));
        log.reset();
        return asked.run(opened, inference, following);
      },
      summaries: log.summaries,
      placement() {
        for (const end of ends) end();
        return readPlacement();
      },
    };
  };
}

/** Loads a model with its processor, where there is no pipeline. */
async function loadParts(
  transformers: Transformers,
  model: NonNullable<TransformersWay<unknown, unknown>['model']>,
  job: InferenceJob,
): Promise<Pipeline> {
  const processor = await transformers.AutoProcessor.from_pretrained(job.root, { local_files_only: true });
  const loaded = await transformers[model].from_pretrained(job.root, pipelineOptions(job));
  const call = () => Promise.reject(new Error('There is no pipeline for this task.'));
  return Object.assign(call, {
    tokenizer: (processor as { readonly tokenizer?: unknown }).tokenizer,
    processor,
    model: loaded as Pipeline['model'],
  });
}

/**
 * Hooks as transformers.js takes them. It draws tokens itself, from what processors leave of the scores: the one that was
 * chosen.
 */
function followed(hooks: GenerationHooks): Readonly<Record<string, unknown>> {
  const numbers = (ids: readonly (readonly (number | bigint)[])[]) => (ids[0] ?? []).map(Number);
  return {
    do_sample: false,
    num_beams: 1,
    num_return_sequences: 1,
    return_dict_in_generate: false,
    logits_processor: [
      (ids: readonly (readonly bigint[])[], scores: RawTensor) => {
        const row = scores.data as Float32Array;
        const chosen = hooks.choose(numbers(ids), row);
        row.fill(Number.NEGATIVE_INFINITY);
        row[chosen] = 0;
        return scores;
      },
    ],
    stopping_criteria: [(ids: readonly (readonly bigint[])[]) => [hooks.done(numbers(ids))]],
  };
}

function pipelineOptions(job: InferenceJob): Readonly<Record<string, unknown>> {
  const [first = ''] = Object.values(job.graphs);
  const folder = posix.dirname(first);
  const single = job.graphs.model;
  const byName = Object.entries(job.graphs).map(([role, path]) => [
    baseName(path, job.dtypes[role]),
    job.dtypes[role],
  ]);
  return {
    device: job.device,
    dtype: single === undefined ? Object.fromEntries(byName) : job.dtypes.model,
    subfolder: folder === '.' ? '' : folder,
    ...(single === undefined ? {} : { model_file_name: baseName(single, job.dtypes.model) }),
    local_files_only: true,
    session_options: sessionOptions(job),
  };
}

/** The name of a graph for transformers.js: without the suffix of the dtype. */
function baseName(path: string, dtype: string | undefined): string {
  const suffix =
    dtype !== undefined && Object.hasOwn(DTYPE_SUFFIXES, dtype) ? DTYPE_SUFFIXES[dtype as Dtype] : '';
  const base = posix.basename(path, '.onnx');
  return suffix !== '' && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
}

/** An argument of a pipeline, with the pictures in it as transformers.js has them. */
function withRawImages(transformers: Transformers, value: unknown): unknown {
  if (isPicture(value)) return toRawImage(transformers, value);
  return Array.isArray(value) ? value.map((item) => withRawImages(transformers, item)) : value;
}
