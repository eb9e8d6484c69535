import { defaultInputs } from '../../hub/default-inputs.js';
import type { ModelInfo, PageExample } from '../../serve/model-info.js';

/** Characters of a text that stand for it in the menu. */
const TITLE = 60;

/** The examples of the card; where it has none, what the Hub puts into a widget of the task. */
export function examplesOf(
  { examples, chats, maskToken }: Pick<ModelInfo, 'examples' | 'chats' | 'maskToken'>,
  tag: string,
): readonly PageExample[] {
  if (examples.length > 0) return examples;
  const speaks = chats && tag === 'text-generation';
  return (defaultInputs(speaks ? 'conversational' : tag)?.inputs ?? []).flatMap((input) => {
    const example = exampleOf(input, speaks, maskToken);
    // Files of the Hub are elsewhere.
    if (example === null || 'src' in example) return [];
    const text = typeof input === 'string' ? input : firstText(example);
    return [
      {
        title: text.length > TITLE ? `${text.slice(0, TITLE)}…` : text,
        group: 'Usual inputs of the Hub',
        example,
        remote: null,
      },
    ];
  });
}

type Example = Readonly<Record<string, unknown>>;

function exampleOf(input: unknown, speaks: boolean, maskToken: string | null): Example | null {
  if (typeof input === 'string') {
    const text = maskToken === null ? input : input.replaceAll('<mask>', maskToken);
    return speaks ? { messages: [{ role: 'user', content: text }] } : { text };
  }
  return typeof input === 'object' && input !== null ? { ...input } : null;
}

function firstText(example: Example): string {
  const found = Object.values(example).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : 'Example';
}
