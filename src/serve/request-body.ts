import { isMapping } from '../mapping.js';
import { findTask } from '../tasks/index.js';
import { utf8 } from '../utf8.js';
import { readJson } from './json-body.js';
import { ServeError } from './serve-error.js';

/** Parameters that clients put beside the inputs. */
const AT_ROOT: Readonly<Record<string, readonly string[]>> = {
  'feature-extraction': ['normalize', 'truncate', 'truncation_direction', 'prompt_name'],
};

/** A text that nobody would have classified: JSON with a slip of the pen, whatever type it is declared as. */
const MEANT_AS_JSON = /^\s*\{\s*"inputs"\s*:/;

/** What a request says of how it is to be answered. */
export interface RequestOptions {
  readonly useCache: boolean;
  readonly waitForModel: boolean;
  /** Whether a model that is not loaded is to be loaded. */
  readonly loadModel: boolean;
}

/** A request, as tasks read it. */
export interface RequestBody {
  /** The value of the JSON; a text or base64 where the body is that. */
  readonly value: unknown;
  readonly options: RequestOptions;
  /** Whether the client asked for a stream of events. */
  readonly stream: boolean;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the body of an inference. The body decides, not its declared type, which half of the clients get wrong; only what is declared as JSON
 * must be JSON. Throws `ServeError` 400.
 */
export function readBody(task: string, bytes: Uint8Array, headers: Headers): RequestBody {
  const declared = String(headers['content-type'] ?? '');
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(declared);
  if (bytes.length === 0) throw new ServeError(400, 'The body is empty. Send the inputs of the model.');
  if (isForm(bytes, declared)) {
    throw new ServeError(
      400,
      'The body is a form. Send the file itself, or JSON, as the body: with curl by --data-binary @FILE, not by --form.',
    );
  }
  const json = readJson(bytes);
  if (json.kind === 'none' && isJson) throw new ServeError(400, 'The body is declared as JSON and is none.');
  if (findTask(task)?.takesFile === true && (json.kind === 'none' || typeof json.value !== 'object')) {
    const base64 = json.kind === 'json' && typeof json.value === 'string' ? json.value : null;
    return body(base64 ?? Buffer.from(bytes).toString('base64'), {}, headers);
  }
  if (json.kind === 'none') {
    const text = utf8(bytes);
    if (text === null) throw new ServeError(400, 'The body is no text in UTF-8.');
    if (MEANT_AS_JSON.test(text)) {
      throw new ServeError(
        400,
        'The body begins as JSON with `inputs` does, and is no JSON: look for a bracket, quote or comma.',
      );
    }
    return body({ inputs: text }, {}, headers);
  }
  const { value } = json;
  if (!isMapping(value)) {
    // A text such as 2024 or true is JSON by chance, where nobody says that it is.
    const isText = !isJson && typeof value !== 'string' && !Array.isArray(value);
    return body({ inputs: isText ? utf8(bytes) : value }, {}, headers);
  }
  const parameters = parametersOf(task, value);
  const { options } = value;
  if (options !== undefined && options !== null && !isMapping(options)) {
    throw new ServeError(400, '`options` must be an object.');
  }
  return {
    ...body({ ...value, parameters }, isMapping(options) ? options : {}, headers),
    stream: value.stream === true,
  };
}

/** Whether a body is a form as browsers send files (RFC 7578): what is only declared so is what it is. */
function isForm(bytes: Uint8Array, declared: string): boolean {
  return /^multipart\/form-data\b/i.test(declared) && Buffer.from(bytes.subarray(0, 2)).toString() === '--';
}

/** The parameters, from wherever clients put them; null stands for one that is not given. Throws `ServeError`. */
function parametersOf(
  task: string,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { parameters } = value;
  if (parameters !== undefined && parameters !== null && !isMapping(parameters)) {
    throw new ServeError(400, '`parameters` must be an object.');
  }
  const atRoot = (AT_ROOT[task] ?? []).map((name) => [name, value[name]] as const);
  const all = [...atRoot, ...Object.entries(isMapping(parameters) ? parameters : {})];
  return Object.fromEntries(all.filter(([, one]) => one !== undefined && one !== null));
}

function body(value: unknown, options: Readonly<Record<string, unknown>>, headers: Headers): RequestBody {
  return {
    value,
    stream: false,
    options: {
      useCache: options.use_cache !== false && !isNo(headers['x-use-cache']),
      waitForModel: options.wait_for_model === true || isYes(headers['x-wait-for-model']),
      loadModel: options.dont_load_model !== true && !isNo(headers['x-load-model']),
    },
  };
}

function isYes(header: Headers[string]): boolean {
  return /^(?:true|1)$/i.test(String(header ?? ''));
}

/** Whether a header says no; one that is not there does not. */
export function isNo(header: Headers[string]): boolean {
  return /^(?:false|0)$/i.test(String(header ?? ''));
}
