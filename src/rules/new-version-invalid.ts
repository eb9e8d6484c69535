import { replaceString } from '../card/scalar-edit.js';
import { HUB_URL, idInPath, looksLocal, REPO_ID } from '../hub/repo-id.js';
import { preview } from '../preview.js';
import type { Rule } from './rule.js';

/** The number of a version, where the id of a model is wanted. */
const NUMBER = /^v?\d+(?:\.\d+)*$/i;

export const newVersionInvalid: Rule = {
  id: 'new-version-invalid',
  severity: 'warning',
  description: 'The new version has the form of a model id, and is another model.',
  why: 'The page links to the latest version only where the value is the id of a model.',
  source: 'hub-docs, model-cards.md and model-release-checklist.md',
  fixable: true,
  keys: ['new_version'],
  good: [{ text: '---\nnew_version: org/model-v2\n---\n', repoId: 'org/model-v1' }],
  bad: [
    { text: '---\nnew_version: https://huggingface.co/org/model-v2\n---\n' },
    { text: '---\nnew_version: v2.0 (recommended)\n---\n' },
    { text: '---\nnew_version: org/model-v1\n---\n', repoId: 'org/model-v1' },
  ],
  check({ card, repoId, report }) {
    const version = card.metadata?.new_version;
    if (typeof version !== 'string' || version === '') return;
    const path = ['new_version'];
    if (REPO_ID.test(version) && !NUMBER.test(version)) {
      const itself = repoId !== null && version.toLowerCase() === repoId.toLowerCase();
      if (itself) {
        report({
          message: `The new version ${preview(version)} is this model itself.`,
          path,
          part: 'value',
          help: 'Write the id of the model that supersedes this one, or delete the key.',
        });
      }
      return;
    }
    const url = HUB_URL.exec(version);
    const inPath = idInPath(version);
    const answer =
      url !== null
        ? url[1] === undefined
          ? url[2]
          : undefined
        : inPath?.sure === true
          ? inPath.id
          : undefined;
    const fix = answer === undefined ? undefined : replaceString(card, path, version, answer);
    report({
      message: looksLocal(version)
        ? `The new version ${preview(version)} is a path on a disk, not a model id.`
        : `The new version ${preview(version)} is not a model id.`,
      path,
      part: 'value',
      help:
        answer === undefined
          ? 'Write the id of the model on the Hub ("owner/name"), or delete the key.'
          : `Write ${preview(answer)}.`,
      ...(fix === undefined ? {} : { fix }),
    });
  },
};
