import type { Metadata } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { HUB_URL, idInPath, looksLocal, modelIdIn, REPO_ID } from '../hub/repo-id.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const baseModelInvalid: Rule = {
  id: 'base-model-invalid',
  severity: 'error',
  description: 'Each base model has the form of a model id.',
  why: 'The Hub refuses a push whose base model is a path. Trainers write the path they loaded from, so this is the most common reason for a refused upload.',
  source: 'huggingface/transformers#28286, #33922; huggingface/trl#1873; huggingface/peft#2124',
  fixable: true,
  keys: ['base_model'],
  good: [
    { text: '---\nbase_model: mistralai/Mistral-7B-v0.1\n---\n' },
    { text: '---\nbase_model:\n- gpt2\n- google-bert/bert-base-uncased\n---\n' },
  ],
  bad: [
    { text: '---\nbase_model: /workspace/checkpoints/parent\n---\n' },
    { text: '---\nbase_model: ./clip-roberta\n---\n' },
    { text: '---\nbase_model: https://huggingface.co/org/model\n---\n' },
  ],
  check({ card, adapterConfig, report }) {
    if (card.metadata === null) return;
    eachString(card.metadata, 'base_model', (model, path) => {
      if (REPO_ID.test(model)) return;
      const { answer, help } = adviceFor(model, path, adapterConfig);
      const fix = answer === undefined ? undefined : replaceString(card, path, model, answer);
      report({
        message: looksLocal(model)
          ? `${preview(model)} is a path on a disk, not a model id.`
          : `${preview(model)} is not a model id.`,
        path,
        part: 'value',
        hub: 'error',
        hubMessage: `"${label(path)}" with value ${preview(model)} is not valid. Use a model id from https://hf.co/models.`,
        help,
        ...(fix === undefined ? {} : { fix }),
      });
    });
  },
};

/** What to write instead; `answer` only where nothing else can be meant. */
function adviceFor(
  model: string,
  path: JsonPath,
  adapterConfig: Metadata | null,
): { readonly help: string; readonly answer?: string } {
  const url = HUB_URL.exec(model);
  const linked = url !== null && url[1] === undefined ? url[2] : undefined;
  const inPath = idInPath(model);
  const certain = linked ?? (inPath?.sure === true ? inPath.id : undefined);
  if (certain !== undefined) return { help: `Write ${preview(certain)}.`, answer: certain };
  // An adapter has one base model; of several in a list it would be unclear which is meant.
  const loaded = path.length === 1 ? modelIdIn(own(adapterConfig, 'base_model_name_or_path')) : undefined;
  if (loaded !== undefined) {
    return {
      help: `Write ${preview(loaded)}, the base model that adapter_config.json names.`,
      answer: loaded,
    };
  }
  const general = 'Write the id of the model on the Hub ("owner/name"), or delete the key.';
  return {
    help:
      inPath === undefined
        ? general
        : `Is ${preview(inPath.id)} on the Hub the model that is meant? ${general}`,
  };
}
