import type { Metadata } from '../card/card.js';
import { renameKey } from '../card/key-edit.js';
import type { JsonPath } from '../card/path.js';
import { type Field, type Fields, fieldsIn } from '../hub/fields.js';
import { meantField } from '../hub/meant-field.js';
import { isMapping } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule, RuleContext } from './rule.js';
import { meantAtTop } from './shared/misspelled-key.js';
import { refusalOf } from './shared/refusal.js';
import { strangeMappings } from './shared/strange-keys.js';

export const keyMisspelled: Rule = {
  id: 'key-misspelled',
  severity: 'warning',
  description:
    'No key is a misspelling of one that the Hub knows, or stands where the Hub does not look for it.',
  why: 'The Hub takes any key, and silently ignores those it does not know: the license, task or evaluation results below a misspelled key are lost.',
  source: 'huggingface/transformers#8030; the keys are those of the published schema of the metadata',
  fixable: true,
  good: [
    { text: '---\nlicense: mit\nmodel_type: bert\n---\n' },
    { text: '---\ntask: text-to-speech\ntags:\n- text-to-speech\n---\n' },
  ],
  bad: [
    { text: '---\nlicence: mit\n---\n' },
    { text: '---\nPipeline-Tag: fill-mask\n---\n' },
    { text: '---\nmodel_index:\n- name: my-model\n  results: []\n---\n' },
    { text: '---\nlibrary: transformers\n---\n' },
    { text: '---\nmetadata:\n  license: mit\n  language: en\n---\n' },
  ],
  check(context) {
    const { metadata } = context.card;
    if (metadata === null) return;
    const fields = fieldsIn();
    let offered: Set<string> | undefined;
    for (const key in metadata) {
      if (fields.has(key)) continue;
      offered ??= new Set();
      checkUnknown(context, metadata, key, offered);
    }
    for (const { path, value, fields } of strangeMappings(metadata)) {
      for (const key in value) {
        if (!fields.has(key)) judgeNested(context, metadata, value, fields, [...path, key]);
      }
    }
  },
};

function checkUnknown(context: RuleContext, metadata: Metadata, key: string, offered: Set<string>): void {
  const { card, report } = context;
  if (/^-[A-Za-z]/.test(key)) {
    report({
      message: `${preview(key)} is read as a key, dash included.`,
      path: [key],
      part: 'key',
      help: 'Put a space behind the dash of a list item.',
    });
    return;
  }
  const meant = meantAtTop(key, metadata);
  if (meant === undefined) {
    reportWrapper(context, metadata, key);
    return;
  }
  const { name } = meant;
  const finding = misspelled([key], meant);
  if (Object.hasOwn(metadata, name)) {
    report({
      ...finding,
      help: `"${name}" is there too: move to it what is missing there, and delete this key.`,
    });
    return;
  }
  const refusal = refusalOf(context, name, metadata[key], key);
  const rename = offered.has(name) ? undefined : renameKey(card, [key], name);
  if (refusal !== undefined && (refusal.edits === undefined || rename === undefined)) {
    report({
      ...finding,
      help: `Rename it to "${name}", and correct the value, which the Hub would refuse: ${refusal.message}`,
    });
    return;
  }
  offered.add(name);
  const help =
    refusal === undefined
      ? `Rename it to "${name}".`
      : `Rename it to "${name}", and correct the value: ${refusal.message}`;
  const fix = rename && { ...rename, edits: [...rename.edits, ...(refusal?.edits ?? [])] };
  report({ ...finding, help, ...(fix === undefined ? {} : { fix }) });
}

function misspelled(path: JsonPath, meant: Field): Finding {
  return {
    message: `The Hub does not know the key "${label(path)}" and ignores it. Did you mean "${meant.name}"?`,
    path,
    part: 'key',
  };
}

/** Metadata one level too deep: an unknown key with a mapping that holds several keys which are missing at the top. */
function reportWrapper({ report }: RuleContext, metadata: Metadata, key: string): void {
  const value = metadata[key];
  if (!isMapping(value)) return;
  const fields = fieldsIn();
  const inside = Object.keys(value).filter((name) => fields.has(name) && !Object.hasOwn(metadata, name));
  if (inside.length < 2) return;
  const names = inside.slice(0, 5).map((name) => `"${name}"`);
  report({
    message: `${names.join(', ')}${inside.length > 5 ? ' and more' : ''} stand inside ${preview(key)}, where the Hub does not look for them.`,
    path: [key],
    part: 'key',
    help: 'Indent them as far as the other keys at the top of the metadata.',
  });
}

function judgeNested(
  context: RuleContext,
  metadata: Metadata,
  mapping: Metadata,
  fields: Fields,
  path: JsonPath,
): void {
  const { card, report } = context;
  const key = String(path.at(-1));
  const meant = meantField(key, fields);
  if (meant === undefined) {
    const field = fieldsIn().get(key);
    if (field === undefined || Object.hasOwn(metadata, key)) return;
    report({
      message: `"${key}" stands inside "${label(path.slice(0, -1))}", where the Hub does not look for it.`,
      path,
      part: 'key',
      help: 'Indent it as far as the other keys at the top of the metadata.',
    });
    return;
  }
  const taken = Object.hasOwn(mapping, meant.name);
  // A required key that is missing is what `metadata-type` reports, naming this one.
  if (meant.required && !taken) return;
  const finding = misspelled(path, meant);
  if (taken) {
    report({ ...finding, help: `"${meant.name}" is there too: delete the one that is wrong.` });
    return;
  }
  const refusal = refusalOf(context, ...standIn(meant, mapping[key]));
  if (refusal !== undefined) {
    report({
      ...finding,
      help: `Rename it to "${meant.name}", and correct the value, which the Hub would refuse: ${refusal.message}`,
    });
    return;
  }
  const fix = renameKey(card, path, meant.name);
  report({ ...finding, help: `Rename it to "${meant.name}".`, ...(fix === undefined ? {} : { fix }) });
}

/** The least metadata that has a value in a nested field: the name of the field at the top, and its value. */
function standIn(field: Field, value: unknown): [field: string, value: unknown] {
  const steps = field.path.split('.');
  let inner = value;
  for (let length = steps.length - 1; length > 0; length--) {
    const name = steps[length]?.replace('[]', '') ?? '';
    const around = steps.slice(0, length).join('.');
    const mapping = { ...leastOf(around), [name]: inner };
    inner = around.endsWith('[]') ? [mapping] : mapping;
  }
  return [steps[0]?.replace('[]', '') ?? '', inner];
}

/** The least mapping that the Hub takes at a path of the table of keys. */
function leastOf(path: string): Record<string, unknown> {
  const least: Record<string, unknown> = {};
  for (const { name, path: at, shape, required } of fieldsIn(path).values()) {
    if (!required) continue;
    least[name] = shape.startsWith('list')
      ? []
      : shape === 'mapping'
        ? leastOf(at)
        : shape === 'number'
          ? 0
          : 'x';
  }
  return least;
}
