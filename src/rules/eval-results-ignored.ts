import { escapeText } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { EVAL_RESULTS_SOURCE } from './shared/eval-results.js';

const CARD = '---\nlicense: mit\n---\n';

export const evalResultsIgnored: Rule = {
  id: 'eval-results-ignored',
  severity: 'warning',
  description: 'Evaluation results lie where the Hub looks for them: .eval_results/*.yaml.',
  why: 'The Hub reads results from nowhere else, and does not say so.',
  source: `${EVAL_RESULTS_SOURCE}; EVAL_RESULTS_FOLDER in huggingface_hub`,
  fixable: false,
  needs: 'files',
  good: [{ text: CARD, files: ['README.md', '.eval_results/hle.yaml'] }],
  bad: [
    { text: CARD, files: ['README.md', '.eval_results/hle.yml'] },
    { text: CARD, files: ['README.md', '.eval_results/cais/hle.yaml'] },
    { text: CARD, files: ['README.md', '.eval-results/hle.yaml'] },
  ],
  check({ files, report }) {
    for (const { path } of files ?? []) {
      // Few files of a repository have it in their path; the rest of the search is for those alone.
      if (!/\.?eval/i.test(path)) continue;
      const finding = findingOf(path);
      if (finding !== undefined) report({ ...finding, file: path, noRange: true });
    }
  },
};

/** A folder that was meant as `.eval_results`. */
const MEANT = /^\.(?:eval[-_]?results?|evals?[-_]results?|evaluation[-_]results?)$/i;

function findingOf(path: string): Omit<Finding, 'file'> | undefined {
  const steps = path.split('/');
  const name = steps.at(-1) ?? '';
  const yaml = /\.ya?ml$/i.test(name);
  if (path === 'eval_results.yaml') {
    return {
      message: 'The Hub does not look for results in eval_results.yaml.',
      severity: 'info',
      help: 'If it holds results after the specification of the same name, move it into the folder .eval_results.',
    };
  }
  const folder = steps.findIndex((step, at) => at < steps.length - 1 && MEANT.test(step));
  if (folder === -1) return undefined;
  if (folder > 0) {
    if (!yaml || steps[folder] !== '.eval_results') return undefined;
    return {
      message: `The Hub does not look for results in ${escapeText(steps.slice(0, -1).join('/'))}.`,
      help: 'Move the file into .eval_results at the top of the repository.',
    };
  }
  if (steps[0] !== '.eval_results') {
    if (!yaml) return undefined;
    return {
      message: `The Hub does not look for results in the folder ${escapeText(steps[0] ?? '')}.`,
      help: 'Rename the folder to .eval_results.',
    };
  }
  // A note for readers, or what keeps a folder in git.
  if (/^(?:\.|README|LICENSE)/i.test(name)) return undefined;
  if (yaml && steps.length > 2) {
    return {
      message: 'The Hub does not look for results in folders inside .eval_results.',
      help: `Move the file up: .eval_results/${steps
        .slice(1)
        .join('_')
        .replace(/\.ya?ml$/i, '.yaml')}.`,
    };
  }
  if (yaml && !name.endsWith('.yaml')) {
    return {
      message: 'The Hub reads results from files that end with .yaml.',
      help: `Rename the file to ${escapeText(path.replace(/\.ya?ml$/i, '.yaml'))}.`,
    };
  }
  if (yaml) return undefined;
  return {
    message: 'The Hub reads no results from this file: it is not YAML.',
    ...(/\.jsonl?$/i.test(name) ? {} : { severity: 'info' as const }),
    help: 'Write results to .eval_results/*.yaml, and keep logs in a folder of their own.',
  };
}
