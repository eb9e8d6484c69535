import { isMapping } from '../mapping.js';
import { utf8 } from '../utf8.js';
import { readJson } from './json-body.js';
import { ServeError } from './serve-error.js';

/** Tasks whose input is a picture or a recording alone: their body may be its bytes. */
const OF_BYTES: ReadonlySet<string> = new Set([
  'audio-classification',
  'audio-to-audio',
  'automatic-speech-recognition',
  'depth-estimation',
  'image-classification',
  'image-feature-extraction',
  'image-segmentation',
  'image-to-image',
  'image-to-text',
  'object-detection',
  'video-classification',
]);

/** Parameters that clients put beside the inputs. */
const AT_ROOT: Readonly<Record<string, readonly string[]>> = {
  'feature-extraction': ['normalize', 'truncate', 'truncation_direction', 'prompt_name'],
};

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
  const json = readJson(bytes);
  if (json.kind === 'none' && isJson) throw new ServeError(400, 'The body is declared as JSON and is none.');
  if (OF_BYTES.has(task) && (json.kind === 'none' || typeof json.value !== 'object')) {
    const base64 = json.kind === 'json' && typeof json.value === 'string' ? json.value : null;
    return body(base64 ?? Buffer.from(bytes).toString('base64'), {}, headers);
  }
  if (json.kind === 'none') {
    const text = utf8(bytes);
    if (text === null) throw new ServeError(400, 'The body is no text in UTF-8.');
    return body({ inputs: text }, {}, headers);
  }
  const { value } = json;
  if (!isMapping(value)) return body({ inputs: value }, {}, headers);
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
