import { defaultInputs } from '../../hub/default-inputs.js';
import { isMapping, own } from '../../mapping.js';
import type { Clue, WidgetExample } from '../clue.js';
import type { Sources } from '../sources.js';

/** Tasks whose example is a file alone, with the endings of such files. */
const MEDIA: Readonly<Record<string, RegExp>> = {
  'image-classification': /\.(?:png|jpe?g|webp)$/i,
  'object-detection': /\.(?:png|jpe?g|webp)$/i,
  'image-segmentation': /\.(?:png|jpe?g|webp)$/i,
  'depth-estimation': /\.(?:png|jpe?g|webp)$/i,
  'image-to-image': /\.(?:png|jpe?g|webp)$/i,
  'image-to-text': /\.(?:png|jpe?g|webp)$/i,
  'audio-classification': /\.(?:wav|flac|mp3|ogg)$/i,
  'automatic-speech-recognition': /\.(?:wav|flac|mp3|ogg)$/i,
  'audio-to-audio': /\.(?:wav|flac|mp3|ogg)$/i,
  'video-classification': /\.(?:mp4|webm)$/i,
};

/** Folders whose files are meant as inputs; elsewhere a picture may be a plot or a logo. */
const SAMPLES = /^(?:samples?|examples?|widgets?)\/[\w .-]+(?:\/[\w .-]+)*$/;

/** No more examples than a page shows at a glance. */
const MOST = 3;

/** Tables beyond this are data, not examples. */
const MOST_COLUMNS = 100;
const MOST_ROWS = 10;
const LONGEST = 200;

/** Examples for the widget: from files of the repository, else the Hub's default inputs as a suggestion. */
export function widgetClues(sources: Sources, task: string | undefined): readonly Clue[] {
  if (task === undefined) return [];
  const clue = (
    value: readonly WidgetExample[],
    certainty: Clue['certainty'],
    evidence: string,
  ): readonly Clue[] => [{ key: 'widget', value, certainty, evidence }];
  const pattern = Object.hasOwn(MEDIA, task) ? MEDIA[task] : undefined;
  if (pattern !== undefined) {
    const paths = sources.files
      .map(({ path }) => path)
      .filter((path) => SAMPLES.test(path) && pattern.test(path));
    const [first] = paths;
    if (first === undefined) return [];
    const examples = paths.slice(0, MOST).map((path) => ({ src: path, example_title: titleOf(path) }));
    return clue(examples, 'told', `${first}${paths.length > 1 ? ' and its like' : ''}`);
  }
  if (task.startsWith('tabular-')) {
    const table = tableOf(own(own(sources.modelConfig, 'sklearn'), 'example_input'));
    return table === undefined
      ? []
      : clue([{ structured_data: table }], 'told', 'sklearn.example_input in config.json');
  }
  const examples = (defaultInputs(task)?.inputs ?? [])
    .slice(0, 1)
    .flatMap((input) => suggestion(input, sources));
  return examples.length === 0 ? [] : clue(examples, 'guess', 'the Hub’s default input');
}

function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const words = name.replace(/[_-]+/g, ' ').trim() || name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A table of columns with equally many cells, cut to a few rows. */
function tableOf(value: unknown): WidgetExample | undefined {
  if (!isMapping(value)) return undefined;
  const columns = Object.entries(value);
  const rows = Array.isArray(columns[0]?.[1]) ? columns[0][1].length : 0;
  const sound = columns.every(
    ([name, cells]) =>
      name.length <= LONGEST &&
      Array.isArray(cells) &&
      cells.length === rows &&
      cells.slice(0, MOST_ROWS).every(isCell),
  );
  if (!sound || rows === 0 || columns.length > MOST_COLUMNS) return undefined;
  return Object.fromEntries(columns.map(([name, cells]) => [name, (cells as unknown[]).slice(0, MOST_ROWS)]));
}

function isCell(value: unknown): boolean {
  return (
    Number.isFinite(value) ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= LONGEST)
  );
}

/** A default input as an example of the card; those with files or tables of their own are left to the Hub. */
function suggestion(input: unknown, { tokenizerConfig }: Sources): readonly WidgetExample[] {
  if (typeof input === 'string') {
    return input.length > LONGEST ? [] : [{ text: withMask(input, tokenizerConfig) }];
  }
  if (!isMapping(input)) return [];
  const flat = Object.entries(input).every(
    ([, value]) => typeof value === 'string' || typeof value === 'boolean',
  );
  return flat && typeof input.text === 'string' && input.text.length <= LONGEST ? [input] : [];
}

function withMask(text: string, tokenizerConfig: unknown): string {
  const token = maskToken(tokenizerConfig);
  return token === undefined ? text : text.replaceAll('<mask>', token);
}

/** The mask token of a tokenizer, as a text or as the object transformers saves. */
function maskToken(tokenizerConfig: unknown): string | undefined {
  const value = own(tokenizerConfig, 'mask_token');
  const token = isMapping(value) ? own(value, 'content') : value;
  return typeof token === 'string' && /^[\w<>[\]|-]{1,30}$/.test(token) ? token : undefined;
}
