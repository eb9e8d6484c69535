import type { Fix, TextEdit } from '../diagnostic.js';
import { escapeText, preview } from '../preview.js';
import { MAX_CONFIG_BYTES, MAX_JSON_DEPTH, readJson } from '../repo/json-file.js';
import type { BrokenJsonFile } from '../repo/surroundings.js';
import type { Finding, Rule } from './rule.js';

export const jsonFileInvalid: Rule = {
  id: 'json-file-invalid',
  severity: 'error',
  description: 'The JSON files that the Hub reads for the page are JSON objects.',
  why: 'From a config.json it cannot read the Hub learns no task, and from a tokenizer_config.json no chat template; most libraries stop with an error.',
  source: 'huggingface/transformers#42959; RFC 8259',
  fixable: true,
  needs: 'brokenJson',
  good: [{ text: '---\nlicense: mit\n---\n', contents: { 'config.json': '{"model_type": "bert"}' } }],
  bad: [
    { text: '---\nlicense: mit\n---\n', contents: { 'config.json': '{"model_type": "bert",}' } },
    { text: '---\nlicense: mit\n---\n', contents: { 'config.json': '{"time_step_limit": [0.0, Infinity]}' } },
    { text: '---\nlicense: mit\n---\n', contents: { 'adapter_config.json': '[]' } },
  ],
  check({ brokenJson, report }) {
    for (const file of brokenJson) report(findingOf(file));
  },
};

function findingOf({ path: file, broken }: BrokenJsonFile): Finding {
  const name = escapeText(file);
  switch (broken.kind) {
    case 'syntax': {
      const { fault, text } = broken;
      const fix = fault.surplus === undefined ? undefined : withoutCommas(text);
      const python = fault.python === true;
      return {
        message: `${name} is not valid JSON: ${fault.reason}.`,
        file,
        span: fault.span,
        // Python reads it all the same, so the model works where only Python loads it.
        ...(python ? { severity: 'warning' } : {}),
        help: python
          ? 'Python writes and reads this, the Hub does not. Write the file anew with a newer release of the library, or write a number.'
          : fix === undefined
            ? 'Correct it, or write the file anew with the library.'
            : `${fix.title}.`,
        ...(fix === undefined ? {} : { fix }),
      };
    }
    case 'no-object':
      return {
        message: `${name} holds ${preview(broken.value)}, not an object.`,
        file,
        noRange: true,
        help: 'Write the file anew with the library that made it.',
      };
    case 'lfs-pointer':
      return {
        message: `${name} is a Git LFS pointer, not the file itself.`,
        file,
        noRange: true,
        severity: 'warning',
        help: 'Fetch the file with "git lfs pull". JSON files of this kind are small: take "*.json" out of .gitattributes, so that they are stored as they are.',
      };
    case 'not-text':
      return {
        message: `${name} is not text in UTF-8.`,
        file,
        noRange: true,
        help: 'Save it as UTF-8, or write it anew with the library.',
      };
    case 'too-deep':
      return {
        message: `${name} is nested more than ${MAX_JSON_DEPTH} levels deep, and was not read.`,
        file,
        noRange: true,
        severity: 'warning',
        help: 'Write the file anew with the library that made it.',
      };
    case 'too-large':
      return {
        message: `${name} is larger than ${MAX_CONFIG_BYTES / 1024 / 1024} MiB, and was not read.`,
        file,
        noRange: true,
        severity: 'warning',
        help: 'Move what is no setting into a file of its own.',
      };
  }
}

/** More commas than this are a habit, and each is looked for from the start. */
const MOST_COMMAS = 20;

/** Takes out every comma with nothing behind it, where the text is JSON without them. */
function withoutCommas(text: string): Fix | undefined {
  const edits: TextEdit[] = [];
  let rest = text;
  let reading = readJson(rest);
  while (reading.kind === 'syntax' && reading.fault.surplus !== undefined && edits.length < MOST_COMMAS) {
    const { start, end } = reading.fault.surplus;
    // Each comma taken out before moved this one by one.
    edits.push({ start: start + edits.length, end: end + edits.length, text: '' });
    rest = rest.slice(0, start) + rest.slice(end);
    reading = readJson(rest);
  }
  if (reading.kind !== 'value') return undefined;
  return { title: edits.length === 1 ? 'Delete the comma' : `Delete ${edits.length} commas`, edits };
}
