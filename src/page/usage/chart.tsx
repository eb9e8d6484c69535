import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Scroll } from '../scroll.js';
import type { ChartData, Series } from './charts.js';
import { linePath, marks } from './scale.js';
import { clock } from './wording.js';

const HEIGHT = 190;
const LEFT = 56;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 26;

/** A chart over time, with its table. `start` is when the first step begins. */
export function Chart({
  data,
  start,
  stepMs,
}: {
  readonly data: ChartData;
  readonly start: number;
  readonly stepMs: number;
}) {
  const { title, unit, kind, series, inWords } = data;
  const name = useId();
  const steps = series[0]?.values.length ?? 0;
  const empty = series.every(({ values }) => values.every((value) => !value));
  return (
    <figure class="panel chart" aria-labelledby={name}>
      <figcaption id={name}>
        <h2>{title}</h2>
        <span class="aside">{unit}</span>
      </figcaption>
      {series.length > 1 && (
        <ul class="legend" aria-hidden="true">
          {series.map((one) => (
            <li key={one.name}>
              <svg width="22" height="10" class={one.look} aria-hidden="true">
                {kind === 'bars' ? (
                  <rect class="bar" width="12" height="10" x="5" rx="2" />
                ) : (
                  <path class="line" d="M1 5H21" />
                )}
              </svg>
              {one.name}
            </li>
          ))}
        </ul>
      )}
      {empty ? (
        <p class="nothing aside">Nothing in this time.</p>
      ) : (
        <Drawing data={data} start={start} stepMs={stepMs} />
      )}
      <details>
        <summary>As a table</summary>
        <Scroll label={`${title} as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map((one) => (
                  <th scope="col" key={one.name} class="number">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {Array.from({ length: steps }, (_, index) => steps - 1 - index)
                .filter((step) => series.some(({ values }) => values[step]))
                .map((step) => (
                  <tr key={step}>
                    <th scope="row">{clock(start + step * stepMs)}</th>
                    {series.map((one) => (
                      <td key={one.name} class="number">
                        {told(one.values[step], inWords)}
                      </td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
          {empty && <p>Nothing in this time.</p>}
        </Scroll>
      </details>
    </figure>
  );
}

function Drawing({
  data: { title, kind, whole, series, inWords },
  start,
  stepMs,
}: {
  readonly data: ChartData;
  readonly start: number;
  readonly stepMs: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const steps = series[0]?.values.length ?? 0;
  const heights = Array.from({ length: steps }, (_, step) => {
    const values = series.map(({ values }) => values[step] ?? 0);
    return kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
  const axis = marks(Math.max(...heights), 4, whole);
  const top = axis.at(-1) ?? 1;
  const step = (width - LEFT - RIGHT) / steps;
  const x = (index: number) => LEFT + index * step;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  // As many times of day as there is room for.
  const every = [1, 2, 3, 6].map((part) => (steps / 12) * part).find((count) => count * step > 52) ?? steps;
  return (
    <div class="drawing" ref={place}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`${title}: ${inShort(series, inWords)}`}>
          {axis.map((value) => (
            <g key={value}>
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
              <text class="mark-y" x={LEFT - 8} y={y(value)}>
                {inWords(value)}
              </text>
            </g>
          ))}
          {heights.map((_, index) =>
            index % every === 0 ? (
              <text key={index} class="mark-x" x={x(index)} y={HEIGHT - 7}>
                {clock(start + index * stepMs)}
              </text>
            ) : null,
          )}
          {kind === 'bars'
            ? series.map((one, at) => (
                <g key={one.name} class={one.look}>
                  {one.values.map((value, index) => {
                    if (!value) return null;
                    const below = series
                      .slice(0, at)
                      .reduce((sum, { values }) => sum + (values[index] ?? 0), 0);
                    return (
                      <rect
                        key={index}
                        class="bar"
                        x={x(index) + step * 0.12}
                        width={step * 0.76}
                        y={y(below + value)}
                        height={Math.max(1, y(below) - y(below + value))}
                      />
                    );
                  })}
                </g>
              ))
            : series.map((one) => (
                <g key={one.name} class={one.look}>
                  <path
                    class="line"
                    d={linePath(
                      one.values.map((value, index) =>
                        value === null ? null : [x(index) + step / 2, y(value)],
                      ),
                    )}
                  />
                </g>
              ))}
          {heights.map((_, index) => (
            <rect key={index} class="touch" x={x(index)} width={step} y={TOP} height={HEIGHT - TOP - BOTTOM}>
              <title>
                {`${clock(start + index * stepMs)}\n${series
                  .map(({ name, values }) => `${name}: ${told(values[index], inWords)}`)
                  .join('\n')}`}
              </title>
            </rect>
          ))}
        </svg>
      )}
    </div>
  );
}

function told(value: number | null | undefined, inWords: (value: number) => string): string {
  return value === null || value === undefined ? '–' : inWords(value);
}

/** What a chart shows, for who does not see it: the most of each series. */
function inShort(series: readonly Series[], inWords: (value: number) => string): string {
  return series
    .map(
      ({ name, values }) => `${name} at most ${inWords(Math.max(0, ...values.map((value) => value ?? 0)))}`,
    )
    .join(', ');
}

/** The width of an element in pixels, as it changes; 0 before it is there. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
