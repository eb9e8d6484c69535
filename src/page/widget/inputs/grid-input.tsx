import type { Grid } from '../values.js';
import { FieldFault, inputId } from './field-input.js';

interface Props {
  readonly label: string;
  readonly grid: Grid;
  readonly fault: string | null;
  readonly onChange: (grid: Grid) => void;
}

/** Rows that are shown at first; a form of thousands of cells is slow. */
const MOST_SHOWN = 50;
/** Characters that a column has room for. */
const NARROWEST = 4;
const WIDEST = 30;

/** A table whose heads and cells can be edited. */
export function GridInput({ label, grid, fault, onChange }: Props) {
  const { columns, rows } = grid;
  const shown = rows.slice(0, MOST_SHOWN);
  const widths = columns.map((name, column) =>
    Math.min(WIDEST, Math.max(NARROWEST, name.length, ...shown.map((cells) => cells[column]?.length ?? 0))),
  );
  const setCell = (row: number, column: number, value: string) =>
    onChange({ columns, rows: rows.with(row, (rows[row] ?? []).with(column, value)) });
  return (
    <fieldset class="widget-field">
      <legend>{label}</legend>
      <section class="scroll tall" aria-label={label}>
        <table class="widget-grid">
          <thead>
            <tr>
              {columns.map((name, column) => (
                <th key={column} scope="col">
                  <input
                    type="text"
                    {...(column === 0 ? { id: inputId('grid') } : {})}
                    aria-label={`Name of column ${column + 1}`}
                    size={widths[column] ?? NARROWEST}
                    value={name}
                    onInput={(event) =>
                      onChange({ columns: columns.with(column, event.currentTarget.value), rows })
                    }
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((cells, row) => (
              <tr key={row}>
                {columns.map((name, column) => (
                  <td key={column}>
                    <input
                      type="text"
                      aria-label={`${name === '' ? `Column ${column + 1}` : name}, row ${row + 1}`}
                      size={widths[column] ?? NARROWEST}
                      value={cells[column] ?? ''}
                      onInput={(event) => setCell(row, column, event.currentTarget.value)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown.length ? (
        <p class="aside">{rows.length - shown.length} more rows are sent, but not shown.</p>
      ) : null}
      <div class="widget-line">
        <button
          type="button"
          class="button small"
          onClick={() => onChange({ columns, rows: [...rows, columns.map(() => '')] })}
        >
          Add row
        </button>
        <button
          type="button"
          class="button small"
          onClick={() => onChange({ columns: [...columns, ''], rows: rows.map((cells) => [...cells, '']) })}
        >
          Add column
        </button>
        <RemoveLast
          what="row"
          there={rows.length}
          onRemove={() => onChange({ columns, rows: rows.slice(0, -1) })}
        />
        <RemoveLast
          what="column"
          there={columns.length}
          onRemove={() =>
            onChange({ columns: columns.slice(0, -1), rows: rows.map((cells) => cells.slice(0, -1)) })
          }
        />
      </div>
      <FieldFault id="widget-grid-fault" fault={fault} />
    </fieldset>
  );
}

/** Takes away the last row or column, but the only one. It stays then: who used it would lose the focus. */
function RemoveLast({
  what,
  there,
  onRemove,
}: {
  readonly what: string;
  /** How many there are. */
  readonly there: number;
  readonly onRemove: () => void;
}) {
  return (
    <button
      type="button"
      class="button small"
      aria-disabled={there < 2}
      onClick={() => {
        if (there > 1) onRemove();
      }}
    >
      Remove last {what}
    </button>
  );
}
