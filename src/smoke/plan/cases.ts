import { isMapping, own } from '../../mapping.js';
import { type Address, readAddress, spellings } from '../../media/address.js';
import { exampleFiles } from '../../media/example-files.js';
import { findJsonFault } from '../../repo/json-fault.js';
import type { RepoFile } from '../../repo/repo.js';
import type { Example, ModelFacts, Task } from '../../tasks/task.js';
import type { SmokeCase, SmokeCheck } from '../report.js';

/** A case to run. */
export interface PlannedCase extends Example {
  readonly source: SmokeCase['source'];
}

/** A widget example that is not run, and why: it does not fit the task, or its file is not here. */
export interface UnrunExample {
  readonly example: unknown;
  readonly check: SmokeCheck;
}

/** What will be run. */
export interface Cases {
  readonly cases: readonly PlannedCase[];
  readonly unrun: readonly UnrunExample[];
  /** Why nothing can be run at all. */
  readonly fault?: string;
}

/** What cases are made from. */
export interface CaseInput {
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Inputs of the user, which take the place of the card's examples. */
  readonly inputs: readonly unknown[];
  readonly files: readonly RepoFile[];
}

/** Most widget examples that are run. */
const MAX_EXAMPLES = 10;
/** A file of a model repository on the Hub; the first group is its path. */
const HUB_FILE = /^https:\/\/huggingface\.co\/[\w.-]+\/[\w.-]+\/(?:resolve|blob|raw)\/[^/?#]+\/([^?#]+)/;

/** A `data:` address of bytes. */
const DATA_ADDRESS = /^data:[^,]{0,200};base64,/;

/** A message about a text in the place of a file, with the way to name one. */
function withFileHint(why: string): string {
  return why.replace(
    /^`([^`]+)` is not the base64 of a picture or sound\.$/,
    (whole, key: string) => `${whole} (--input takes a file as @FILE, and in JSON as {"${key}": "@FILE"}.)`,
  );
}

/** The user's inputs, else the card's examples that fit, else the defaults of the task. */
export function planCases(task: Task, model: ModelFacts, { inputs, metadata, files }: CaseInput): Cases {
  const cases: PlannedCase[] = [];
  const shared = task.readParameters(own(own(metadata, 'inference'), 'parameters'));
  const parameters = shared.ok ? shared.value : {};
  for (const [index, input] of inputs.entries()) {
    const inference = task.readRequest(input, model);
    const why = inference.ok ? mediumAsText(inference.value.input, task.tag) : inference.fault.message;
    if (!inference.ok || why !== undefined) {
      const begun = brokenJson(input);
      return {
        cases: [],
        unrun: [],
        fault: `Input ${index + 1} does not fit. ${withFileHint(why ?? '')}${begun === undefined ? '' : ` It begins like JSON, but is none: ${begun}.`}`,
      };
    }
    cases.push({
      source: 'user',
      input: inference.value.input,
      parameters: { ...parameters, ...inference.value.parameters },
    });
  }
  if (cases.length > 0) return { cases, unrun: [] };

  const unrun: UnrunExample[] = [];
  const examples = own(metadata, 'widget');
  const paths = new Set(files.map(({ path }) => path));
  for (const example of Array.isArray(examples) ? examples.slice(0, MAX_EXAMPLES) : []) {
    const here = withFilesHere(example, paths);
    if ('id' in here) {
      unrun.push({ example, check: here });
      continue;
    }
    const read = task.readExample(here.example, model);
    if (!read.ok) {
      unrun.push({ example, check: { id: 'input', status: 'failed', message: read.fault.message } });
      continue;
    }
    cases.push({ ...read.value, source: 'widget', parameters: { ...parameters, ...read.value.parameters } });
  }
  if (cases.length === 0) {
    for (const inference of task.defaultInferences(model)) {
      cases.push({
        ...inference,
        parameters: { ...inference.parameters, ...parameters },
        source: 'default',
      });
    }
  }
  if (cases.length > 0) return { cases, unrun };
  return {
    cases,
    unrun,
    fault:
      unrun[0]?.check.message ??
      'Nothing is known of what the model takes. Add a widget example to the card, or give one with --input.',
  };
}

/** Says that a picture or sound would be read as a text, its base64; undefined where that is not so. */
function mediumAsText(input: unknown, tag: string): string | undefined {
  const texts = isMapping(input) ? Object.values(input) : [input].flat();
  return texts.some((text) => typeof text === 'string' && DATA_ADDRESS.test(text))
    ? `It is a picture, a sound or another file of bytes where ${tag} takes a text.`
    : undefined;
}

/** What is wrong with a text that was meant as JSON, as it seems; undefined for every other input. */
function brokenJson(input: unknown): string | undefined {
  return typeof input === 'string' && /^\s*[[{]/.test(input) ? findJsonFault(input)?.reason : undefined;
}

/**
 * An example whose files are paths of files in the repository, a file that shows its output as `file` in `output`; or a check
 * that says which file is not here.
 */
function withFilesHere(
  example: unknown,
  paths: ReadonlySet<string>,
): { readonly example: unknown } | SmokeCheck {
  if (!isMapping(example)) return { example };
  const changed: Record<string, unknown> = {};
  for (const { path, address, use } of exampleFiles(example)) {
    const [key] = path;
    if (use !== 'input' || typeof key !== 'string') continue;
    const found = readAddress(address);
    if (found.kind === 'unusable') {
      return {
        id: 'input',
        status: 'failed',
        message: `\`${key}\` cannot be read. ${found.why} ${found.help}`,
      };
    }
    const here = whereHere(found, paths);
    if (here !== undefined) changed[key] = here;
    else if (found.kind === 'web') {
      return {
        id: 'input',
        status: 'skipped',
        message: `\`${key}\` lies on the web, and a smoke inference fetches nothing. Put the file into the repository to have this example run.`,
      };
    } else {
      return {
        id: 'input',
        status: 'failed',
        message: `\`${key}\` names a file that is not in the repository. Upload it, or correct the path.`,
      };
    }
  }
  const output = own(example, 'output');
  if (isMapping(output)) changed.output = withFileHere(output, paths);
  return { example: { ...example, ...changed } };
}

/** An output that shows a file (`url`), with the file as `file` where it is in the repository. */
function withFileHere(
  { file: _, ...output }: Readonly<Record<string, unknown>>,
  paths: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const url = own(output, 'url');
  const path = typeof url === 'string' ? whereHere(readAddress(url), paths) : undefined;
  return path === undefined ? output : { ...output, file: { kind: 'file', path } };
}

/** The path of a file in the repository that an address means; undefined when it is not here. */
function whereHere(found: Address, paths: ReadonlySet<string>): string | undefined {
  if (found.kind === 'unusable') return undefined;
  const path = found.kind === 'file' ? found.path : decoded(HUB_FILE.exec(found.url.href)?.[1]);
  return path === undefined ? undefined : spellings(path).find((spelling) => paths.has(spelling));
}

function decoded(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
