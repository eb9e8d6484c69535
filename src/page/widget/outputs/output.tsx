import { fixed } from '../scores.js';
import type { Values } from '../values.js';
import type { Entity, Scored, View } from '../view.js';
import { Boxes } from './boxes.js';
import { Entities } from './entities.js';
import { EncodedFile, MadeFile, Sounds } from './files.js';
import { LabelBars } from './labels.js';
import { Masks } from './masks.js';
import { Numbers } from './numbers.js';
import { Predictions, TableAnswer } from './tables.js';
import { Texts } from './texts.js';

interface Props {
  readonly view: View;
  /** What was sent for it. */
  readonly values: Values;
  /** What a text may go on from; empty where none does. */
  readonly prompt: string;
}

/** An answer as its kind is best seen; what has another form is left to the JSON. */
export function Output({ view, values, prompt }: Props) {
  switch (view.kind) {
    case 'labels':
      return <LabelBars {...view} />;
    case 'entities':
      return <Entities {...view} text={values.text} listed />;
    case 'span':
      return (
        <>
          <p class="widget-answer">
            {view.entities[0]?.word || <em>No answer</em>}{' '}
            <small class="aside">{placeOf(view.entities[0])}</small>
          </p>
          <Entities {...view} text={values.context} listed={view.entities.length > 1} />
        </>
      );
    case 'table-answer':
      return <TableAnswer view={view} grid={values.grid} />;
    case 'texts':
      return <Texts {...view} prompt={prompt} />;
    case 'boxes':
      return <Boxes {...view} media={values.media} />;
    case 'masks':
      return <Masks {...view} media={values.media} />;
    case 'depth':
      return (
        <>
          <EncodedFile data={view.png} type="image/png" name="depth" />
          {view.tensor === null ? null : <Numbers tensor={view.tensor} />}
        </>
      );
    case 'similarities':
      return (
        <LabelBars rows={view.scores.map((score, index) => about(values, index, score))} all={view.all} />
      );
    case 'ranking':
      return (
        <LabelBars rows={view.rows.map(({ index, score }) => about(values, index, score))} all={view.all} />
      );
    case 'rows':
      return <Predictions {...view} grid={values.grid} />;
    case 'tensor':
      return <Numbers tensor={view.tensor} />;
    case 'sounds':
      return <Sounds sounds={view.sounds} />;
    case 'file':
      return <MadeFile blob={view.blob} name="answer" />;
    case 'json':
      return <p>The answer has another form than answers of this task; see the JSON.</p>;
  }
}

/** Where an answer stands in the text, and its score. */
function placeOf(entity: Entity | undefined): string {
  if (entity === undefined) return '';
  const { start, end, score } = entity;
  return [
    start === null || end === null ? '' : `characters ${start} – ${end}`,
    score === null ? '' : `score ${fixed(score)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** What is said of a sentence. */
function about({ sentences }: Values, index: number, score: number): Scored {
  return { label: sentences[index] ?? `Sentence ${index + 1}`, score };
}
