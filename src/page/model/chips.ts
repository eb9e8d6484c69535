import type { Diagnostic, Severity } from '../../diagnostic.js';

/** A fact of the card, in few words, as the Hub shows it above the card. */
export interface Chip {
  /** What it is, such as `License`; absent where the value speaks for itself. */
  readonly name?: string;
  readonly value: string;
  /** JSON pointers of the keys of the card that it shows. */
  readonly pointer: string;
}

/** A chip, and the worst that was found about it; null where nothing was. */
export interface MarkedChip extends Chip {
  readonly finding: Diagnostic | null;
}

/** What stands in front of the values of a key, in the order of the chips. */
const KEYS: readonly (readonly [key: string, name: string | undefined])[] = [
  ['license', 'License'],
  ['license_name', 'License'],
  ['language', 'Language'],
  ['datasets', 'Dataset'],
  ['base_model', 'Base model'],
  ['metrics', 'Metric'],
  ['tags', undefined],
];

/** Most chips of one key; cards of translation models name hundreds of languages. */
const MOST = 40;
/** Longest text of a chip, in characters. */
const LONGEST = 80;

/** Task and library first, then what the card says; tags that repeat these two are left out, as on the Hub. */
export function chipsOf(
  data: Readonly<Record<string, unknown>> | null,
  { task, library }: { readonly task: string | null; readonly library: string | null },
): readonly Chip[] {
  const first: Chip[] = [];
  if (task !== null) first.push({ value: task, pointer: '/pipeline_tag' });
  if (library !== null) first.push({ name: 'Library', value: library, pointer: '/library_name' });
  const rest = KEYS.flatMap(([key, name]) =>
    chipsOfKey(key, name, data?.[key]).filter(
      ({ value }) => key !== 'tags' || (value !== task && value !== library),
    ),
  );
  return [...first, ...rest];
}

function chipsOfKey(key: string, name: string | undefined, value: unknown): readonly Chip[] {
  const named = name === undefined ? {} : { name };
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const chips = values.flatMap((item, index): readonly Chip[] => {
    const text = textOf(item);
    const pointer = Array.isArray(value) ? `/${key}/${index}` : `/${key}`;
    return text === null ? [] : [{ ...named, value: text, pointer }];
  });
  if (chips.length <= MOST) return chips;
  return [
    ...chips.slice(0, MOST),
    { ...named, value: `and ${chips.length - MOST} more`, pointer: `/${key}` },
  ];
}

function textOf(value: unknown): string | null {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value.trim() === '') return null;
  const [line = ''] = value.trim().split('\n', 1);
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

const WORST: readonly Severity[] = ['error', 'warning', 'info'];

/** Marks the chips that findings of the card point at: at their key, at a value in it, or at the whole key of a list. */
export function markedChips(
  chips: readonly Chip[],
  diagnostics: readonly Diagnostic[],
  cardPath: string,
): readonly MarkedChip[] {
  const ofCard = diagnostics.filter(({ file, path }) => file === cardPath && path !== '');
  return chips.map((chip) => {
    const found = ofCard.filter(
      ({ path }) =>
        path === chip.pointer || chip.pointer.startsWith(`${path}/`) || path.startsWith(`${chip.pointer}/`),
    );
    const worst = WORST.map((severity) => found.find((one) => one.severity === severity)).find(Boolean);
    return { ...chip, finding: worst ?? null };
  });
}
