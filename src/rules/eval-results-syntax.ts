import { escapeText } from '../preview.js';
import type { Rule } from './rule.js';
import { EVAL_RESULTS_SOURCE } from './shared/eval-results.js';

/** The parser's reasons are short, but may quote names from the file. */
const LONGEST = 200;

export const evalResultsSyntax: Rule = {
  id: 'eval-results-syntax',
  severity: 'error',
  description: 'Files in .eval_results are valid YAML.',
  why: 'Of a file that the Hub cannot read it shows no result, on the model page and on the leaderboard, and tells nobody.',
  source: `${EVAL_RESULTS_SOURCE}; huggingface/huggingface_hub#4924`,
  fixable: false,
  needs: 'evalResults',
  good: [
    {
      text: '---\nlicense: mit\n---\n',
      contents: {
        '.eval_results/gpqa.yaml':
          '- dataset:\n    id: Idavidrein/gpqa\n    task_id: gpqa_diamond\n  value: 0.412\n',
      },
    },
  ],
  bad: [
    {
      text: '---\nlicense: mit\n---\n',
      contents: {
        '.eval_results/gpqa.yaml':
          '- dataset:\n    id: Idavidrein/gpqa\n    task_id: gpqa_diamond\n  value: 0.412\n  notes: pass@1: 5 tries\n',
      },
    },
  ],
  check({ evalResults, report }) {
    for (const { path, reading } of evalResults) {
      if (reading.kind !== 'fault') continue;
      const { reason, span, limit } = reading;
      report({
        message:
          limit === undefined
            ? `${escapeText(path)} is not valid YAML: ${escapeText(reason, LONGEST)}.`
            : `${escapeText(path)} was not checked: ${escapeText(reason, LONGEST)}.`,
        file: path,
        span,
        help:
          limit === undefined
            ? 'Correct the YAML at the place shown; put a text that contains ": " or " #" in quotes.'
            : 'Keep only results in the file: a list of mappings.',
      });
    }
  },
};
