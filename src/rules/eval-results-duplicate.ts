import { mappingStart } from '../card/mapping-start.js';
import { own } from '../mapping.js';
import { escapeText, preview } from '../preview.js';
import type { Rule } from './rule.js';
import { EVAL_RESULTS_SOURCE, type EvalResult, evalResultsIn } from './shared/eval-results.js';

const CARD = '---\nlicense: mit\n---\n';
const NO_TOOLS = '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 22.1\n';

export const evalResultsDuplicate: Rule = {
  id: 'eval-results-duplicate',
  severity: 'warning',
  description: 'No benchmark task has two results in .eval_results that nothing tells apart.',
  why: 'A leaderboard shows one score for each result: of two without a difference in "notes", revision or source nobody can tell which holds.',
  source: `${EVAL_RESULTS_SOURCE}; the evaluation skill of huggingface/community-evals`,
  fixable: false,
  needs: 'evalResults',
  good: [
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml': NO_TOOLS,
        '.eval_results/hle_with_tools.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 44.9\n  notes: With tools\n',
      },
    },
  ],
  bad: [
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml': NO_TOOLS,
        '.eval_results/hle_with_tools.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 44.9\n',
      },
    },
  ],
  check({ evalResults, report }) {
    const seen = new Map<string, EvalResult>();
    for (const result of evalResultsIn(evalResults)) {
      const key = identityOf(result);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, result);
        continue;
      }
      const { file, index, entry } = result;
      const span = mappingStart(file, [index], entry);
      const scores = [first, result].map((one) => preview(own(one.entry, 'value')));
      const equal = scores[0] === scores[1];
      report({
        message: `${subject(result)} has ${equal ? `the score ${scores[0]} twice` : `two scores, ${scores[0]} and ${scores[1]}`}: here and ${place(first, result)}.`,
        file: file.path,
        path: [index],
        ...(span === undefined ? {} : { span }),
        help: equal
          ? 'Delete one of them.'
          : 'Say in "notes" what is different, such as "With tools", or delete the one that does not hold.',
      });
    }
  },
};

/** What a reader can tell results apart by. Undefined where the benchmark is not named. */
function identityOf({ entry }: EvalResult): string | undefined {
  const dataset = own(entry, 'dataset');
  const id = own(dataset, 'id');
  const task = own(dataset, 'task_id');
  if (typeof id !== 'string' || typeof task !== 'string') return undefined;
  const rest = [own(dataset, 'revision'), own(entry, 'notes'), own(own(entry, 'source'), 'url')];
  const texts = rest.map((value) => (typeof value === 'string' ? value : ''));
  return JSON.stringify([id.toLowerCase(), task, ...texts]);
}

function subject({ entry }: EvalResult): string {
  const dataset = own(entry, 'dataset');
  return `Task ${preview(own(dataset, 'task_id'))} of ${escapeText(String(own(dataset, 'id')))}`;
}

function place(first: EvalResult, here: EvalResult): string {
  const span = mappingStart(first.file, [first.index], first.entry);
  const line = span === undefined ? '' : `line ${first.file.rangeAt(span).start.line}`;
  return first.file === here.file ? `in ${line}` : `in ${escapeText(first.file.path)}, ${line}`;
}
