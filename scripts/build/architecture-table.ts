/** A difference between a graph and PyTorch, as the comparisons of test/architectures note it. */
export interface Difference {
  readonly device: string;
  /** `model_type`. */
  readonly type: string;
  readonly class: string;
  readonly dtype: string;
  /** Of the model. */
  readonly name: string;
  /** The largest of any number of an output; null where it is no number. */
  readonly difference: number | null;
}

const DTYPES: readonly (readonly [dtype: string, words: string])[] = [
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
];
const DEVICES: Readonly<Record<string, string>> = { cpu: 'CPU', webgpu: 'WebGPU' };

/** The largest differences as a table of Markdown: a row for each model type and head, a column for each type of weights and device. */
export function differenceTable(seen: readonly Difference[]): string {
  const devices = [...new Set(seen.map(({ device }) => device))];
  const columns = devices.flatMap((device) => DTYPES.map(([dtype, words]) => ({ device, dtype, words })));
  const rows = new Map<string, Difference[]>();
  for (const one of seen) {
    const key = `| \`${one.type}\` | ${headOf(one.class)} |`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, all]) => {
      const models = new Set(all.map(({ name }) => name)).size;
      const cells = columns.map(({ device, dtype }) => {
        const stored = all.filter((one) => one.dtype === dtype);
        const here = stored.filter((one) => one.device === device);
        return here.length === 0 && stored.length > 0 ? 'not run' : largest(here);
      });
      return `${key} ${models} | ${cells.join(' | ')} |`;
    });
  const heads = columns.map(({ device, words }) => `${words}, ${DEVICES[device] ?? device}`);
  return `| model type | head | models | ${heads.join(' | ')} |
| --- | --- | --- | ${heads.map(() => '---').join(' | ')} |
${lines.join('\n')}
`;
}

/** What the class ends in. */
function headOf(className: string): string {
  return /(?:For[A-Z]\w*|LMHeadModel|MTModel|Model)$/.exec(className)?.[0] ?? className;
}

/** Rounded up, so that it is never less than what was seen; empty where nothing was. */
function largest(all: readonly Difference[]): string {
  if (all.length === 0) return '';
  const most = Math.max(...all.map(({ difference }) => difference ?? Number.POSITIVE_INFINITY));
  const [digits = '', exponent = ''] = most.toExponential().split('e');
  return Number.isFinite(most)
    ? `${(Math.ceil(Number(digits) * 10) / 10).toFixed(1)}e${exponent}`
    : 'no number';
}
