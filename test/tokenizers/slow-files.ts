/** The parts of a tokenizer.json that are in the files of a slow tokenizer. */
interface Json {
  readonly added_tokens: readonly {
    readonly content: string;
    readonly id: number;
    readonly special: boolean;
  }[];
  readonly model: {
    readonly type: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges?: readonly (string | readonly [string, string])[];
  };
}

/** The files that a slow tokenizer of transformers would have saved for a tokenizer.json (WordPiece, or pairs of bytes). */
export function slowFiles({ model, added_tokens }: Json): Readonly<Record<string, string>> {
  const byId = Object.entries(model.vocab).sort(([, a], [, b]) => a - b);
  const files: Record<string, string> = {
    'special_tokens_map.json': JSON.stringify({
      additional_special_tokens: added_tokens.filter(({ special }) => special).map(({ content }) => content),
    }),
    'added_tokens.json': JSON.stringify(
      Object.fromEntries(
        added_tokens
          .filter(({ content }) => !Object.hasOwn(model.vocab, content))
          .map(({ content, id }) => [content, id]),
      ),
    ),
  };
  if (model.type === 'WordPiece') {
    return { ...files, 'vocab.txt': byId.map(([token]) => `${token}\n`).join('') };
  }
  const merges = (model.merges ?? []).map((pair) => (typeof pair === 'string' ? pair : pair.join(' ')));
  return {
    ...files,
    'vocab.json': JSON.stringify(model.vocab),
    'merges.txt': `#version: 0.2\n${merges.map((pair) => `${pair}\n`).join('')}`,
  };
}
