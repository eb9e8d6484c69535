import { isMapping, own } from '../mapping.js';
import { MAX_CARD_BYTES } from '../repo/card-file.js';
import { utf8 } from '../utf8.js';
import { readJson } from './json-body.js';
import { ServeError } from './serve-error.js';

/** Kinds of repositories that have a card. */
const CARD_KINDS = ['model', 'dataset', 'space'] as const;

/** A card that is to be validated. */
export interface CardRequest {
  /** The whole README.md. */
  readonly content: string;
  readonly repoType: (typeof CARD_KINDS)[number];
}

/**
 * Reads the body of `POST /api/validate-yaml`: JSON, as `HfApi` of huggingface_hub sends it before a commit, or a form, as its `ModelCard.validate`
 * does. Throws `ServeError` 400, with the keys that these clients look for.
 */
export function readCardRequest(bytes: Uint8Array): CardRequest {
  const asked = parsed(bytes);
  const content = own(asked, 'content');
  if (typeof content !== 'string') {
    throw refused('Send {"content": the whole README.md, "repoType": "model"}, as JSON or as a form.');
  }
  if (Buffer.byteLength(content) > MAX_CARD_BYTES) {
    throw refused(`A card has at most ${MAX_CARD_BYTES / 1024 ** 2} MiB.`);
  }
  if (metadataLength(content) > MAX_METADATA) {
    throw refused(`The metadata of a card has at most ${MAX_METADATA} characters here.`);
  }
  const kind = own(asked, 'repoType') ?? 'model';
  const repoType = CARD_KINDS.find((one) => one === kind);
  if (repoType === undefined) throw refused(`\`repoType\` must be one of ${CARD_KINDS.join(', ')}.`);
  return { content, repoType };
}

/** Longest metadata, in UTF-16 units: while they are read, nobody else is answered. */
const MAX_METADATA = 500_000;

/** How long the metadata of a card are; more than `MAX_METADATA` for all that are longer. */
function metadataLength(content: string): number {
  const text = content.trimStart();
  if (!text.startsWith('---')) return 0;
  const end = text.slice(0, MAX_METADATA + 1).search(/[\r\n]---/);
  return end === -1 ? text.length : end;
}

function parsed(bytes: Uint8Array): unknown {
  const json = readJson(bytes);
  if (json.kind === 'json') return isMapping(json.value) ? json.value : null;
  const text = utf8(bytes) ?? '';
  // In a form the line breaks of a card are escaped, so it has none itself.
  return /^[\w-]+=[^\s]*$/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : null;
}

function refused(message: string): ServeError {
  return new ServeError(400, message, { more: { errors: [{ message }], warnings: [] } });
}
