import { headTask } from '../../hub/architectures.js';
import { preview } from '../../preview.js';
import { classOf } from '../../repo/model-class.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { ModelFacts } from '../task.js';

/**
 * Whether the class in config.json is one for the task: `tag`, or one of `others` whose models do it too. Nothing is said of
 * classes without a head, or with one that transformers does not know.
 */
export function checkArchitecture(
  { config }: ModelFacts,
  tag: string,
  ...others: readonly string[]
): readonly SmokeCheck[] {
  const id = 'architecture';
  const name = classOf(config);
  const head = name === undefined ? undefined : headTask(name);
  if (name === undefined || head === undefined) return [];
  if (head === tag || others.includes(head)) {
    return [
      { id, status: 'passed', message: `config.json names the class ${preview(name)}, made for ${head}.` },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `config.json names the class ${preview(name)}, which has a head for ${head}, not for ${tag}. Write "pipeline_tag: ${head}" into the card, or upload the model that was meant.`,
    },
  ];
}
