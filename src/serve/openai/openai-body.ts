import { isMapping } from '../../mapping.js';
import { label } from '../../preview.js';
import type { Inference, Task } from '../../tasks/task.js';
import { readJson } from '../json-body.js';
import { ServeError } from '../serve-error.js';

/** The body of a request to OpenAI's API. */
export type Body = Readonly<Record<string, unknown>>;

/** Reads it. Throws `ServeError` 400. */
export function readObject(bytes: Uint8Array): Body {
  const json = readJson(bytes);
  if (json.kind === 'none') throw new ServeError(400, 'The body is no JSON in UTF-8.');
  if (!isMapping(json.value)) throw new ServeError(400, 'The body must be an object.');
  return json.value;
}

/** What is wrong with a parameter, by its name. */
export function wrong(param: string, why: string): ServeError {
  return new ServeError(400, `"${param}" ${why}`, { more: { param } });
}

/** What a task reads of a body; `inputs` is what the client calls the inputs of the task. Throws `ServeError` 400. */
export function readAsked(
  task: Task,
  body: Body,
  model: Parameters<Task['readRequest']>[1],
  inputs: string,
): Inference {
  const read = task.readRequest(body, model);
  if (read.ok) return read.value;
  const { message } = read.fault;
  const path = read.fault.path[0] === 'parameters' ? read.fault.path.slice(1) : read.fault.path;
  const named = path[0] === 'inputs' ? [inputs, ...path.slice(1)] : path;
  const more = named.length === 0 ? {} : { param: named.join('.') };
  throw new ServeError(400, named.length === 0 ? message : `${label(named)}: ${message}`, { more });
}
