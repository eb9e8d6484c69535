import type { Card } from '../card/card.js';
import { type JsonPath, toPointer } from '../card/path.js';
import { type PythonScalar, readAsPython } from '../card/python-yaml.js';
import { walkValues } from '../card/walk.js';
import type { Fix } from '../diagnostic.js';
import { escapeText, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';
import { FIELD_VALIDATORS } from './schema/metadata-validators.generated.js';

export const yamlReadersDisagree: Rule = {
  id: 'yaml-readers-disagree',
  severity: 'warning',
  description: 'Values without quotes mean the same to readers of YAML 1.1 and 1.2.',
  why: 'The Hub reads YAML 1.2. huggingface_hub and most other Python tools read YAML 1.1 (PyYAML), where no is false and 12:30 is 750: what they read, and write back when they change the card, is something else.',
  source:
    'PyYAML 6 (resolver.py, constructor.py) compared with js-yaml 4.3, whose wording shows the Hub to use it; YAML 1.1 type repository',
  fixable: true,
  needs: 'ambiguity',
  good: [
    { text: '---\nlanguage:\n- "no"\n- y\n---\n' },
    { text: '---\nreleased: 2024-02-29\nlearning_rate: 1.0e-5\nsteps: 1000\n---\n' },
  ],
  bad: [
    { text: '---\nlanguage: no\n---\n' },
    { text: '---\nsteps: 1_000\nlearning_rate: 1e-5\n---\n' },
    { text: '---\nreleased: 2023-02-29\n---\n' },
  ],
  check(context) {
    const { card } = context;
    const { metadata } = card;
    if (metadata === null) return;
    // What a merge key or an alias repeats stands once in the source.
    const seen = new Set<number>();
    const refused = refusedPaths(card);
    walkValues(metadata, (path, value) => {
      if (typeof path.at(-1) === 'string') checkKey(context, path, seen);
      checkValue(context, path, value, seen, refused);
    });
  },
};

/** Reports a key of a mapping that Python reads as something else than a string. */
function checkKey({ card, report }: RuleContext, path: JsonPath, seen: Set<number>): void {
  const key = String(path.at(-1));
  // Numbers as keys are strings to JavaScript in any case; these are strings in YAML 1.2 already.
  if (!/^(?:[yYnNoO]|[-+0-9.]+[:_])/.test(key)) return;
  const python = readAsPython(key);
  if (python.kind === 'string') return;
  const span = card.spanOf(path, 'key');
  if (span === undefined || seen.has(span.start) || card.text.slice(span.start, span.end) !== key) return;
  if (isTagged(card.text, span.start)) return;
  seen.add(span.start);
  report({
    message: `Without quotes, the key ${key} is text to the Hub, but ${meaning(python)} to PyYAML, which huggingface_hub uses.`,
    path,
    part: 'key',
    help: 'Put the key in quotes.',
    fix: { title: 'Put the key in quotes', edits: [{ ...span, text: `'${key}'` }] },
  });
}

function checkValue(
  { card, report }: RuleContext,
  path: JsonPath,
  value: unknown,
  seen: Set<number>,
  refused: (path: JsonPath) => boolean,
): void {
  const isText = typeof value === 'string';
  if (!isText && typeof value !== 'number' && !(value instanceof Date)) return;
  if (isText && readAsPython(value).kind === 'string') return;
  const span = card.spanOf(path);
  if (span === undefined || seen.has(span.start)) return;
  const source = card.text.slice(span.start, span.end);
  if (isText ? source !== value : /^["'|>*]/.test(source)) return;
  const python = readAsPython(source);
  if (isSame(value, python) || isTagged(card.text, span.start)) return;
  // Where the Hub wants a string, `metadata-type` says so and puts a number in quotes.
  if (!isText && refused(path)) return;
  seen.add(span.start);
  const { fix, help } = advice(value, source, span);
  report({
    message: messageFor(escapeText(source), value, python),
    path,
    part: 'value',
    help,
    ...(fix === undefined ? {} : { fix }),
  });
}

function messageFor(source: string, value: string | number | Date, python: PythonScalar): string {
  if (value instanceof Date) {
    return `${source} is no date: PyYAML, which huggingface_hub uses, stops with an error, and the Hub reads ${preview(value)}.`;
  }
  if (python.kind === 'error') {
    return `Without quotes, ${source} makes PyYAML, which huggingface_hub uses, stop with an error.`;
  }
  const toTheHub = typeof value === 'number' ? `the number ${value}` : 'text';
  return `Without quotes, ${source} is ${toTheHub} to the Hub, but ${meaning(python)} to PyYAML, which huggingface_hub uses.`;
}

function isSame(value: string | number | Date, python: PythonScalar): boolean {
  if (typeof value === 'string') return python.kind === 'string';
  if (typeof value !== 'number') return python.kind === 'date';
  return (
    python.kind === 'number' &&
    (python.value === value || (Number.isNaN(value) && Number.isNaN(python.value)))
  );
}

function meaning(python: PythonScalar): string {
  switch (python.kind) {
    case 'boolean':
      return String(python.value);
    case 'number':
      return `the number ${python.value}`;
    case 'string':
      return 'text';
    case 'date':
      return 'a date';
    case 'null':
      return 'null';
    case 'error':
      return 'an error';
  }
}

/** How to write what the Hub reads so that everybody reads it; no fix where something else may have been meant. */
function advice(
  value: string | number | Date,
  source: string,
  span: { readonly start: number; readonly end: number },
): { readonly help: string; readonly fix?: Fix } {
  if (typeof value === 'string') {
    const title = 'Put the value in quotes';
    return { help: `${title}.`, fix: { title, edits: [{ ...span, text: `'${source}'` }] } };
  }
  if (typeof value !== 'number') {
    return { help: 'There is no such day or time: correct it, or put it in quotes when it is no date.' };
  }
  const plain = numberForAll(source, value);
  if (plain === undefined) {
    return { help: `Write ${value} for the number, or put it in quotes when it is text.` };
  }
  return { help: `Write ${plain}.`, fix: { title: `Write ${plain}`, edits: [{ ...span, text: plain }] } };
}

/** The same number as both readers read it; undefined where leading zeros make it doubtful that a number was meant. */
function numberForAll(source: string, value: number): string | undefined {
  const parts = /^([-+]?)([0-9]*)(\.?[0-9]*)[eE]([-+]?)([0-9]+)$/.exec(source);
  if (parts !== null) {
    const [, sign = '', whole = '', rest = '', exponentSign = '', exponent = ''] = parts;
    const fraction = rest === '' ? '.0' : rest;
    const text = `${sign}${whole === '' ? '0' : whole}${fraction}e${exponentSign === '' ? '+' : exponentSign}${exponent}`;
    return isSame(value, readAsPython(text)) ? text : undefined;
  }
  return /^[-+]?0o/.test(source) ? String(value) : undefined;
}

/** Whether a tag in front of the scalar decides what it is, to both readers. */
function isTagged(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 200), start);
  return /(?:^|\s)!\S*\s+(?:&\S+\s+)?$/.test(before);
}

/** Values that the Hub refuses because of their type. */
function refusedPaths({ metadata }: Pick<Card, 'metadata'>): (path: JsonPath) => boolean {
  const byField = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const field = String(path[0]);
    let pointers = byField.get(field);
    if (pointers === undefined) {
      const validate = FIELD_VALIDATORS.get(field);
      const fine = validate === undefined || validate(metadata?.[field]);
      pointers = new Set(fine ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath));
      byField.set(field, pointers);
    }
    return pointers.has(toPointer(path.slice(1)));
  };
}
