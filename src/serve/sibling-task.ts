import { isMapping, own } from '../mapping.js';

/**
 * The task that a request is for, where a model can do two and the address names none: a model of vectors gives vectors of texts, and compares
 * sentences when it is given some to compare; one that writes goes on with a text, or answers a conversation of old clients. Clients that are
 * told an address send both to the same one.
 */
export function siblingTask(task: string, request: unknown): string {
  const inputs = own(request, 'inputs') ?? request;
  if (task === 'text-generation' && typeof own(inputs, 'text') === 'string' && inputs !== request) {
    return 'conversational';
  }
  const compares = isMapping(inputs) && Object.hasOwn(inputs, 'source_sentence');
  if (task === 'feature-extraction' && compares) return 'sentence-similarity';
  const isTexts = typeof inputs === 'string' || Array.isArray(inputs);
  return task === 'sentence-similarity' && isTexts ? 'feature-extraction' : task;
}
