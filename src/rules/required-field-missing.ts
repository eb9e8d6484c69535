import type { JsonPath } from '../card/path.js';
import { fieldPath } from '../config/field-path.js';
import type { Diagnostic } from '../diagnostic.js';
import { isMapping, own } from '../mapping.js';
import { label } from '../preview.js';
import { isLfsPointer } from './card-lfs-pointer.js';
import { explainCommand } from './pages/reference.js';
import type { Rule } from './rule.js';

export const requiredFieldMissing: Rule = {
  id: 'required-field-missing',
  severity: 'error',
  description: 'The fields that the settings require are there and hold something.',
  why: 'The Hub requires no field. Where a team agreed on some (a license, the emissions, a contact), this is what holds everybody to it.',
  source: 'the setting "required"',
  fixable: false,
  needs: 'required',
  good: [
    { text: '---\nlicense: mit\n---\n', required: ['license'] },
    {
      text: '---\nco2_eq_emissions:\n  emissions: 12.5\n---\n',
      required: ['co2_eq_emissions.emissions'],
    },
  ],
  bad: [
    { text: '---\nlicense: mit\n---\n', required: ['license', 'base_model'] },
    { text: '---\ntags: []\n---\n', required: ['tags'] },
    {
      text: '---\nwidget:\n- text: Paris is lovely.\n  example_title: City\n- text: A village.\n---\n',
      required: ['widget.example_title'],
    },
  ],
  check({ card, cardFile, required, report }) {
    if (required.length === 0 || cardFile.source !== 'text') return;
    const { frontMatter, metadata } = card;
    if (metadata === null) {
      // A block that cannot be read is an error of its own, and so is a pointer in the place of the card.
      if (frontMatter.kind !== 'absent' || isLfsPointer({ card })) return;
      report({
        message: `The card has no metadata, and the settings require some: ${required.map((field) => label(fieldPath(field))).join(', ')}.`,
        help: 'Begin the card with a line ---, the fields, and another line ---.',
      });
      return;
    }
    for (const field of required) {
      for (const { path, empty } of gaps(metadata, fieldPath(field))) {
        const name = `"${label(path)}"`;
        report({
          message: empty
            ? `${name} is empty, and the settings require a value.`
            : `The metadata lacks ${name}, which the settings require.`,
          path,
          part: 'key',
          help: empty
            ? 'Give it a value.'
            : `Add "${label(path.slice(-1))}: …"${path.length === 1 ? '' : ` below "${label(path.slice(0, -1))}"`}.`,
        });
      }
    }
  },
};

/** A place where a required field is missing or holds nothing. */
interface Gap {
  readonly path: JsonPath;
  readonly empty: boolean;
}

/** Where a field is missing; in every item of the lists that the path leads through. */
function* gaps(value: unknown, rest: JsonPath, path: JsonPath = []): Generator<Gap> {
  const [key, ...deeper] = rest;
  if (path.length > 0 && isEmpty(value)) yield { path, empty: true };
  else if (key === undefined) return;
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* gaps(item, rest, [...path, index]);
  } else if (isMapping(value) && Object.hasOwn(value, key)) {
    yield* gaps(own(value, String(key)), deeper, [...path, key]);
  } else yield { path: [...path, ...rest], empty: false };
}

/** Null, a blank string, an empty list or mapping, or a list of nothing but null and blank strings. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isBlank);
  return isBlank(value) || (isMapping(value) && Object.keys(value).length === 0);
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

const RANK = { info: 0, warning: 1, error: 2 } as const;

/**
 * Where this rule and another speak about the same field of the same file, leaves the worse of them; of two that are as bad the
 * one that knows what the Hub does. When that is ours, it takes over what the others know beyond it: fix, advice, and the Hub's
 * reaction.
 */
export function oneForEachField(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = new Map<string, { readonly own: Diagnostic; readonly others: Diagnostic[] }>();
  for (const own of diagnostics) {
    if (own.rule === requiredFieldMissing.id && own.path !== '') groups.set(keyOf(own), { own, others: [] });
  }
  if (groups.size === 0) return diagnostics;
  for (const one of diagnostics) {
    if (one.rule !== requiredFieldMissing.id) groups.get(keyOf(one))?.others.push(one);
  }
  return diagnostics.flatMap((one) => {
    const group = groups.get(keyOf(one));
    if (group === undefined || group.others.length === 0) return [one];
    const { own, others } = group;
    const yields = others.some((other) => outweighs(other, own));
    if (one === own) return yields ? [] : [enriched(own, others)];
    return yields ? [one] : [];
  });
}

function outweighs(other: Diagnostic, own: Diagnostic): boolean {
  const difference = RANK[other.severity] - RANK[own.severity];
  return difference > 0 || (difference === 0 && other.hub !== null);
}

function enriched(own: Diagnostic, others: readonly Diagnostic[]): Diagnostic {
  const [first] = others;
  const fix = others.find((other) => other.fix !== undefined)?.fix;
  const hub = others.find((other) => other.hub !== null)?.hub ?? own.hub;
  const help = first?.help.replace(explainCommand(first.rule), explainCommand(own.rule)) ?? own.help;
  return { ...own, hub, help, ...(fix === undefined ? {} : { fix }) };
}

function keyOf({ file, path }: Diagnostic): string {
  return `${path}\0${file}`;
}
