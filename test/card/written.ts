import fc from 'fast-check';
import type { Part } from '../../src/card/card.js';
import type { JsonPath } from '../../src/card/path.js';
import type { Span } from '../../src/card/position.js';

/** A generated YAML document whose every place is known because it was written piece by piece. */
export interface Written {
  readonly yaml: string;
  readonly value: unknown;
  readonly places: readonly { readonly path: JsonPath; readonly part: Part; readonly span: Span }[];
}

/** What to write: `after` is put behind it on its line, where comments are allowed. */
type Plan =
  | { readonly is: 'scalar'; readonly source: string; readonly value: unknown; readonly after: string }
  | {
      readonly is: 'block';
      readonly header: string;
      readonly lines: readonly string[];
      readonly after: string;
    }
  | ({ readonly is: 'mapping'; readonly flow: boolean; readonly entries: readonly PlannedEntry[] } & Dressed)
  | ({ readonly is: 'list'; readonly flow: boolean; readonly items: readonly Plan[] } & Dressed);

interface PlannedEntry {
  readonly key: readonly [source: string, name: string];
  readonly explicit: boolean;
  readonly value: Plan;
}

interface Dressed {
  readonly anchor: boolean;
  readonly wide: boolean;
  readonly comment: string;
}

const scalars: readonly (readonly [string, unknown])[] = [
  ...(['mit', 'a b', 'c:d', 'e#f', 'é😀', '-x', 'http://x.y/z?a=b'] as const).map(
    (text) => [text, text] as const,
  ),
  ['12', 12],
  ['-1.5e3', -1500],
  ['0x1F', 31],
  ['true', true],
  ['no', 'no'],
  ['~', null],
  ['', null],
  ['2024-05-06', new Date('2024-05-06T00:00:00Z')],
  ['"q # r: \\"s\\" 😀"', 'q # r: "s" 😀'],
  ["'it''s, [x]'", "it's, [x]"],
  ['""', ''],
];

const keys: readonly (readonly [string, string])[] = [
  ['license', 'license'],
  ['model-index', 'model-index'],
  ['"a key: #"', 'a key: #'],
  ["'k'", 'k'],
  ['été 😀', 'été 😀'],
  ['7', '7'],
  ['0b11', '3'],
  ['null', 'null'],
  ['__proto__', '__proto__'],
  ['<', '<'],
];

const after = fc.constantFrom('', '', '', ' ', '\t', '  # c: [d', ' #');
const dressed = {
  anchor: fc.boolean(),
  wide: fc.boolean(),
  comment: fc.constantFrom('', '', '# c: d', '  # - e'),
};

const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .record({ pair: fc.constantFrom(...scalars), after })
      .map(({ pair: [source, value], after }): Plan => ({ is: 'scalar', source, value, after })),
    fc.record({
      is: fc.constant('block' as const),
      header: fc.constantFrom('|', '|-', '|+', '>', '>-'),
      lines: fc.array(fc.constantFrom('one', 'two  ', '- x', 'k: v', '# no comment', '😀'), {
        minLength: 1,
        maxLength: 3,
      }),
      after,
    }),
    fc.record({
      is: fc.constant('mapping' as const),
      flow: fc.boolean(),
      entries: fc.uniqueArray(
        fc.record({ key: fc.constantFrom(...keys), explicit: fc.boolean(), value: tie('plan') }),
        { minLength: 1, maxLength: 4, selector: ({ key }) => key[1] },
      ),
      ...dressed,
    }),
    fc.record({
      is: fc.constant('list' as const),
      flow: fc.boolean(),
      items: fc.array(tie('plan'), { minLength: 1, maxLength: 4 }),
      ...dressed,
    }),
  ),
}));

/** Documents with mappings and lists in both styles, all kinds of scalars, comments, anchors and explicit keys. */
export const written: fc.Arbitrary<Written> = plan.map((root) => {
  const writer = new Writer();
  const { value } = writer.node(root, [], -1, 'alone');
  return { yaml: writer.yaml, value, places: writer.places };
});

class Writer {
  yaml = '';
  readonly places: { path: JsonPath; part: Part; span: Span }[] = [];
  #anchors = 0;

  /** Writes a node below a collection at column `indent`; returns its value and the end of its span. */
  node(plan: Plan, path: JsonPath, indent: number, where: 'alone' | 'dash' | 'colon' | 'flow') {
    const written = this.#write(plan, path, indent, where);
    this.places.push({ path, part: 'value', span: { start: written.start, end: written.end } });
    return written;
  }

  #write(
    plan: Plan,
    path: JsonPath,
    indent: number,
    where: 'alone' | 'dash' | 'colon' | 'flow',
  ): { start: number; end: number; value: unknown } {
    const gap = where === 'alone' ? '' : where === 'flow' ? '' : ' ';
    if (plan.is === 'scalar') {
      // Nothing in the place of a flow item is a fault; behind a dash js-yaml takes the outer list's next item for it.
      const bare = where !== 'colon';
      const [source, value] = plan.source === '' && bare ? ['~', null] : [plan.source, plan.value];
      if (source !== '') this.yaml += gap;
      const start = this.yaml.length;
      this.yaml += source;
      const end = this.yaml.length;
      if (where !== 'flow') this.yaml += `${plan.after}\n`;
      return { start, end, value };
    }
    if (plan.is === 'block') return this.#block(plan, indent, where, gap);

    let anchor = '';
    if (plan.anchor) anchor = `&a${this.#anchors++}`;
    if (plan.flow || where === 'flow') {
      this.yaml += gap + (anchor === '' ? '' : `${anchor} `);
      const flow = this.#flow(plan, path);
      if (where !== 'flow') this.yaml += plan.comment.startsWith(' ') ? `${plan.comment}\n` : '\n';
      return flow;
    }
    const compact = where === 'dash' && anchor === '' && plan.comment === '';
    const list = plan.is === 'list' && where === 'colon' && !plan.wide;
    let column = list ? indent : indent + (plan.wide ? 4 : 2);
    if (compact) {
      column = indent + 2;
      this.yaml += ' ';
    } else if (where === 'alone') {
      column = 0;
      this.yaml += `${anchor === '' ? '' : `${anchor}\n`}${plan.comment.trim() === '' ? '' : `${plan.comment.trim()}\n`}`;
    } else {
      this.yaml += `${anchor === '' ? '' : ` ${anchor}`}\n${plan.comment === '' ? '' : `${plan.comment}\n`}`;
    }
    return plan.is === 'list'
      ? this.#items(plan.items, path, column, compact)
      : this.#entries(plan.entries, path, column, compact);
  }

  #block(plan: Plan & { is: 'block' }, indent: number, where: string, gap: string) {
    if (where === 'flow')
      return this.#write({ ...plan, is: 'scalar', source: 'z', value: 'z' }, [], 0, 'flow');
    this.yaml += gap;
    const start = this.yaml.length;
    this.yaml += `${plan.header}${/[^\s#]/.test(plan.after) ? '' : plan.after.trimEnd()}`;
    for (const line of plan.lines) this.yaml += `\n${' '.repeat(indent + 3)}${line}`;
    let end = this.yaml.length;
    this.yaml += '\n';
    if (plan.header.includes('+')) end = this.yaml.length;
    const text = plan.lines.join(plan.header.startsWith('>') ? ' ' : '\n');
    return { start, end, value: plan.header.includes('-') ? text : `${text}\n` };
  }

  #flow(plan: Plan & { is: 'mapping' | 'list' }, path: JsonPath) {
    const start = this.yaml.length;
    const separate = plan.wide ? ' , ' : ',';
    const value: unknown = plan.is === 'list' ? [] : {};
    this.yaml += plan.is === 'list' ? '[' : '{ ';
    if (plan.is === 'list') {
      plan.items.forEach((item, index) => {
        if (index > 0) this.yaml += separate;
        set(value, index, this.node(item, [...path, index], 0, 'flow').value);
      });
    } else {
      plan.entries.forEach(({ key: [source, name], value: inner, explicit }, index) => {
        if (index > 0) this.yaml += separate;
        const entry = this.yaml.length;
        if (explicit) this.yaml += '? ';
        const key = this.yaml.length;
        this.yaml += source;
        this.#place([...path, name], 'key', key);
        this.yaml += plan.wide ? ' : ' : ': ';
        const written = this.node(inner, [...path, name], 0, 'flow');
        this.#place([...path, name], 'entry', entry, written.end);
        set(value, name, written.value);
      });
    }
    this.yaml += plan.is === 'list' ? ']' : '}';
    return { start, end: this.yaml.length, value };
  }

  #items(items: readonly Plan[], path: JsonPath, column: number, compact: boolean) {
    const value: unknown[] = [];
    let start = 0;
    let end = 0;
    items.forEach((item, index) => {
      if (index > 0 || !compact) this.yaml += ' '.repeat(column);
      if (index === 0) start = this.yaml.length;
      this.yaml += '-';
      const written = this.node(item, [...path, index], column, 'dash');
      value.push(written.value);
      end = written.end;
    });
    return { start, end, value };
  }

  #entries(entries: readonly PlannedEntry[], path: JsonPath, column: number, compact: boolean) {
    const value = {};
    let start = 0;
    let end = 0;
    entries.forEach(({ key: [source, name], value: inner, explicit }, index) => {
      if (index > 0 || !compact) this.yaml += ' '.repeat(column);
      const entry = this.yaml.length;
      if (index === 0) start = entry;
      if (explicit) this.yaml += '? ';
      const key = this.yaml.length;
      this.yaml += source;
      this.#place([...path, name], 'key', key);
      this.yaml += explicit ? `\n${' '.repeat(column)}:` : ':';
      const written = this.node(inner, [...path, name], column, 'colon');
      this.#place([...path, name], 'entry', entry, written.end);
      set(value, name, written.value);
      end = written.end;
    });
    return { start, end, value };
  }

  #place(path: JsonPath, part: Part, start: number, end = this.yaml.length) {
    this.places.push({ path, part, span: { start, end } });
  }
}

/** An assignment that takes `__proto__` for a name like any other. */
function set(target: unknown, key: string | number, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
}
