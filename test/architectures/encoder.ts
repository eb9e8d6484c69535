import { expect } from 'vitest';
import type { Head } from '../../src/architectures/architecture.js';
import { buildGraph } from '../../src/architectures/index.js';
import type { LocatedTensor } from '../../src/architectures/weights.js';
import {
  largestDifference,
  openReference,
  type ReferenceModel,
  renamed,
  rowsOf,
  tensorsOf,
} from './reference-models.js';

/** What the name of the class ends with. */
export function headOf({ config }: ReferenceModel): Head {
  return String(config.architectures).replace(/^.*?(?=Model$|For)/, '') as Head;
}

/** The largest difference between the outputs of a model of texts and PyTorch’s. */
export async function differenceOf(folder: string, model: ReferenceModel): Promise<number> {
  const session = await openReference(folder, model, headOf(model));
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [name, rowsOf(model.inputs[name] ?? [])]),
  );
  const outputs = await session.run(feeds);
  expect(session.outputNames).toEqual(Object.keys(model.outputs));
  const differences = Object.entries(model.outputs).map(([name, wanted]) => {
    const tensor = outputs[name];
    if (tensor === undefined) throw new Error(`${name} is missing`);
    const [, length = 1, width = 1] = tensor.dims;
    const kept = Array.from(tensor.data as Float32Array).filter(
      (_, index) => model.every === 1 || (Math.floor(index / width) % length) % model.every === 0,
    );
    return largestDifference(kept, wanted);
  });
  await session.release();
  return Math.max(...differences);
}

/** What becomes of a model with another config.json or other tensors: `built`, or the refusal. */
export async function altered(
  sample: ReferenceModel | undefined,
  change: Readonly<Record<string, unknown>>,
  tensors: (all: Map<string, LocatedTensor>) => void = () => undefined,
  head?: Head,
): Promise<string> {
  if (sample === undefined) throw new Error('no sample');
  const all = await tensorsOf(sample);
  tensors(all);
  const built = buildGraph({ ...sample.config, ...change }, all, head ?? headOf(sample));
  return built.kind === 'built' ? 'built' : `${built.kind}: ${built.reason}`;
}

/** What the head for words calls its table, by `model_type`; the rest calls it as RoBERTa does. */
const TABLES: Readonly<Record<string, string>> = {
  bert: 'cls.predictions.decoder',
  deberta: 'cls.predictions.decoder',
  'deberta-v2': 'cls.predictions.decoder',
  albert: 'predictions.decoder',
  distilbert: 'vocab_projector',
  electra: 'generator_lm_head',
};

/** The models that fill in words and have one table for both ends, with it under the name of the head alone. */
export function withTableOfTheHead(models: readonly ReferenceModel[]): readonly ReferenceModel[] {
  return models.flatMap((model) => {
    const table = `${TABLES[String(model.config.model_type)] ?? 'lm_head.decoder'}.weight`;
    if (headOf(model) !== 'ForMaskedLM' || Object.hasOwn(model.tensors, table)) return [];
    return [renamed(model, (name) => name.replace(/^.*embeddings\.word_embeddings\.weight$/, table))];
  });
}
