import { Scroll } from '../../scroll.js';
import { fixed } from '../scores.js';
import { MOST, type Scored } from '../view.js';

/** More bars than this scroll by themselves. */
const MOST_AT_ONCE = 12;

/** Labels with bars as long as their scores. */
export function LabelBars({ rows, all }: { readonly rows: readonly Scored[]; readonly all: number }) {
  if (rows.length === 0) return <p>The answer is empty.</p>;
  // Scores that are no probabilities are drawn in relation to the largest.
  const most = Math.max(1, ...rows.map(({ score }) => Math.abs(score ?? 0)));
  const bars = (
    <ol class="widget-bars">
      {rows.map(({ label, score, detail }, index) => (
        <li key={index}>
          <span class="widget-bar-label">
            {label === '' ? <em>(no name)</em> : label}
            {detail === undefined ? null : <small>{detail}</small>}
          </span>
          <span class="widget-score">{fixed(score)}</span>
          {score === null ? null : (
            <span class={`widget-bar ${score < 0 ? 'is-below' : ''}`} aria-hidden="true">
              <span style={{ width: `${(100 * Math.abs(score)) / most}%` }} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
  return (
    <>
      {rows.length > MOST_AT_ONCE ? <Scroll label="Labels">{bars}</Scroll> : bars}
      <More shown={rows.length} all={all} />
    </>
  );
}

/** Says how much of a long answer is not shown. */
export function More({ shown, all }: { readonly shown: number; readonly all: number }) {
  return all > shown ? (
    <p class="aside">
      {(all - shown).toLocaleString('en')} more are not shown{shown >= MOST ? '' : ' here'}; the JSON has them
      all.
    </p>
  ) : null;
}
