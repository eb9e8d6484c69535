import { evalResultsIgnored } from '../../src/rules/eval-results-ignored.js';
import { type RuleCase, testRule } from './tester.js';

const card = '---\nlicense: mit\n---\n';
const listing = (name: string, path: string, more: Partial<RuleCase> = {}): RuleCase => ({
  name,
  text: card,
  files: ['README.md', path],
  ...more,
});
const found = { marks: [null] };

testRule(evalResultsIgnored, {
  good: [
    { name: 'no listing', text: card },
    listing('a file of results', '.eval_results/hle.yaml'),
    listing('a note beside them', '.eval_results/README.md'),
    listing('what keeps the folder', '.eval_results/.gitkeep'),
    listing('a folder that belongs to other tools', 'eval_results/run.yaml'),
    listing('results of training', 'eval_results.json'),
    listing('a log in a folder of another name', '.eval-results/run.log'),
    listing('a configuration', 'evaluation/config.yaml'),
  ],
  bad: [
    listing('the shorter extension', '.eval_results/hle.yml', {
      ...found,
      says: ['Rename the file to .eval_results/hle.yaml.'],
    }),
    listing('the extension in upper case', '.eval_results/hle.YAML', found),
    listing('a folder inside', '.eval_results/cais/hle.yaml', {
      ...found,
      says: ['folders inside .eval_results'],
    }),
    listing('JSON', '.eval_results/hle.json', { ...found, says: ['it is not YAML'] }),
    listing('a log', '.eval_results/run.log', { ...found, severity: 'info' }),
    listing('another spelling of the folder', '.eval-results/hle.yaml', {
      ...found,
      says: ['Rename the folder to .eval_results.'],
    }),
    listing('the folder in upper case', '.EVAL_RESULTS/hle.yaml', found),
    listing('the folder of a checkpoint', 'checkpoint-10/.eval_results/hle.yaml', {
      ...found,
      says: ['at the top of the repository'],
    }),
    listing('the file that the specification is called', 'eval_results.yaml', { ...found, severity: 'info' }),
    listing('a name that would obey a terminal', '.eval_results/\u001b[2J.yml', {
      ...found,
      says: ['Rename the file to .eval_results/\\u001b[2J.yaml.'],
    }),
  ],
});
