import type { JsonPath } from '../card/path.js';
import { own } from '../mapping.js';
import { label } from '../preview.js';
import type { Rule } from './rule.js';
import { metricsOf, pathOf, resultsOf } from './shared/model-index.js';

export const modelIndexVerified: Rule = {
  id: 'model-index-verified',
  severity: 'warning',
  description: 'Metrics of the model-index are called verified only with the token that proves it.',
  why: 'The Hub lists a result as verified by its token alone; "verified: true" without one is a claim that readers cannot check.',
  source:
    'EvalResult in huggingface_hub ("automatically computed by Hugging Face, do not set"); the pull requests with which the Hub’s evaluator added verifyToken (2022)',
  fixable: false,
  keys: ['model-index'],
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: reinforcement-learning\n    dataset:\n      type: LunarLander-v2\n      name: LunarLander-v2\n    metrics:\n    - type: mean_reward\n      value: 254.3 +/- 18.2\n      verified: false\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE MRPC\n    metrics:\n    - type: accuracy\n      value: 0.91\n      verified: true\n---\n',
    },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    let first: JsonPath | undefined;
    let count = 0;
    for (const result of resultsOf(card.metadata)) {
      const metrics = metricsOf(result);
      for (let index = 0; index < metrics.length; index++) {
        const token = own(metrics[index], 'verifyToken');
        if (token === undefined) {
          if (own(metrics[index], 'verified') !== true) continue;
          first ??= [...pathOf(result), 'metrics', index, 'verified'];
          count++;
        } else if (typeof token === 'string' && token !== '' && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
          const path = [...pathOf(result), 'metrics', index, 'verifyToken'];
          // Said without the value: it may be a secret.
          report({
            message: `"${label(path)}" is not a signed token of the Hub.`,
            path,
            help: 'Delete it, and "verified" with it: authors cannot write such a token.',
          });
        }
      }
    }
    if (first === undefined) return;
    const subject = `"${label(first.slice(0, -1))}"${count > 1 ? ` and ${count - 1} more` : ''}`;
    report({
      message: `${subject} ${count > 1 ? 'are' : 'is'} called verified without a verifyToken.`,
      path: first,
      severity: 'info',
      help: 'Delete "verified": the Hub sets it, together with "verifyToken".',
    });
  },
};
