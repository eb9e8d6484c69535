import type { InferenceSession } from 'onnxruntime-node';
import { isMapping, own } from '../../mapping.js';
import type { TransformersWay } from '../../tasks/task.js';
import type { BuiltJob, InferenceJob } from '../protocol.js';
import { readJson } from './onnx.js';
import type { Transformers } from './parts.js';
import { loadOnnxRuntime, sessionOptions } from './runtime.js';

/** What a model writes with when it is not told otherwise. */
const GENERATION = 'generation_config.json';

const PREPROCESSOR = 'preprocessor_config.json';

/** Keys of it that name what prepares inputs. */
const NAMES = ['feature_extractor_type', 'image_processor_type'];

/** What prepares recordings by `model_type` (`FEATURE_EXTRACTOR_MAPPING_NAMES` of transformers). */
const EXTRACTORS: Readonly<Record<string, string>> = {
  wav2vec2: 'Wav2Vec2FeatureExtractor',
  hubert: 'Wav2Vec2FeatureExtractor',
};

/** Classes that transformers.js lacks, and others of it that do the same with a graph. */
const STAND_INS: Readonly<Record<string, string>> = {
  AlbertForTokenClassification: 'BertForTokenClassification',
};

/** What transformers.js calls sessions that have another role. */
const SESSIONS: Readonly<Record<string, string>> = { encoder_model: 'model' };

/**
 * Loads graphs whose weights stay in their safetensors files, and hands it to the classes of transformers.js: nothing is written to disk, and
 * float32 weights are not copied in memory either. Throws what the runtimes throw.
 */
export async function loadBuilt(
  transformers: Transformers,
  { pipeline, needs }: TransformersWay<unknown, unknown>,
  built: BuiltJob,
  job: InferenceJob,
): Promise<unknown> {
  const sessions: Record<string, InferenceSession> = {};
  for (const [role, graph] of Object.entries(built.graphs)) {
    const options = builtOptions(built, job);
    const session = await loadOnnxRuntime().InferenceSession.create(Buffer.from(graph, 'base64'), options);
    // What transformers.js asks of a session that it has made itself.
    Object.assign(session, { config: { dtype: 'fp32', device: job.device } });
    limitLength(session, built.longest);
    sessions[SESSIONS[role] ?? role] = session;
  }
  const load = (part: 'AutoConfig' | 'AutoTokenizer' | 'AutoProcessor', file: RegExp) =>
    needs.some(({ path }) => file.test(path))
      ? transformers[part].from_pretrained(job.root, { local_files_only: true })
      : null;
  const [config, tokenizer, processor] = await Promise.all([
    // An adapter has the config.json of its base model, which is in the job.
    built.base === undefined
      ? load('AutoConfig', /^config\.json$/)
      : new transformers.PretrainedConfig(job.config ?? {}),
    load('AutoTokenizer', /^tokenizer/),
    namelessExtractor(transformers, job) ?? load('AutoProcessor', /^preprocessor_config\.json$/),
  ]);
  const parts = {
    ...(tokenizer === null ? {} : { tokenizer }),
    ...(processor === null ? {} : { processor }),
  };
  const Model = transformers[STAND_INS[built.className] ?? built.className];
  const Pipeline = transformers[classOf(pipeline)];
  if (typeof Model !== 'function' || typeof Pipeline !== 'function') {
    throw new Error(`This release of transformers.js has no ${built.className} or no ${classOf(pipeline)}.`);
  }
  const generation = readJson(job, [GENERATION])[GENERATION] ?? built.base?.generation;
  const configs = { generation_config: generation ?? null };
  const model: unknown = Reflect.construct(Model, [config, sessions, configs]);
  return Reflect.construct(Pipeline, [{ task: pipeline, model, ...parts }]);
}

/**
 * The feature extractor of a model whose preprocessor_config.json does not name one, as those of 2021 do not: transformers takes that of the
 * model type, transformers.js none. Null where one is named.
 */
function namelessExtractor(transformers: Transformers, job: InferenceJob): unknown {
  const { [PREPROCESSOR]: settings, 'config.json': config } = readJson(job, [PREPROCESSOR, 'config.json']);
  if (!isMapping(settings) || NAMES.some((key) => typeof settings[key] === 'string')) return null;
  const type = String(own(config, 'model_type'));
  const Extractor = Object.hasOwn(EXTRACTORS, type) ? transformers[EXTRACTORS[type] ?? ''] : undefined;
  return typeof Extractor === 'function' ? Reflect.construct(Extractor, [settings]) : null;
}

/** Makes a run fail that is longer than what the graph is right for: the runtime would answer, and nobody would see that it is wrong. */
function limitLength(session: InferenceSession, longest: number): void {
  const run = session.run.bind(session) as (
    ...args: readonly unknown[]
  ) => ReturnType<InferenceSession['run']>;
  session.run = (feeds: InferenceSession.OnnxValueMapType, ...rest: readonly unknown[]) => {
    const length = feeds.attention_mask?.dims[1] ?? 0;
    if (length > longest) {
      throw new Error(`The text has ${length} tokens, and the model takes ${longest} at most.`);
    }
    return run(feeds, ...rest);
  };
}

/** Options for a session with its weights in place. */
function builtOptions(built: BuiltJob, job: InferenceJob): InferenceSession.SessionOptions {
  const usual = sessionOptions(job);
  return {
    ...usual,
    // Half precision is widened once while the graph is loaded, not on every run.
    graphOptimizationLevel:
      usual.graphOptimizationLevel === 'disabled' &&
      Object.values(job.dtypes).some((dtype) => dtype !== 'fp32')
        ? 'basic'
        : (usual.graphOptimizationLevel ?? 'basic'),
    extra: {
      session: {
        ...(usual.extra?.session as Readonly<Record<string, string>> | undefined),
        model_external_initializers_file_folder_path: built.folder,
        // Else each matrix is copied into another order, for runs that a smoke inference does not have.
        ...(job.optimized ? {} : { disable_prepacking: '1' }),
      },
    },
  };
}

/** The class of a pipeline: `text2text-generation` is `Text2TextGenerationPipeline`. */
function classOf(pipeline: string): string {
  const words = pipeline.replace(/(?:^|-|(?<=\d))([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `${words}Pipeline`;
}
