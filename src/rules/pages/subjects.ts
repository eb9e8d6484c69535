import type { Rule } from '../rule.js';

/** What rules are about, by how their ids begin; the longest beginning counts. In the order of a list of all rules. */
const SUBJECTS: readonly (readonly [title: string, beginnings: readonly string[]])[] = [
  ['The file', ['card-', 'git-']],
  ['Front matter', ['front-matter-', 'yaml-', 'key-', 'metadata-', 'required-']],
  ['License', ['license-']],
  ['Language', ['language-']],
  ['Library, task and tags', ['library-', 'pipeline-tag-', 'task-', 'tag', 'inference-']],
  ['Base models and data', ['base-model-', 'dataset', 'new-version-', 'arxiv-']],
  ['Widget and thumbnail', ['widget-', 'thumbnail-']],
  ['Evaluation', ['eval-', 'model-index-', 'metric', 'co2-']],
  ['Access and safety', ['gated-', 'extra-gated-', 'secret-']],
  ['Text of the card', ['template-', 'card-body-', 'link-', 'section-']],
  ['Files of the model', ['config-', 'model-', 'json-', 'adapter-', 'gguf-', 'weights-']],
  ['Comments that silence', ['silence-']],
  ['The Hub itself', ['hub-', 'remote-']],
];

const OTHERS = 'Others';

/** Rules that are about the same thing. */
export interface Subject {
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** The rules by subject, each in the order given; subjects without rules are left out. */
export function bySubject(rules: readonly Rule[]): readonly Subject[] {
  return [...SUBJECTS.map(([title]) => title), OTHERS].flatMap((title) => {
    const own = rules.filter(({ id }) => subjectOf(id) === title);
    return own.length === 0 ? [] : [{ title, rules: own }];
  });
}

/** What a rule is about. */
export function subjectOf(id: string): string {
  let title = OTHERS;
  let longest = 0;
  for (const [subject, beginnings] of SUBJECTS) {
    for (const beginning of beginnings) {
      if (beginning.length > longest && id.startsWith(beginning)) {
        title = subject;
        longest = beginning.length;
      }
    }
  }
  return title;
}
