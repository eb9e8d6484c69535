import { readObject, wrong } from './openai-body.js';

/** A request for the vectors of texts. */
export interface EmbeddingsRequest {
  /** The model that the body names; it means nothing where the address names one. */
  readonly model: unknown;
  readonly texts: readonly string[];
  /** Whether vectors are wanted as the base64 of their 32-bit numbers, the lowest byte first, which half of the clients ask for. */
  readonly base64: boolean;
  /** How many numbers a vector is to have; null where the request does not say. */
  readonly dimensions: number | null;
  /** Of the prompts in config_sentence_transformers.json, as the Inference API names it; null for the usual one. */
  readonly promptName: unknown;
}

/** Most texts of one request, as at OpenAI. */
const MOST_TEXTS = 2048;

/** Reads the body of a request. Throws `ServeError` 400, which names the parameter that is wrong. */
export function readEmbeddings(bytes: Uint8Array): EmbeddingsRequest {
  const body = readObject(bytes);
  const format = body.encoding_format ?? 'float';
  if (format !== 'float' && format !== 'base64') throw wrong('encoding_format', 'must be float or base64.');
  const dimensions = body.dimensions ?? null;
  if (dimensions !== null && !(Number.isInteger(dimensions) && Number(dimensions) > 0)) {
    throw wrong('dimensions', 'must be a whole number above 0.');
  }
  return {
    model: body.model,
    texts: textsOf(body.input ?? undefined),
    base64: format === 'base64',
    dimensions: dimensions === null ? null : Number(dimensions),
    promptName: body.prompt_name ?? null,
  };
}

function textsOf(input: unknown): readonly string[] {
  if (input === undefined) throw wrong('input', 'is missing.');
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (texts.length === 0 || texts.length > MOST_TEXTS) {
    throw wrong('input', `must be a text, or 1 to ${MOST_TEXTS} texts.`);
  }
  return texts.map((text) => {
    if (typeof text !== 'string') {
      throw wrong('input', 'must be a text, or a list of texts; tokens are not taken.');
    }
    if (text.trim() === '') throw wrong('input', 'has an empty text.');
    return text;
  });
}
