import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import type { YamlFile } from '../card/yaml-file.js';
import type { Fix } from '../diagnostic.js';
import { HUB_URL, looksLocal, REPO_ID } from '../hub/repo-id.js';
import { own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Finding, Rule } from './rule.js';
import { EVAL_RESULTS_SOURCE, evalResultsIn, isPlaceholder } from './shared/eval-results.js';
import { dateKind, isoForm } from './shared/iso-date.js';

const CARD = '---\nlicense: mit\n---\n';

export const evalResultsValue: Rule = {
  id: 'eval-results-value',
  severity: 'warning',
  description:
    'Ids, dates, addresses and names in .eval_results have the form that the specification asks for.',
  why: 'A result counts on a leaderboard only when it names the benchmark as the Hub does, and readers trust it only when they can follow its source.',
  source: EVAL_RESULTS_SOURCE,
  fixable: true,
  needs: 'evalResults',
  good: [
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: default\n    revision: 5503434ddd753f426f4b38109466949a1217c2bb\n  value: 20.90\n  date: "2026-01-15T10:30:00Z"\n  source:\n    url: https://arxiv.org/abs/2404.14219\n    user: SaylorTwift\n',
      },
    },
  ],
  bad: [
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: https://huggingface.co/datasets/cais/hle\n    task_id: default\n    revision: main\n  value: 20.90\n',
      },
    },
    {
      text: CARD,
      contents: {
        '.eval_results/hle.yaml':
          '- dataset:\n    id: cais/hle\n    task_id: <task_id>\n  value: 20.90\n  date: "2026-02-30"\n  source:\n    url: huggingface.co/spaces/SaylorTwift/smollm3-mmlu-pro\n    user: "@SaylorTwift"\n',
      },
    },
  ],
  check({ evalResults, report }) {
    for (const { file, index, entry } of evalResultsIn(evalResults)) {
      for (const [steps, judge] of CHECKS) {
        let value: unknown = entry;
        for (const step of steps) value = own(value, step);
        // Empty and wrongly typed values are reported by `eval-results-shape`.
        if (typeof value !== 'string' || value === '') continue;
        const path: JsonPath = [index, ...steps];
        const name = `"${label(path)}"`;
        const fault = isPlaceholder(value) ? placeholder(name, value) : judge(value, name);
        if (fault === undefined) continue;
        const { answer, ...finding } = fault;
        const fix = answer === undefined ? undefined : fixOf(file, path, value, answer);
        report({ file: file.path, path, part: 'value', ...finding, ...(fix === undefined ? {} : { fix }) });
      }
    }
  },
};

/** What is wrong with a value; `answer` is the right one, where there is one. */
interface Fault extends Pick<Finding, 'message' | 'help' | 'severity'> {
  readonly answer?: string;
}

type Judge = (value: string, name: string) => Fault | undefined;

const CHECKS: readonly (readonly [steps: readonly string[], judge: Judge])[] = [
  [['dataset', 'id'], datasetId],
  [['dataset', 'task_id'], onOneLine],
  [['dataset', 'revision'], revision],
  [['verifyToken'], verifyToken],
  [['date'], date],
  [['source', 'url'], sourceUrl],
  [['source', 'name'], () => undefined],
  [['source', 'user'], account],
  [['source', 'org'], account],
  [['notes'], () => undefined],
];

/** The right value in the place of the wrong one. A date gets quotes: without, it would be none of the specification's. */
function fixOf(file: YamlFile, path: JsonPath, from: string, to: string): Fix | undefined {
  const span = file.spanOf(path, 'value');
  if (path.at(-1) === 'date' && span !== undefined && file.text.slice(span.start, span.end) === from) {
    return { title: `Write "${to}"`, edits: [{ ...span, text: `"${to}"` }] };
  }
  return replaceString(file, path, from, to);
}

function placeholder(name: string, value: string): Fault {
  return {
    message: `${name} still holds the placeholder ${preview(value)}.`,
    help: 'Write the value, or delete the key.',
  };
}

function datasetId(value: string, name: string): Fault | undefined {
  if (REPO_ID.test(value)) return undefined;
  const url = HUB_URL.exec(value);
  const prefixed = /^\/?datasets\/([\w.-]+\/[\w.-]+)\/?$/.exec(value)?.[1];
  const answer = url?.[1] === 'datasets/' ? url[2] : prefixed;
  return {
    message:
      answer === undefined && looksLocal(value)
        ? `${name} is a path on a disk, not the id of a dataset: ${preview(value)}.`
        : `${name} is not the id of a dataset: ${preview(value)}.`,
    help:
      answer === undefined
        ? 'Write the id of the benchmark as on the Hub: "owner/name". Its page has the tag "Benchmark".'
        : `Write "${answer}".`,
    ...(answer === undefined ? {} : { answer }),
  };
}

function onOneLine(value: string, name: string): Fault | undefined {
  const trimmed = value.trim();
  if (trimmed === value && !/\s/.test(value)) return undefined;
  return {
    message: `${name} has spaces in it: ${preview(value)}.`,
    help: 'Write the "id" of a task in eval.yaml of the benchmark’s repository, not its title.',
  };
}

/** A whole hash of git, SHA-1 or SHA-256, or the beginning of one. */
function revision(value: string, name: string): Fault | undefined {
  if (/^[0-9a-f]{7,64}$/.test(value)) return undefined;
  const lower = value.toLowerCase();
  if (/^[0-9a-f]{40}$/.test(lower)) {
    return { message: `${name} is a hash in upper case.`, help: `Write "${lower}".`, answer: lower };
  }
  return {
    message: `${name} is ${preview(value)}, not the hash of a commit.`,
    help: 'Write the hash of the commit of the dataset that was used; a branch moves on, and the result would stand for other data.',
  };
}

function verifyToken(value: string, name: string): Fault | undefined {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return undefined;
  // Said without the value: it may be a secret.
  return {
    message: `${name} is not a signed token (three parts of letters, digits, "-" and "_", separated by dots).`,
    help: /^hf_/.test(value)
      ? 'It looks like an access token of the Hub: revoke it at once, and delete the key.'
      : 'Delete it: the Hub gives such a token to evaluations that ran in its jobs; authors cannot write one.',
  };
}

function date(value: string, name: string): Fault | undefined {
  const kind = dateKind(value);
  if (kind === 'valid') return undefined;
  if (kind === 'impossible') {
    return {
      message: `${name} is ${preview(value)}, a moment that does not exist.`,
      help: 'Write a date of the calendar: "2026-01-15".',
    };
  }
  const answer = isoForm(value);
  return {
    message: `${name} is not an ISO 8601 date: ${preview(value)}.`,
    help: answer === undefined ? 'Write year, month and day: "2026-01-15".' : `Write "${answer}".`,
    ...(answer === undefined ? {} : { answer }),
  };
}

function sourceUrl(value: string, name: string): Fault | undefined {
  const answer = /^(?:www\.)?(?:huggingface\.co|hf\.co|github\.com|arxiv\.org)\/\S+$/.test(value)
    ? `https://${value}`
    : undefined;
  const fault = (what: string): Fault => ({
    message: `${name} ${what}: ${preview(value)}.`,
    help: answer === undefined ? 'Write an address that begins with "https://".' : `Write "${answer}".`,
    ...(answer === undefined ? {} : { answer }),
  });
  if (/\s/.test(value)) return fault('has spaces in it');
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return fault('is not an address of the web');
  }
  if (url.protocol === 'http:') return { ...fault('begins with "http://"'), severity: 'info' };
  if (url.protocol !== 'https:') return fault('is not an address of the web');
  if (url.username !== '' || url.password !== '') {
    return {
      message: `${name} holds a user name or password.`,
      help: 'Write the address without what stands before the "@", and change the password.',
    };
  }
  return url.hostname.includes('.') ? undefined : fault('is not an address that others can reach');
}

function account(value: string, name: string): Fault | undefined {
  if (/^[\w.-]+$/.test(value)) return undefined;
  const answer = /^(?:@|(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/)([\w.-]+)\/?$/.exec(
    value,
  )?.[1];
  return {
    message: `${name} is not the name of an account on the Hub: ${preview(value)}.`,
    help:
      answer === undefined
        ? 'Write the name as in the address of the page on the Hub; the name to show stands in "source.name".'
        : `Write "${answer}".`,
    ...(answer === undefined ? {} : { answer }),
  };
}
