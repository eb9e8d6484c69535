import { splitString } from '../card/list-edit.js';
import { replaceString } from '../card/scalar-edit.js';
import { HUB_URL, looksLocal, REPO_ID } from '../hub/repo-id.js';
import { label, preview } from '../preview.js';
import type { Rule } from './rule.js';
import { eachString } from './shared/strings.js';

export const datasetIdInvalid: Rule = {
  id: 'dataset-id-invalid',
  severity: 'error',
  description: 'Each dataset has the form of a dataset id.',
  why: 'The Hub refuses a push that names a dataset by path, by URL or in prose. Whether the dataset exists is not checked.',
  source: 'huggingface/autotrain-advanced#648; espnet/espnet_model_zoo#102',
  fixable: true,
  keys: ['datasets'],
  good: [{ text: '---\ndatasets:\n- glue\n- mozilla-foundation/common_voice_11_0\n---\n' }],
  bad: [
    { text: '---\ndatasets:\n- librispeech 960h\n---\n' },
    { text: '---\ndatasets: https://huggingface.co/datasets/org/name\n---\n' },
    { text: '---\ndatasets: /data/train.csv\n---\n' },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    eachString(card.metadata, 'datasets', (dataset, path) => {
      if (REPO_ID.test(dataset)) return;
      const url = HUB_URL.exec(dataset);
      const answer = url?.[1] === 'datasets/' ? url[2] : undefined;
      const several = idsIn(dataset);
      const fix =
        several !== undefined
          ? splitString(card, path, several)
          : answer && replaceString(card, path, dataset, answer);
      report({
        message:
          several !== undefined
            ? `${preview(dataset)} names several datasets in one value.`
            : looksLocal(dataset)
              ? `${preview(dataset)} is a path on a disk, not a dataset id.`
              : `${preview(dataset)} is not a dataset id.`,
        path,
        part: 'value',
        hub: 'error',
        hubMessage: `"${label(path)}" with value ${preview(dataset)} is not valid.`,
        help:
          several !== undefined
            ? `Write a list: [${several.slice(0, 10).join(', ')}${several.length > 10 ? ', …' : ''}].`
            : answer === undefined
              ? 'Write ids as on the Hub ("name" or "owner/name"), one per item; describe other data in the text of the card.'
              : `Write "${answer}".`,
        ...(fix ? { fix } : {}),
      });
    });
  },
};

/** The ids of a text that is nothing but ids with commas between them. */
function idsIn(text: string): readonly string[] | undefined {
  if (!/[,;]/.test(text)) return undefined;
  const parts = text.split(/[,;]/).map((part) => part.trim());
  return parts.length > 1 && parts.every((part) => REPO_ID.test(part)) ? parts : undefined;
}
