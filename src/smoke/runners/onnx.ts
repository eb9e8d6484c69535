import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { isMapping } from '../../mapping.js';
import type { OnnxWay } from '../../tasks/task.js';
import { parseJsonFile } from '../json.js';
import type { InferenceJob } from '../protocol.js';
import type {
  Graph,
  GraphValue,
  OnnxSession,
  Processor,
  Tensors,
  TensorType,
  TensorView,
  Tokenizer,
} from '../session.js';
import { provideTokenizer } from './built-tokenizer.js';
import { chatTemplate } from './chat-template.js';
import { clipTokenizerJson } from './clip-tokenizer.js';
import { joinServed } from './joined-runs.js';
import { openMedia } from './media.js';
import { type OpenedModel, outputLog } from './opened.js';
import { processorOf, type Transformers, tokenizerOf } from './parts.js';
import {
  loadOnnxRuntime,
  loadTransformers,
  profileFirstRun,
  readPlacement,
  sessionOptions,
} from './runtime.js';

/**
 * Prepares bare graphs on onnxruntime-node. Resolves when the runtime is imported, to a function that loads the graphs;
 * both throw what the runtime throws.
 */
export async function openOnnx(
  job: InferenceJob,
  way: OnnxWay<unknown, unknown>,
): Promise<() => Promise<OpenedModel>> {
  const ort = loadOnnxRuntime();
  const transformers =
    way.tokenizer !== undefined || (way.processor ?? false) !== false
      ? loadTransformers(way.processor === true)
      : null;

  return async () => {
    const ends: (() => void)[] = [];
    const log = outputLog();
    const graphs: Record<string, Graph> = {};
    for (const [role, path] of Object.entries(job.graphs)) {
      const session = await ort.InferenceSession.create(join(job.root, path), sessionOptions(job));
      ends.push(profileFirstRun(session, job));
      const outputs = session.outputMetadata.map(graphValue);
      // Asking for an output that is no tensor makes the run fail.
      const wanted = outputs.filter(({ type }) => type !== null).map(({ name }) => name);
      graphs[role] = {
        inputs: session.inputMetadata.map(graphValue),
        outputs,
        async run(feeds) {
          const tensors = Object.fromEntries(
            Object.entries(feeds).map(([name, view]) => [name, toTensor(ort.Tensor, view)]),
          );
          const views = viewsOf(await session.run(tensors, wanted));
          if (job.served === undefined) log.record(views);
          return views;
        },
      };
    }
    const main = graphs.model ?? Object.values(graphs)[0];
    if (main === undefined) throw new Error('There is no graph to run.');
    const tokenizer = await loadTokenizer(transformers, job, way);
    const processor = await loadProcessor(transformers, job, way);
    const joined = Object.keys(graphs).length > 1 ? null : joinServed(job, way, () => tokenizer, main);
    const opened: OnnxSession = {
      runner: 'onnx',
      config: job.config,
      ...main,
      ...(joined === null ? {} : { run: joined.run }),
      graphs,
      json: readJson(job, way.json),
      media: openMedia(job),
      get tokenizer() {
        if (tokenizer === null) throw new Error('This task did not ask for a tokenizer.');
        return tokenizer;
      },
      get processor() {
        if (processor === null) throw new Error('This task did not ask for a processor.');
        return processor;
      },
    };
    return {
      together: joined !== null,
      run(inference, following, as) {
        const asked = as?.runner === 'onnx' ? as : way;
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

async function loadTokenizer(
  transformers: Transformers | null,
  job: InferenceJob,
  way: OnnxWay<unknown, unknown>,
): Promise<Tokenizer | null> {
  if (transformers === null || way.tokenizer === undefined) return null;
  const folder = join(job.root, way.tokenizer);
  if (
    job.tokenizer === undefined &&
    !existsSync(join(folder, 'tokenizer.json')) &&
    existsSync(join(folder, 'merges.txt'))
  ) {
    return tokenizerOf(clipTokenizer(transformers, job.root, way.tokenizer));
  }
  const tokenizer =
    (way.tokenizer === '.' ? provideTokenizer(transformers, job) : null) ??
    (await transformers.AutoTokenizer.from_pretrained(folder, { local_files_only: true }));
  return tokenizerOf(tokenizer, chatTemplate(folder));
}

/** CLIP’s tokenizer from the files of its slow form, which diffusers saves. Throws `BrokenJsonError`. */
function clipTokenizer({ PreTrainedTokenizer }: Transformers, root: string, folder: string): unknown {
  const text = (name: string) => readFileSync(join(root, folder, name), 'utf8');
  const parsed = (name: string) => parseJsonFile(`${folder}/${name}`, text(name));
  const vocabulary = parsed('vocab.json');
  const config = parsed('tokenizer_config.json');
  if (!isMapping(vocabulary) || !isMapping(config)) throw new Error(`${folder}/vocab.json is no vocabulary.`);
  const ids = Object.entries(vocabulary).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return new PreTrainedTokenizer(clipTokenizerJson(Object.fromEntries(ids), text('merges.txt')), config);
}

async function loadProcessor(
  transformers: Transformers | null,
  job: InferenceJob,
  way: OnnxWay<unknown, unknown>,
): Promise<Processor | null> {
  if (transformers === null || (way.processor ?? false) === false) return null;
  // The one for pictures takes types it does not know for the usual one; the other throws.
  const { AutoProcessor, AutoImageProcessor } = transformers;
  const loader = way.processor === 'sound' ? AutoProcessor : AutoImageProcessor;
  const raw = await loader.from_pretrained(job.root, { local_files_only: true });
  return processorOf(transformers, raw);
}

/** The JSON files that a way reads; those that are not there are left out. Throws `BrokenJsonError`. */
export function readJson(
  job: InferenceJob,
  paths: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const json: Record<string, unknown> = {};
  for (const path of paths) {
    let text: string;
    try {
      text = readFileSync(join(job.root, path), 'utf8');
    } catch {
      continue;
    }
    json[path] = parseJsonFile(path, text);
  }
  return json;
}

/** Tensors of the runtime as plain views; what lies on a GPU stays there and is left out. */
export function viewsOf(tensors: Readonly<Record<string, Tensor>>): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => {
      if (tensor.location === 'gpu-buffer' || tensor.location === 'ml-tensor') return [];
      const { type, dims, data } = tensor;
      return [[name, { type: type as TensorType, dims, data: data as TensorView['data'] }]];
    }),
  );
}

/** An input or output of a graph, as the runtime describes it. */
export function graphValue(value: InferenceSession.ValueMetadata): GraphValue {
  return value.isTensor
    ? { name: value.name, type: value.type as TensorType, shape: value.shape }
    : { name: value.name, type: null, shape: null };
}

function toTensor(TensorClass: typeof Tensor, { type, dims, data }: TensorView): Tensor {
  return new TensorClass(type as 'float32', data as Float32Array, dims);
}
