import type { Metadata } from '../card/card.js';
import { addKey } from '../card/scalar-edit.js';
import { HUB_URL, idInPath, modelIdIn, REPO_ID } from '../hub/repo-id.js';
import { isMapping, own } from '../mapping.js';
import { preview } from '../preview.js';
import { modelFiles } from '../repo/model-files.js';
import type { Rule, RuleContext } from './rule.js';
import { holds } from './shared/strings.js';

export const baseModelMissing: Rule = {
  id: 'base-model-missing',
  severity: 'warning',
  description: 'The card of an adapter, or of a quantized model, names the base model.',
  why: 'An adapter is of no use without its base model. With the key, the page links both models, and the page of the base model lists this one.',
  source: 'hub-docs, model-cards.md and peft.md; huggingface/peft#938',
  fixable: true,
  good: [
    { text: '---\nlibrary_name: peft\nbase_model: org/base-7b\n---\n' },
    { text: '---\nlicense: mit\n---\n', files: ['config.json', 'model.safetensors'] },
  ],
  bad: [
    {
      text: '---\nlicense: mit\n---\n',
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "org/base-7b"}' },
    },
    { text: '---\nlibrary_name: peft\n---\n' },
    { text: '---\nlicense: mit\n---\n', files: ['model-Q4_K_M.gguf'] },
  ],
  check(context) {
    const { metadata } = context.card;
    if (metadata === null || metadata.base_model !== undefined) return;
    const sign = adapterSign(context, metadata) ?? quantizedSign(context, metadata);
    if (sign === undefined || hasNearKey(metadata)) return;
    const { id, help } = adviceFor(context, sign.advice);
    const fix = id === undefined ? undefined : addKey(context.card, 'base_model', id);
    context.report({
      message: `${sign.message}, and the card names no base model.`,
      path: ['base_model'],
      help,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};

/** Whether there is a key that another rule takes for `base_model`. */
function hasNearKey(metadata: Metadata): boolean {
  for (const key in metadata) {
    if (/^(?:base[ _-]?models?|finetuned[ _-]from)$/i.test(key)) return true;
  }
  return false;
}

/** What shows that a base model is to be named, as the first half of a sentence. */
interface Sign {
  readonly message: string;
  readonly advice: string;
}

const ADAPTER_ADVICE = 'Add "base_model: …" with the id of the model that the adapter is loaded onto.';

function adapterSign({ files, adapterConfig }: RuleContext, metadata: Metadata): Sign | undefined {
  const { adapter, weights } = files === null ? NOTHING : modelFiles(files);
  // Weights of a whole model beside those of an adapter can be a merged model that was left with it.
  if (weights !== undefined) return undefined;
  if (adapter !== undefined || adapterConfig !== null) {
    const file = preview(adapter ?? 'adapter_config.json');
    return { message: `${file} shows that this is an adapter`, advice: ADAPTER_ADVICE };
  }
  if (metadata.library_name === 'peft') {
    return { message: 'The library is "peft", which is for adapters', advice: ADAPTER_ADVICE };
  }
  return metadata.library_name === 'diffusers' && files === null && holds(metadata.tags, 'lora')
    ? { message: 'The metadata says that this is a LoRA', advice: ADAPTER_ADVICE }
    : undefined;
}

const NOTHING = { adapter: undefined, weights: undefined };

/** Methods that quantize a model after it was trained; others (mxfp4, fp8, bitnet) are used in training too. */
const AFTERWARDS: ReadonlySet<unknown> = new Set([
  'gptq',
  'awq',
  'aqlm',
  'quip',
  'hqq',
  'exl2',
  'exl3',
  'auto-round',
  'vptq',
]);

const QUANTIZED_ADVICE =
  'If it was made from a model on the Hub, add "base_model: …" with its id and "base_model_relation: quantized".';

function quantizedSign({ files, modelConfig }: RuleContext, metadata: Metadata): Sign | undefined {
  const settings = own(modelConfig, 'quantization_config');
  const method = own(settings, 'quant_method');
  if (isMapping(settings) && AFTERWARDS.has(method)) {
    return {
      message: `config.json shows that the weights were quantized (${String(method)})`,
      advice: QUANTIZED_ADVICE,
    };
  }
  if (files === null) {
    return metadata.library_name === 'gguf' || holds(metadata.tags, 'gguf')
      ? { message: 'The metadata says that the weights are GGUF', advice: QUANTIZED_ADVICE }
      : undefined;
  }
  const { gguf, anyWeights } = modelFiles(files);
  return gguf === undefined || anyWeights !== undefined
    ? undefined
    : { message: `The weights are GGUF alone (${preview(gguf)})`, advice: QUANTIZED_ADVICE };
}

/** The id to add, where adapter_config.json tells it for certain, and what to do. */
function adviceFor(
  { adapterConfig }: RuleContext,
  advice: string,
): { readonly id?: string; readonly help: string } {
  const named = own(adapterConfig, 'base_model_name_or_path');
  if (typeof named !== 'string' || named === '') return { help: advice };
  const cached = idInPath(named);
  const id = modelIdIn(named) ?? HUB_URL.exec(named)?.[2] ?? (cached?.sure === true ? cached.id : undefined);
  if (id !== undefined) {
    return { id, help: `Add "base_model: ${id}", the base model that adapter_config.json names.` };
  }
  if (REPO_ID.test(named)) {
    return {
      help: `Add "base_model: ${named}" if that is the id on the Hub; adapter_config.json names it so.`,
    };
  }
  const guess = cached === undefined ? '' : ` Is it ${preview(cached.id)}?`;
  return { help: `${advice} adapter_config.json names a path, ${preview(named)}.${guess}` };
}
