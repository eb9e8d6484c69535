import type { Metadata } from '../../card/card.js';
import type { YamlFile } from '../../card/yaml-file.js';
import { isMapping } from '../../mapping.js';

/** The specification all rules about `.eval_results/*.yaml` follow. */
export const EVAL_RESULTS_SOURCE =
  'eval_results.yaml and docs/hub/eval-results.md in huggingface/hub-docs (2026-08)';

/** What a file is worth in which one result is wrong. */
export const ONE_SPOILS_ALL =
  'The Hub takes the push, but checks each file when it shows the model: of a file with one wrong result it shows none, on the model page and on the leaderboard.';

/** What to write, for those who wrote something else. */
export const SMALLEST_RESULT =
  'The smallest result: "- dataset:" with "id" and "task_id" indented below it, then "value".';

/** One result: an entry of a file that is a mapping. */
export interface EvalResult {
  readonly file: YamlFile;
  readonly index: number;
  readonly entry: Metadata;
}

/** The results of all files, in order. Entries that are no mappings are left out: `eval-results-shape` reports them. */
export function* evalResultsIn(files: readonly YamlFile[]): Generator<EvalResult> {
  for (const file of files) {
    if (file.reading.kind === 'fault' || !Array.isArray(file.reading.value)) continue;
    const entries: readonly unknown[] = file.reading.value;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (isMapping(entry)) yield { file, index, entry };
    }
  }
}

/** A value that nobody has filled in: `<hash>`, or `{task_id}` in quotes, as the specification writes them. */
export function isPlaceholder(value: string): boolean {
  return /^(?:<[^<>]*>|\{[^{}]*\}|\.\.\.|…)$/.test(value.trim());
}
