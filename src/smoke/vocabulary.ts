import { own } from '../mapping.js';
import { preview } from '../preview.js';
import type { SmokeCheck } from './report.js';

/**
 * Whether the embedding has a row for every token the tokenizer can give; `rows` is null when the graph does not show its
 * embedding; `name` is what the message calls the tokenizer. Texts without the surplus tokens work, so this is seldom noticed by trying.
 */
export function checkVocabulary(
  tokenizer: unknown,
  rows: number | null,
  name = 'tokenizer.json',
): readonly SmokeCheck[] {
  if (rows === null) return [];
  const surplus: string[] = [];
  let highest = -1;
  const see = (token: unknown, id: unknown) => {
    if (typeof id !== 'number') return;
    if (id > highest) highest = id;
    if (id >= rows && typeof token === 'string') surplus.push(token);
  };
  const vocabulary = own(own(tokenizer, 'model'), 'vocab');
  if (Array.isArray(vocabulary)) {
    // Unigram: a list of pairs of token and score.
    for (const [id, entry] of vocabulary.entries()) see(Array.isArray(entry) ? entry[0] : undefined, id);
  } else if (typeof vocabulary === 'object' && vocabulary !== null) {
    for (const [token, id] of Object.entries(vocabulary)) see(token, id);
  }
  const added = own(tokenizer, 'added_tokens');
  if (Array.isArray(added)) for (const entry of added) see(own(entry, 'content'), own(entry, 'id'));

  const id = 'vocabulary';
  if (highest < 0) return [];
  if (highest < rows) {
    return [{ id, status: 'passed', message: `The embedding has ${rows} rows, enough for every token.` }];
  }
  const some = [...new Set(surplus)].slice(0, 3).map((token) => preview(token));
  return [
    {
      id,
      status: 'failed',
      message: `${name} has tokens up to number ${highest}, but the embedding ends at ${rows - 1}: a text with ${some.join(
        ', ',
      )} makes the model fail. Resize the embedding before the export, or upload the tokenizer that the model was trained with.`,
    },
  ];
}
