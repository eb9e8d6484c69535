import { replaceString } from '../card/scalar-edit.js';
import { own } from '../mapping.js';
import { preview } from '../preview.js';
import { modelFiles } from '../repo/model-files.js';
import type { Finding, Rule, RuleContext } from './rule.js';

export const baseModelRelationContradictsFiles: Rule = {
  id: 'base-model-relation-contradicts-files',
  severity: 'warning',
  description: 'The relation to the base model is what the files show.',
  why: 'The page of the base model lists this model under the relation: an adapter among whole models, or the other way round, is looked for in the wrong place and loaded in the wrong way.',
  source: 'hub-docs, model-cards.md',
  fixable: true,
  needs: 'files',
  keys: ['base_model_relation'],
  good: [
    {
      text: '---\nbase_model: org/base-7b\nbase_model_relation: adapter\n---\n',
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "org/base-7b"}' },
    },
    {
      text: '---\nbase_model: org/base-7b\nbase_model_relation: quantized\n---\n',
      files: ['base-7b-Q4_K_M.gguf'],
    },
  ],
  bad: [
    {
      text: '---\nbase_model: org/base-7b\nbase_model_relation: finetune\n---\n',
      files: ['adapter_model.safetensors'],
      contents: { 'adapter_config.json': '{"base_model_name_or_path": "org/base-7b"}' },
    },
    {
      text: '---\nbase_model: org/base-7b\nbase_model_relation: adapter\n---\n',
      files: ['base-7b-Q4_K_M.gguf'],
    },
    {
      text: '---\nbase_model: org/base-7b\nbase_model_relation: adapter\n---\n',
      files: ['model.safetensors'],
      contents: { 'config.json': '{"architectures": ["LlamaForCausalLM"]}' },
    },
  ],
  check(context) {
    const relation = context.card.metadata?.base_model_relation;
    if (typeof relation !== 'string' || context.files === null) return;
    const finding =
      relation === 'adapter'
        ? wholeModel(context)
        : relation === 'quantized' || relation === 'finetune'
          ? adapter(context, relation)
          : undefined;
    if (finding !== undefined) context.report(finding);
  },
};

const PATH = ['base_model_relation'];

/** Names of quantized files; an adapter in GGUF is seldom quantized, and never so far down. */
const QUANTIZED = /[-._](?:I?Q[1-6]_[A-Z0-9_]+)\.gguf$/i;

/** Files of a whole model, where the card speaks of an adapter. */
function wholeModel({ card, files, modelConfig }: RuleContext): Finding | undefined {
  const { anyAdapter, weights, gguf, anyWeights } = modelFiles(files ?? []);
  if (anyAdapter !== undefined) return undefined;
  if (gguf !== undefined && anyWeights === undefined && QUANTIZED.test(gguf)) {
    const fix = replaceString(card, PATH, 'adapter', 'quantized');
    return {
      message: `The relation is "adapter", but ${preview(gguf)} is a quantized model.`,
      path: PATH,
      part: 'value',
      help: 'Write "base_model_relation: quantized".',
      ...(fix === undefined ? {} : { fix }),
    };
  }
  const classes = own(modelConfig, 'architectures');
  if (weights === undefined || !Array.isArray(classes) || classes.length === 0) return undefined;
  return {
    message: `The relation is "adapter", but ${preview(weights)} and config.json are those of a whole model.`,
    path: PATH,
    part: 'value',
    help: 'Write finetune, merge or quantized, or upload the adapter.',
  };
}

/** Files of an adapter of the very model that the card names, where the card speaks of a whole model. */
function adapter({ card, files, adapterConfig }: RuleContext, relation: string): Finding | undefined {
  const base = own(adapterConfig, 'base_model_name_or_path');
  const named = card.metadata?.base_model;
  const [one] = Array.isArray(named) && named.length === 1 ? named : [named];
  if (typeof base !== 'string' || typeof one !== 'string' || base.toLowerCase() !== one.toLowerCase())
    return undefined;
  const { anyWeights, gguf } = modelFiles(files ?? []);
  if (anyWeights !== undefined || gguf !== undefined) return undefined;
  const fix = replaceString(card, PATH, relation, 'adapter');
  return {
    message: `The relation is ${preview(relation)}, but the files are an adapter of ${preview(one)} (adapter_config.json).`,
    path: PATH,
    part: 'value',
    help: 'Write "base_model_relation: adapter".',
    ...(fix === undefined ? {} : { fix }),
  };
}
