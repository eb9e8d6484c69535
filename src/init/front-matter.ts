import { tasks } from '../hub/tasks.js';
import { type Clue, KEYS, type Key } from './clue.js';
import { yamlLines } from './yaml-text.js';

/** Front matter for a card that has none, and what it says. */
export interface FrontMatterText {
  /** From the opening to the closing fence, with line feeds. */
  readonly text: string;
  /** Clues that became keys. */
  readonly written: readonly Clue[];
  /** Keys left to the author, as comments. */
  readonly open: readonly Key[];
}

/** Keys that belong in every card, with what to write when no file tells. */
const WANTED: Readonly<Partial<Record<Key, string>>> = {
  language: 'language: en  # the languages of the data, as ISO 639 codes',
  license:
    'license: apache-2.0  # the terms you publish under: https://huggingface.co/docs/hub/repositories-licenses',
  library_name: 'library_name: transformers  # what loads the model',
  pipeline_tag: 'pipeline_tag: text-classification  # what the model does: https://huggingface.co/tasks',
  datasets: 'datasets: [owner/name]  # what it was trained on, where that is on the Hub',
  base_model: 'base_model: owner/name  # what it was made from, if anything',
};

/**
 * The front matter the clues make. What they tell becomes a key; guesses, and wanted keys without a clue, become comments
 * that say what to write. There is always a key: the Hub refuses a front matter of comments alone.
 */
export function frontMatterOf(clues: readonly Clue[]): FrontMatterText {
  const written: Clue[] = [];
  const open: Key[] = [];
  const lines: string[] = [];
  for (const key of KEYS) {
    const own = clues.filter((clue) => clue.key === key);
    const sure = own.find(({ certainty }) => certainty !== 'guess');
    const guesses = own.filter((clue) => clue !== sure);
    if (sure !== undefined) {
      written.push(sure);
      lines.push(...yamlLines(key, sure.value));
    }
    for (const [index, { value, evidence }] of guesses.entries()) {
      const [first = '', ...rest] = yamlLines(key, value);
      const word = sure === undefined && index === 0 ? 'perhaps' : 'or';
      lines.push(`# ${first}  # ${word}: ${oneLine(evidence)}`, ...rest.map((line) => `# ${line}`));
    }
    if (sure !== undefined) continue;
    const wanted = WANTED[key];
    if (guesses.length === 0 && (wanted === undefined || (key === 'language' && isWordless(clues)))) continue;
    if (guesses.length === 0) lines.push(`# ${wanted}`);
    open.push(key);
  }
  if (written.length === 0) lines.push('tags: []');
  return { text: `---\n${lines.join('\n')}\n---\n`, written, open };
}

/** Whether the task is one without a language: pictures, tables, games. */
function isWordless(clues: readonly Clue[]): boolean {
  const task = clues.find(({ key, certainty }) => key === 'pipeline_tag' && certainty !== 'guess')?.value;
  const modality = typeof task === 'string' ? tasks().get(task)?.modality : undefined;
  return modality === 'cv' || modality === 'tabular' || modality === 'rl';
}

/** A file name may hold what would end the comment. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
}
