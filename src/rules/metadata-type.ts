import type { Card } from '../card/card.js';
import { renameKey } from '../card/key-edit.js';
import { mappingStart } from '../card/mapping-start.js';
import { fromPointer, type JsonPath, valueAt } from '../card/path.js';
import { scalarSource } from '../card/scalar-edit.js';
import type { Fix } from '../diagnostic.js';
import { type Field, fieldsIn } from '../hub/fields.js';
import { meantField } from '../hub/meant-field.js';
import { tasks } from '../hub/tasks.js';
import { isMapping } from '../mapping.js';
import { label, preview } from '../preview.js';
import { RELATION_REFUSED } from './metadata-value.js';
import type { Finding, Rule } from './rule.js';
import { FIELD_VALIDATORS, type StructureError } from './schema/metadata-validators.generated.js';
import { dashFix, hasDashes, strayedFrom } from './shared/mis-indented.js';
import { typeInWords, valueInWords } from './shared/type-words.js';

/** No card needs more than this many findings of one kind to be put right. */
const MOST = 100;

/**
 * How the Hub words a wrong type. A field that takes one or many is tried as one first. The words for a choice of types are
 * those of Joi, whose other sentences the Hub’s messages are.
 */
const HUB_WORDS: Readonly<Record<string, string>> = {
  string: 'must be a string',
  'string,array': 'must be a string',
  'string,null': 'must be a string',
  'string,object': 'must be one of [string, object]',
  'boolean,object': 'must be one of [boolean, object]',
  'number,object': 'must be one of [number, object]',
  array: 'must be an array',
  object: 'must be of type object',
  boolean: 'must be a boolean',
  number: 'must be a number',
};

const HELP: Readonly<Record<string, string>> = {
  array: 'Write a list: one item per line, each beginning with "- ".',
  object: 'Write a mapping: lines of "key: value", indented below the key.',
  number: 'Write a number alone, without a unit.',
  boolean: 'Write true or false, without quotes.',
};

/** Texts that Joi takes for a value of the type. */
const SPELLED: Readonly<Record<string, RegExp>> = {
  boolean: /^\s*(?:true|false)\s*$/i,
  number: /^\s*[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,2})?\s*$/i,
};

/** Fields whose list holds strings only. */
const STRING_LISTS: ReadonlySet<unknown> = new Set(['tags', 'language_bcp47']);

export const metadataType: Rule = {
  id: 'metadata-type',
  severity: 'error',
  description: 'Values have the types, and mappings the keys, that the Hub insists on.',
  why: 'The Hub refuses a push when a known field has another shape than it expects, and a key left blank counts as null, not as absent.',
  source:
    'ApiModelMetadata in huggingface.js packages/hub; MDEL#34, skops#393, transformers#13528, api-inference-community#453',
  fixable: true,
  good: [
    { text: '---\nlicense: mit\ntags:\n- finance\nwidget:\n- text: I love this film.\nthumbnail:\n---\n' },
    { text: '---\nmodel-index:\n- name: my-model\n  results: []\n---\n' },
  ],
  bad: [
    { text: '---\ndatasets:\n---\n' },
    { text: '---\ntags: finance\n---\n' },
    { text: '---\nmodel-index:\n- results: []\n---\n' },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    let count = 0;
    for (const field in card.metadata) {
      const validate = FIELD_VALIDATORS.get(field);
      const value = card.metadata[field];
      if (validate === undefined || validate(value)) continue;
      for (const error of validate.errors ?? []) {
        count++;
        if (count > MOST) continue;
        report(findingOf(card, [field, ...fromPointer(error.instancePath, value)], error));
      }
    }
    if (count > MOST) {
      report({
        message: `${count - MOST} more values of the metadata have a wrong type or lack a key.`,
        hub: 'error',
        help: 'Correct the ones shown first; the rest is likely of the same kind.',
      });
    }
  },
};

function findingOf(card: Card, path: JsonPath, error: StructureError): Finding {
  const name = `"${label(path)}"`;
  if (error.keyword === 'required') {
    const key = error.params.missingProperty ?? '';
    const misspelled = misspelledKey(card, path, key);
    if (misspelled !== undefined) return misspelled;
    const span = mappingStart(card, path, valueAt(card.metadata, path));
    return {
      message: `${name} lacks the key "${key}".`,
      path: [...path, key],
      ...(span === undefined ? {} : { span }),
      hub: 'error',
      hubMessage: `"${label([...path, key])}" is required`,
      help: `Add "${key}: …" to it.`,
    };
  }
  const value = valueAt(card.metadata, path);
  if (error.keyword === 'minLength') {
    const hubMessage = refusalWords(path, `${name} is not allowed to be empty`);
    return {
      message: `${name} is an empty string.`,
      path,
      part: 'value',
      hub: 'error',
      ...(hubMessage === undefined ? {} : { hubMessage }),
      help: 'Give it a value, or delete the key.',
    };
  }
  const types = [error.params.type ?? []].flat();
  const key = types.join(',');
  const convertible = convertibleText(card, path, types, value);
  if (convertible !== undefined) return convertible;
  const words = HUB_WORDS[key];
  const hubMessage = words === undefined ? undefined : refusalWords(path, `${name} ${words}`);
  const blank = value === null;
  const wanted =
    key === 'string,array'
      ? 'a string or a list of strings'
      : types.map((type) => typeInWords(type)).join(' or ');
  const fix = blank ? undefined : fixFor(card, path, key, value);
  return {
    message: blank
      ? `${name} is blank (null); it must be ${wanted}.`
      : `${name} must be ${wanted}, not ${valueInWords(value)}.`,
    path,
    part: blank && typeof path.at(-1) === 'string' ? 'key' : 'value',
    hub: 'error',
    ...(hubMessage === undefined ? {} : { hubMessage }),
    help: blank
      ? blankHelp(card, path)
      : fix !== undefined
        ? `${fix.title}.`
        : (meantHelp(path, types, value) ??
          HELP[types[0] ?? ''] ??
          HELP[types[1] ?? ''] ??
          'Write a single value, in quotes when it looks like a number or a date.'),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** The Hub’s words for a wrong type, other than for fields with a list of values; undefined where they are not known. */
function refusalWords([field]: JsonPath, usual: string): string | undefined {
  if (field === 'base_model_relation') return RELATION_REFUSED;
  // A license is compared with the list before its type is asked for; questions of a gate have several forms.
  if (field === 'license') return undefined;
  return field === 'extra_gated_fields' && !usual.startsWith('"extra_gated_fields" ') ? undefined : usual;
}

/**
 * A text that spells the number or the boolean that is wanted, such as "false". Nobody has seen the Hub refuse one, and Joi
 * converts it; but readers of the card get a text.
 */
function convertibleText(
  card: Card,
  path: JsonPath,
  types: readonly string[],
  value: unknown,
): Finding | undefined {
  if (typeof value !== 'string') return undefined;
  const type = types.find((one) => SPELLED[one]?.test(value) === true);
  if (type === undefined) return undefined;
  const span = card.spanOf(path, 'value');
  const plain = value.trim().toLowerCase();
  const fix: Fix | undefined =
    span === undefined || scalarSource(card, path) === undefined
      ? undefined
      : { title: `Write ${plain} without quotes`, edits: [{ ...span, text: plain }] };
  return {
    message: `"${label(path)}" is the string ${preview(value)}, not ${type === 'number' ? 'a number' : 'true or false'}.`,
    path,
    part: 'value',
    severity: 'warning',
    help: `Write ${plain} without quotes: tools that read the card get a text.`,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A required key that is there, but misspelled. */
function misspelledKey(card: Card, path: JsonPath, key: string): Finding | undefined {
  const mapping = valueAt(card.metadata, path);
  const fields = fieldsIn(patternOf(path));
  if (!isMapping(mapping)) return undefined;
  const written = Object.keys(mapping).find((other) => meantField(other, fields)?.name === key);
  const field = fields.get(key);
  if (written === undefined || field === undefined) return undefined;
  const at = [...path, written];
  const fix = fits(mapping[written], field) ? renameKey(card, at, key) : undefined;
  return {
    message: `"${label(path)}" lacks the key "${key}"; did "${label([written])}" mean it?`,
    path: at,
    part: 'key',
    hub: 'error',
    hubMessage: `"${label([...path, key])}" is required`,
    help:
      fix === undefined
        ? `Rename the key to "${key}", with ${/^[aeiou]/.test(field.shape) ? 'an' : 'a'} ${field.shape} as its value.`
        : `${fix.title}.`,
    ...(fix === undefined ? {} : { fix }),
  };
}

/** A path as the table of keys has it: `model-index[].results[]`. */
function patternOf(path: JsonPath): string {
  return path.reduce<string>(
    (pattern, step) =>
      typeof step === 'number' ? `${pattern}[]` : pattern === '' ? step : `${pattern}.${step}`,
    '',
  );
}

function fits(value: unknown, { shape }: Field): boolean {
  if (shape === 'mapping') return isMapping(value);
  if (shape.startsWith('list')) return Array.isArray(value);
  return shape === 'any value' || (typeof value === shape && value !== '');
}

function blankHelp({ metadata }: Card, path: JsonPath): string {
  const [field] = path;
  if (typeof path.at(-1) === 'number') return 'Give the item a value, or delete its line.';
  const strayed =
    path.length === 1 && typeof field === 'string' && metadata !== null ? strayedFrom(field, metadata) : [];
  if (strayed.length === 0) return 'Give it a value, or delete the key.';
  const names = strayed.map((key) => `"${key}"`).join(', ');
  return `Indent ${names} below it${field === 'inference' || field === 'co2_eq_emissions' ? '' : ', as a list item: begin the first with "- "'}.`;
}

/** Advice for values that were meant as something in particular, but of which there is no fix. */
function meantHelp(path: JsonPath, types: readonly string[], value: unknown): string | undefined {
  if (types.includes('array') && hasDashes(value)) return 'Put a space behind each dash of the list.';
  const [field, item] = path;
  if (field === 'tags' && typeof item === 'number' && path.length === 2 && isMapping(value)) {
    const [key, ...others] = Object.keys(value);
    if (key === undefined || others.length > 0) return undefined;
    return fieldsIn().has(key)
      ? `If the key "${key}" is meant, write it below the other keys, without a dash; a tag with a colon goes in quotes.`
      : 'A tag that contains a colon goes in quotes.';
  }
  return undefined;
}

/**
 * The one right edit, where there is one: quotes around a number, brackets around a lone tag, a space behind the dashes of
 * a list, the task that is alone in a list, Norwegian where a reader of YAML 1.1 wrote false.
 */
function fixFor(card: Card, path: JsonPath, wanted: string, value: unknown): Fix | undefined {
  const span = card.spanOf(path, 'value');
  if (span === undefined) return undefined;
  if (wanted === 'array' && hasDashes(value)) return dashFix(card, path, value);
  if (path[0] === 'language' && value === false && card.text.slice(span.start, span.end) === 'false') {
    return { title: "Write 'no', the code of Norwegian, in quotes", edits: [{ ...span, text: "'no'" }] };
  }
  const source = scalarSource(card, path);
  const takesString = wanted.startsWith('string');
  if (takesString && (typeof value === 'number' || value instanceof Date) && source !== undefined) {
    return { title: 'Put the value in quotes', edits: [{ ...span, text: `'${source}'` }] };
  }
  if (wanted === 'array' && typeof value === 'string' && path.length === 1 && STRING_LISTS.has(path[0])) {
    // A plain scalar with one of these would read otherwise between brackets.
    if (source === undefined || (!/^["']/.test(source) && /[,[\]{}#]/.test(source))) return undefined;
    return { title: 'Make it a list', edits: [{ ...span, text: `[${source}]` }] };
  }
  if (
    path.length === 1 &&
    path[0] === 'pipeline_tag' &&
    Array.isArray(value) &&
    value.length === 1 &&
    tasks().has(value[0])
  ) {
    const item = scalarSource(card, [...path, 0]);
    const key = card.spanOf(path, 'key');
    if (item === undefined || key === undefined) return undefined;
    const edit = { start: key.end, end: span.end, text: `: ${item}` };
    if (/[#&*!]/.test(card.text.slice(edit.start, edit.end))) return undefined;
    return { title: 'Write the task without a list', edits: [edit] };
  }
  return undefined;
}
