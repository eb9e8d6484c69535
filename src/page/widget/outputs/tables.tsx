import { Scroll } from '../../scroll.js';
import type { Grid } from '../values.js';
import type { View } from '../view.js';
import { More } from './labels.js';

/** Rows of a table that are shown. */
const MOST_ROWS = 200;

/** The table with what the model says of each row. */
export function Predictions({
  grid,
  rows,
  all,
}: {
  readonly grid: Grid;
  readonly rows: readonly string[];
  readonly all: number;
}) {
  return (
    <>
      <Scroll label="Predictions">
        <table class="widget-table">
          <Head columns={['Prediction', ...grid.columns]} />
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                <td class="widget-cell-on">{row}</td>
                {grid.columns.map((name, column) => (
                  <td key={name}>{grid.rows[index]?.[column] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <More shown={rows.length} all={all} />
    </>
  );
}

/** The answer to a question about a table, with the cells that it was read from. */
export function TableAnswer({
  view,
  grid,
}: {
  readonly view: Extract<View, { kind: 'table-answer' }>;
  readonly grid: Grid;
}) {
  const on = new Set(view.coordinates.map(([row, column]) => `${row} ${column}`));
  return (
    <>
      <p class="widget-answer">
        {view.answer}
        {view.aggregator === 'NONE' || view.aggregator === '' ? null : (
          <span class="widget-tag">{view.aggregator}</span>
        )}
      </p>
      <Scroll label="Cells of the answer">
        <table class="widget-table">
          <Head columns={grid.columns} />
          <tbody>
            {grid.rows.slice(0, MOST_ROWS).map((cells, row) => (
              <tr key={row}>
                {grid.columns.map((name, column) =>
                  on.has(`${row} ${column}`) ? (
                    <td key={name} class="widget-cell-on">
                      <mark>{cells[column]}</mark>
                    </td>
                  ) : (
                    <td key={name}>{cells[column]}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <More shown={Math.min(MOST_ROWS, grid.rows.length)} all={grid.rows.length} />
    </>
  );
}

function Head({ columns }: { readonly columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map((name, index) => (
          <th scope="col" key={index}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
