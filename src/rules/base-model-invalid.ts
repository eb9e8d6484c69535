import { label, preview } from './preview.js';
import { HUB_URL, looksLocal, REPO_ID } from './repo-id.js';
import type { Rule } from './rule.js';
import { replaceString } from './scalar-edit.js';
import { eachString } from './strings.js';

export const baseModelInvalid: Rule = {
  id: 'base-model-invalid',
  severity: 'error',
  description: 'Each base model has the form of a model id.',
  why: 'The Hub refuses a push whose base model is a path. Trainers write the path they loaded from, so this is the most common reason for a refused upload.',
  source: 'huggingface/transformers#28286, #33922; huggingface/trl#1873; huggingface/peft#2124',
  fixable: true,
  good: [
    { text: '---\nbase_model: mistralai/Mistral-7B-v0.1\n---\n' },
    { text: '---\nbase_model:\n- gpt2\n- google-bert/bert-base-uncased\n---\n' },
  ],
  bad: [
    { text: '---\nbase_model: /workspace/checkpoints/parent\n---\n' },
    { text: '---\nbase_model: ./clip-roberta\n---\n' },
    { text: '---\nbase_model: https://huggingface.co/org/model\n---\n' },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    eachString(card.metadata, 'base_model', (model, path) => {
      if (REPO_ID.test(model)) return;
      const url = HUB_URL.exec(model);
      const answer = url !== null && url[1] === undefined ? url[2] : undefined;
      const fix = answer === undefined ? undefined : replaceString(card, path, model, answer);
      report({
        message: looksLocal(model)
          ? `${preview(model)} is a path on a disk, not a model id.`
          : `${preview(model)} is not a model id.`,
        path,
        part: 'value',
        hub: 'error',
        hubMessage: `"${label(path)}" with value ${preview(model)} is not valid.`,
        help:
          answer === undefined
            ? 'Write the id of the model on the Hub ("owner/name"), or delete the key.'
            : `Write "${answer}".`,
        ...(fix === undefined ? {} : { fix }),
      });
    });
  },
};
