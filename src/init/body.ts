import { libraries } from '../hub/libraries.js';
import { tasks } from '../hub/tasks.js';
import { isMapping, own } from '../mapping.js';
import type { Clue, Key } from './clue.js';
import { snippetOf } from './snippet.js';
import type { Sources } from './sources.js';

/** The Markdown below the front matter, and what it leaves to the author. */
export interface Body {
  readonly text: string;
  /** Sections to write, as the comment at the end lists them. */
  readonly open: readonly string[];
}

/** What only the author knows, by section, in the order of most cards. */
const OPEN: readonly (readonly [section: string, what: string])[] = [
  ['Intended use', 'what the model is for, and what it is not for'],
  ['Training', 'the data and the procedure'],
  ['Evaluation', 'on which data, with which results'],
  ['Limitations', 'where it fails, and which biases are known'],
];

/**
 * The text of a new card: a title, and the sections the files have something to say for. Sections only the author can write
 * are listed in a comment at the end, so that the page shows no empty ones.
 */
export function bodyOf(sources: Sources, written: readonly Clue[]): Body {
  const value = (key: Key) => written.find((clue) => clue.key === key)?.value;
  const text = (key: Key) => {
    const found = value(key);
    return typeof found === 'string' ? found : undefined;
  };
  const card = { library: text('library_name'), task: text('pipeline_tag'), baseModel: text('base_model') };
  const snippet = snippetOf(sources, card);
  const sections: (readonly [title: string, text: string | undefined])[] = [
    ['How to use', snippet && `\`\`\`${snippet.language}\n${snippet.code}\n\`\`\``],
    ['Training', trainingOf(sources, list(value('datasets')))],
    ['Evaluation', evaluationOf(sources)],
  ];
  const present = sections.filter(([, content]) => content !== undefined);
  const open = OPEN.filter(([section]) => !present.some(([title]) => title === section));
  return {
    text: [
      `# ${plainText(sources.name, 90) || 'Model'}`,
      descriptionOf(sources, card, list(value('base_model')), text('base_model_relation')),
      ...present.map(([title, content]) => `## ${title}\n\n${content}`),
      `<!--\nOnly you know the rest. Add these sections, then delete this comment:\n\n${open
        .map(([section, what]) => `- ${section}: ${what}`)
        .join('\n')}\n-->`,
    ]
      .filter((part) => part !== undefined)
      .join('\n\n')
      .concat('\n'),
    open: open.map(([section]) => section),
  };
}

function list(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}

/** One or two sentences of what the metadata says. */
function descriptionOf(
  { modelConfig, adapterConfig, modelIndex }: Sources,
  { library, task }: { readonly library: string | undefined; readonly task: string | undefined },
  base: readonly string[],
  relation: string | undefined,
): string | undefined {
  if (library === undefined && task === undefined) return undefined;
  const purpose = task === undefined ? '' : ` for ${(tasks().get(task)?.label ?? task).toLowerCase()}`;
  const named = [own(modelConfig, 'architectures'), own(modelIndex, '_class_name')].flat()[0];
  const kind = typeof named === 'string' && /^\w{1,80}$/.test(named) ? ` (\`${named}\`)` : '';
  const loader = library === undefined ? '' : `, to be loaded with ${libraries().get(library) ?? library}`;
  const what = adapterConfig === null ? 'a model' : 'an adapter';
  const sentences = [
    `This is ${what}${purpose}${kind}${library === 'gguf' ? ' in the GGUF format' : loader}.`,
  ];
  if (base.length > 0) {
    const from = base.map(link).join(', ');
    const words: Readonly<Record<string, string>> = {
      adapter: `It adapts ${from}.`,
      merge: `It is a merge of ${from}.`,
      quantized: `It was converted from ${from}.`,
    };
    sentences.push(words[relation ?? ''] ?? `It was made from ${from}.`);
  }
  const labels = labelsOf(modelConfig);
  if (labels !== undefined) sentences.push(`Its labels are ${labels}.`);
  return sentences.join(' ');
}

function link(id: string): string {
  return `[${id}](https://huggingface.co/${id})`;
}

const MOST_LABELS = 20;

/** The names of a classifier's labels; undefined where they are the placeholders transformers writes, or too many. */
function labelsOf(config: unknown): string | undefined {
  const map = own(config, 'id2label');
  if (!isMapping(map)) return undefined;
  const labels = Object.values(map);
  const named = labels.every(
    (label): label is string => typeof label === 'string' && !/^(?:LABEL_)?\d*$/.test(label),
  );
  if (!named || labels.length < 2 || labels.length > MOST_LABELS) return undefined;
  return labels.map((label) => `\`${plainText(label, 40)}\``).join(', ');
}

/** The length of a run of transformers' Trainer, and its data. */
function trainingOf({ json }: Sources, datasets: readonly string[]): string | undefined {
  const state = json.get('trainer_state.json');
  const epochs = own(state, 'epoch');
  const steps = own(state, 'global_step');
  const data = datasets.map((id) => `[${id}](https://huggingface.co/datasets/${id})`).join(', ');
  // JSON has no infinity, but 1e999 is read as it.
  if (typeof steps !== 'number' || !Number.isFinite(steps))
    return data === '' ? undefined : `Trained on ${data}.`;
  const passes =
    typeof epochs === 'number' && epochs > 0 && epochs < 1e6 ? ` (${decimal(epochs)} epochs)` : '';
  return `Trained${data === '' ? '' : ` on ${data}`} for ${decimal(steps)} steps${passes}.`;
}

const MOST_RESULTS = 30;

/** Results of `.eval_results/`, else the last evaluation of the training run. */
function evaluationOf(sources: Sources): string | undefined {
  const rows = sources.evalResults.flatMap(({ reading }) =>
    reading.kind === 'value' && Array.isArray(reading.value) ? reading.value.flatMap(resultRow) : [],
  );
  if (rows.length > 0) {
    return table(['Dataset', 'Task', 'Value'], rows.slice(0, MOST_RESULTS));
  }
  const metrics = lastEvaluation(sources);
  return metrics.length === 0
    ? undefined
    : `At the end of training, on its evaluation data:\n\n${table(['Metric', 'Value'], metrics)}`;
}

function resultRow(entry: unknown): readonly (readonly string[])[] {
  const dataset = own(own(entry, 'dataset'), 'id');
  const task = own(own(entry, 'dataset'), 'task_id');
  const value = own(entry, 'value');
  if (typeof dataset !== 'string' || (typeof value !== 'number' && typeof value !== 'string')) return [];
  return [[dataset, typeof task === 'string' ? task : '', String(value)]];
}

function lastEvaluation({ json }: Sources): readonly (readonly string[])[] {
  const log = own(json.get('trainer_state.json'), 'log_history');
  const logged: unknown = Array.isArray(log)
    ? log.findLast((entry: unknown) => own(entry, 'eval_loss') !== undefined)
    : undefined;
  const found = [json.get('eval_results.json'), json.get('all_results.json'), logged].find(isMapping);
  return Object.entries(found ?? {})
    .filter(([name]) => /^eval_(?!runtime|samples|steps|model_preparation)\w{1,40}$/.test(name))
    .flatMap(([name, value]) =>
      typeof value === 'number' && Number.isFinite(value)
        ? [[name.slice('eval_'.length), decimal(value)]]
        : [],
    )
    .slice(0, MOST_RESULTS);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => plainText(cell, 80)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Four digits are what an evaluation is good for. */
function decimal(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** Words of a file as plain words of Markdown: on one line, without what would be markup. */
function plainText(text: string, longest: number): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[`|<>[\]*\\]/g, '')
    .trim()
    .slice(0, longest)
    .replace(/[\ud800-\udbff]$/, '');
}
