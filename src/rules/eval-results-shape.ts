import { isDeepStrictEqual } from 'node:util';
import type { Metadata } from '../card/card.js';
import { mappingStart } from '../card/mapping-start.js';
import type { JsonPath } from '../card/path.js';
import { scalarSource } from '../card/scalar-edit.js';
import { readYaml } from '../card/yaml.js';
import type { YamlFile } from '../card/yaml-file.js';
import type { Fix, TextEdit } from '../diagnostic.js';
import { applyEdits } from '../fix.js';
import { isMapping, own } from '../mapping.js';
import { escapeText, label, preview } from '../preview.js';
import type { Finding, Rule, RuleContext } from './rule.js';
import { validateEvalResult } from './schema/eval-result-validator.generated.js';
import type { StructureError } from './schema/metadata-validators.generated.js';
import { foreignForm, unknownKeys } from './shared/eval-result-keys.js';
import { EVAL_RESULTS_SOURCE, ONE_SPOILS_ALL, SMALLEST_RESULT } from './shared/eval-results.js';
import { dateKind, isoForm } from './shared/iso-date.js';
import { typeInWords, valueInWords } from './shared/type-words.js';

const CARD = '---\nlicense: mit\n---\n';

export const evalResultsShape: Rule = {
  id: 'eval-results-shape',
  severity: 'error',
  description: 'Files in .eval_results are lists of results, with the keys and types of the specification.',
  why: ONE_SPOILS_ALL,
  source: `${EVAL_RESULTS_SOURCE}; huggingface/huggingface_hub#4924; parse_eval_result_entries in huggingface_hub`,
  fixable: true,
  needs: 'evalResults',
  good: [
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: default\n  value: 20.90\n  date: "2026-01-15"\n  source:\n    url: https://huggingface.co/spaces/SaylorTwift/smollm3-mmlu-pro\n    name: Eval traces\n    user: SaylorTwift\n  notes: no-tools\n',
      },
    },
  ],
  bad: [
    {
      text: CARD,
      contents: { '.eval_results/hle.yaml': '- dataset:\n    id: cais/hle\n  value: 20.90\n' },
    },
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: default\n  value: 20.90\n  source:\n    url:\n    name: Eval traces\n',
      },
    },
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml': 'dataset:\n  id: cais/hle\n  task_id: default\nvalue: 20.90\n',
      },
    },
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: cais/hle\n    taskid: default\n  value: 20.90\n  date: 2026-01-15\n',
      },
    },
  ],
  check(context) {
    for (const file of context.evalResults) {
      if (file.reading.kind === 'fault') continue;
      const { value } = file.reading;
      if (!Array.isArray(value) || value.length === 0) {
        context.report({ file: file.path, ...notAList(file, value) });
        continue;
      }
      for (let index = 0; index < value.length; index++) checkEntry(context, file, value[index], index);
    }
  },
};

function notAList(file: YamlFile, value: unknown): Finding {
  const name = escapeText(file.path);
  if (value === null || Array.isArray(value)) {
    return {
      message: `${name} holds no results.`,
      severity: 'warning',
      span: { start: 0, end: 0 },
      help: `Add results, or delete the file. ${SMALLEST_RESULT}`,
    };
  }
  if (typeof value === 'string' && value.startsWith('version https://git-lfs')) {
    return {
      message: `${name} is a Git LFS pointer, not the results: the Hub reads none from it.`,
      span: { start: 0, end: 0 },
      help: 'Take the pattern that matches the file out of .gitattributes, then run "git add --renormalize ." and commit.',
    };
  }
  if (!isMapping(value)) {
    return {
      message: `${name} must be a list of results, not ${valueInWords(value)}.`,
      path: [],
      help: SMALLEST_RESULT,
    };
  }
  const [first = ''] = Object.keys(value);
  const span = file.spanOf([first], 'key') ?? { start: 0, end: 0 };
  if (Object.hasOwn(value, 'dataset') || Object.hasOwn(value, 'value')) {
    const fix = validateEvalResult(value) ? asList(file, value) : undefined;
    return {
      message: `${name} must be a list of results, not a single result.`,
      span,
      help: 'Put "- " in front of the first key, and indent the other lines by two spaces.',
      ...(fix === undefined ? {} : { fix }),
    };
  }
  const wrapper = Object.keys(value).find((key) => Array.isArray(value[key]));
  return {
    message: `${name} must be a list of results, not a mapping.`,
    span,
    help:
      wrapper === undefined
        ? `Keep other data out of .eval_results. ${SMALLEST_RESULT}`
        : `Write the list itself, without a key such as ${preview(wrapper)} around it. ${SMALLEST_RESULT}`,
  };
}

/** The edits that make a list of one out of a mapping; undefined where they would change what is read. */
function asList(file: YamlFile, value: Metadata): Fix | undefined {
  const { text } = file;
  const edits: TextEdit[] = [];
  let begun = false;
  for (const line of text.matchAll(/^[^\r\n]+$/gm)) {
    const blankOrComment = /^[ \t\ufeff]*(?:#|$)/.test(line[0]);
    if (!begun && (blankOrComment || line[0].trim() === '---')) continue;
    edits.push({ start: line.index, end: line.index, text: begun ? '  ' : '- ' });
    begun = true;
  }
  const reading = readYaml(applyEdits(text, edits));
  if (reading.kind === 'fault' || !isDeepStrictEqual(reading.value, [value])) return undefined;
  return { title: 'Make it a list', edits };
}

function checkEntry(context: RuleContext, file: YamlFile, entry: unknown, index: number): void {
  const sound = validateEvalResult(entry);
  const errors = sound ? [] : [...(validateEvalResult.errors ?? [])];
  const explained = new Set<string>();
  if (isMapping(entry)) {
    const foreign = foreignForm(entry);
    if (foreign !== undefined) {
      const span = mappingStart(file, [index], entry);
      context.report({
        message: `"${label([index])}" ${foreign.message}`,
        file: file.path,
        path: [index],
        ...(span === undefined ? {} : { span }),
        help: foreign.help,
      });
      return;
    }
    const lacking = lackingKeys(errors);
    for (const { finding, answers } of unknownKeys(file, entry, index)) {
      const missing = lacking.has(answers);
      if (missing) explained.add(answers);
      context.report({ file: file.path, ...finding, ...(missing ? { severity: 'error' } : {}) });
    }
    if (explained.has('/dataset/id') && explained.has('/dataset/task_id')) explained.add('/dataset');
  }
  for (const error of errors) {
    const missing = error.params.missingProperty;
    if (missing !== undefined && explained.has(`${error.instancePath}/${missing}`)) continue;
    context.report({ file: file.path, ...findingOf(file, entry, index, error) });
  }
}

/** The required keys that are missing, as `/dataset/id`; with a mapping, what it must hold is missing too. */
function lackingKeys(errors: readonly StructureError[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { instancePath, params } of errors) {
    if (params.missingProperty === undefined) continue;
    const key = `${instancePath}/${params.missingProperty}`;
    keys.add(key);
    if (key === '/dataset') keys.add('/dataset/id').add('/dataset/task_id');
  }
  return keys;
}

function findingOf(file: YamlFile, entry: unknown, index: number, error: StructureError): Finding {
  const steps = error.instancePath.split('/').slice(1);
  const path: JsonPath = [index, ...steps];
  const name = `"${label(path)}"`;
  let value: unknown = entry;
  for (const step of steps) value = own(value, step);

  if (error.keyword === 'required') {
    const key = error.params.missingProperty ?? '';
    const span = isMapping(value) ? mappingStart(file, path, value) : undefined;
    return {
      message: `${name} lacks the key "${key}".`,
      path: [...path, key],
      ...(span === undefined ? {} : { span }),
      help: MISSING[key] ?? `Add "${key}: …" to it.`,
    };
  }
  if (error.keyword === 'minLength') {
    return { message: `${name} is an empty string.`, path, help: 'Give it a value, or delete the key.' };
  }
  const type = String(error.params.type);
  const noun = typeInWords(type);
  if (value === null) {
    return {
      message: `${name} is blank (null); it must be ${noun}.`,
      path,
      part: typeof path.at(-1) === 'string' ? 'key' : 'value',
      ...(type === 'string'
        ? { hubMessage: `✖ Invalid input: expected string, received null → at ${label(path)}` }
        : {}),
      help: steps.length === 0 ? 'Write a result, or delete the "-".' : 'Give it a value, or delete the key.',
    };
  }
  const placeholder = placeholderIn(file, path, value);
  if (placeholder !== undefined) {
    return {
      message: `${name} still holds the placeholder ${preview(placeholder)} of the specification.`,
      path,
      help: 'Write the value, or delete the key.',
    };
  }
  const message = `${name} must be ${noun}, not ${valueInWords(value)}.`;
  if (type === 'number' && typeof value === 'string') return { ...number(file, path, value), message };
  if (type === 'string') {
    const day = scalarSource(file, path)?.slice(0, 10) ?? '';
    // What YAML makes of it is another day.
    if (value instanceof Date && dateKind(day) === 'impossible') {
      return {
        message: `${name} is ${day}, and there is no such day.`,
        path,
        severity: 'warning',
        help: 'Correct it, and put it in quotes.',
      };
    }
    return { ...string(file, path, value), message };
  }
  return {
    message,
    path,
    ...(type === 'number' ? { severity: 'warning' } : {}),
    help:
      steps[0] === 'dataset' && typeof value === 'string'
        ? 'Write "dataset:", and below it, indented, "id" and "task_id".'
        : steps[0] === 'source' && typeof value === 'string'
          ? 'Write "source:", and below it, indented, "url".'
          : type === 'number'
            ? 'Write the score as one number; several scores are several results.'
            : SMALLEST_RESULT,
  };
}

const MISSING: Readonly<Record<string, string>> = {
  dataset: 'Add "dataset:", and below it, indented, the "id" of the benchmark and the "task_id".',
  id: 'Add the id of the benchmark dataset, such as "id: cais/hle".',
  task_id: 'Add the id of the task, as eval.yaml in the benchmark’s repository defines it.',
  value: 'Add the score, such as "value: 20.90".',
  url: 'Add "url: …", where the result can be looked up; a source must have one.',
};

/** A score written as text. Whether the Hub refuses it is not known, but leaderboards cannot rank it. */
function number(
  file: YamlFile,
  path: JsonPath,
  value: string,
): Pick<Finding, 'path' | 'severity' | 'help' | 'fix'> {
  const span = file.spanOf(path, 'value');
  const source = scalarSource(file, path);
  const unquoted = /^(["'])(.*)\1$/.exec(source ?? '')?.[2];
  const plain = unquoted === value && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value);
  return {
    path,
    severity: 'warning',
    help: plain
      ? 'Write it without quotes: leaderboards rank by the number.'
      : 'Write the number alone, without unit or range: leaderboards rank by it. The rest belongs into "notes".',
    ...(plain && span !== undefined
      ? { fix: { title: `Write ${value} without quotes`, edits: [{ ...span, text: value }] } }
      : {}),
  };
}

/** Something that readers take for a date or number where the specification has a string: quotes settle it. */
function string(
  file: YamlFile,
  path: JsonPath,
  value: unknown,
): Pick<Finding, 'path' | 'severity' | 'help' | 'fix'> {
  const span = file.spanOf(path, 'value');
  const source = scalarSource(file, path);
  const scalar = typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
  const text = (path.at(-1) === 'date' && isoForm(source ?? '')) || source;
  const fix =
    scalar && span !== undefined && source !== undefined && !/["']/.test(source)
      ? { title: 'Put the value in quotes', edits: [{ ...span, text: `"${text}"` }] }
      : undefined;
  return {
    path,
    ...(value instanceof Date ? { severity: 'warning' as const } : {}),
    help: scalar
      ? `Put the value in quotes${value instanceof Date ? ': the specification wants the date as a string, and readers of YAML differ on dates without' : ''}.`
      : 'Write a text on one line.',
    ...(fix === undefined ? {} : { fix }),
  };
}

/** `{task_id}` without quotes, which is a mapping of one key without a value. */
function placeholderIn(file: YamlFile, path: JsonPath, value: unknown): string | undefined {
  if (!isMapping(value)) return undefined;
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0 || value[key] !== null) return undefined;
  const span = file.spanOf(path, 'value');
  return span !== undefined && file.text.startsWith('{', span.start) ? `{${key}}` : undefined;
}
