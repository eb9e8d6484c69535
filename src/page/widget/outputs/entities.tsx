import { Scroll } from '../../scroll.js';
import { fixed } from '../scores.js';
import type { Entity } from '../view.js';
import { More } from './labels.js';
import { segmentsOf } from './segments.js';
import { tonesOf } from './tones.js';

interface Props {
  /** The text that was sent. */
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly all: number;
  /** Whether they are also listed, each with its place. */
  readonly listed: boolean;
}

/** Characters of a text in which entities are shown. */
const MOST_TEXT = 20_000;

/** What was found in a text, in the text and as a table. */
export function Entities({ text, entities, all, listed }: Props) {
  const tone = tonesOf(entities.map(({ group }) => group));
  if (entities.length === 0) return <p>Nothing was found in the text.</p>;
  const shown = text.slice(0, MOST_TEXT);
  return (
    <>
      <p class="widget-entities">
        {segmentsOf(shown, entities).map(({ text: piece, entity }, index) =>
          entity === null ? (
            piece
          ) : (
            <mark key={index} class={tone(entity.group)}>
              {piece}
              <span class="widget-tag">{entity.group}</span>
            </mark>
          ),
        )}
        {text.length > shown.length ? '…' : null}
      </p>
      {listed ? (
        <Scroll label="What was found">
          <table class="widget-table">
            <thead>
              <tr>
                <th scope="col">Found</th>
                <th scope="col">As</th>
                <th scope="col">From – to</th>
                <th scope="col">Score</th>
              </tr>
            </thead>
            <tbody>
              {entities.map(({ word, group, start, end, score }, index) => (
                <tr key={index}>
                  <td>{word}</td>
                  <td>{group}</td>
                  <td>{start === null || end === null ? '' : `${start} – ${end}`}</td>
                  <td class="widget-number">{fixed(score)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
      <More shown={entities.length} all={all} />
    </>
  );
}
