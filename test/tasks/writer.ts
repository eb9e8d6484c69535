import type {
  GenerationHooks,
  LlamaSession,
  OnnxSession,
  Options,
  Tensors,
  TensorView,
  Tokenizer,
  TransformersSession,
} from '../../src/smoke/session.js';
import { onnxSession, transformersSession } from './session.js';

/** The end token, one of padding, the roles of a chat, and words. */
export const TOKENS = ['</s>', '<pad>', '<|user|>', '<|assistant|>', 'a', 'b', 'c', 'd', 'e', '<|im_end|>'];
/** Ids of tokens that are left out when a text is shown. */
const SPECIAL = new Set([0, 1, 2, 3, 9]);

/** A tokenizer of words; what it does not know is left out. */
export function wordTokenizer(config: Options = { eos_token: '</s>' }): Tokenizer {
  return {
    encode(text) {
      const ids = String(text)
        .split(/\s+|(?<=>)|(?=<)/)
        .flatMap((word) => (TOKENS.includes(word) ? [TOKENS.indexOf(word)] : []));
      const row = (values: readonly number[]): TensorView => ({
        type: 'int64',
        dims: [1, values.length],
        data: BigInt64Array.from(values, BigInt),
      });
      return { input_ids: row(ids), attention_mask: row(ids.map(() => 1)) };
    },
    decode: (ids, options = {}) =>
      ids
        .map(Number)
        .filter((id) => options.skip_special_tokens !== true || !SPECIAL.has(id))
        .map((id) => TOKENS[id] ?? '')
        .join(' '),
    chat: (messages) =>
      `${messages.map(({ role, content }) => `<|${String(role)}|> ${String(content)}`).join(' ')} <|assistant|>`,
    chats: true,
    tokens: (text) => text.split(' '),
    pieces: () => [],
    idOf: (token) => (TOKENS.includes(token) ? TOKENS.indexOf(token) : undefined),
    size: TOKENS.length,
    config,
  };
}

/** A model: the tokens that follow, in turn; the last one for ever. */
export type Script = readonly number[];

/** What a session was asked for. */
export interface Asked {
  readonly prompts: (readonly number[])[];
  readonly options: Options[];
}

/** Scores that make one token the best, another the second. */
export function scoresFor(id: number, count = TOKENS.length): Float32Array {
  return Float32Array.from({ length: count }, (_, index) =>
    index === id ? 4 : index === (id + 1) % count ? 2 : 0,
  );
}

/** Generates as transformers.js does: it asks for each token, and stops when the hooks say so. */
function generate(
  script: Script,
  start: readonly number[],
  hooks: GenerationHooks,
  width: number,
): readonly number[] {
  const ids = [...start];
  do {
    const next = script[Math.min(ids.length - start.length, script.length - 1)] ?? 0;
    ids.push(hooks.choose(ids, scoresFor(next, width)));
    if (ids.length > 5000) throw new Error('The hooks never stop it.');
  } while (!hooks.done(ids));
  return ids;
}

const idsIn = ({ input_ids }: Tensors) => Array.from((input_ids?.data ?? []) as ArrayLike<bigint>, Number);

/** A pipeline whose model writes a script. An encoder-decoder begins with token 1, whatever it read. */
export function writingSession(
  script: Script,
  parts: Partial<TransformersSession> & { readonly decoder?: boolean; readonly width?: number } = {},
): { readonly session: TransformersSession; readonly asked: Asked } {
  const asked: Asked = { prompts: [], options: [] };
  const { decoder = false, width = TOKENS.length, ...rest } = parts;
  const session = transformersSession({
    config: { n_positions: 1000 },
    generationConfig: { eos_token_id: 0 },
    tokenizer: wordTokenizer(),
    async generate(feeds, options, hooks) {
      asked.prompts.push(idsIn(feeds));
      asked.options.push(options);
      return generate(script, decoder ? [1] : idsIn(feeds), hooks, width);
    },
    ...rest,
  });
  return { session, asked };
}

/** A bare graph whose model writes a script: logits [1, n, tokens]. */
export function bareSession(
  script: Script,
  parts: Partial<OnnxSession> = {},
): { readonly session: OnnxSession; readonly runs: Tensors[] } {
  const runs: Tensors[] = [];
  let start: number | null = null;
  const session = onnxSession({
    config: { n_positions: 1000 },
    json: { 'generation_config.json': { eos_token_id: 0 } },
    tokenizer: wordTokenizer(),
    inputs: [
      { name: 'input_ids', type: 'int64', shape: [1, 'n'] },
      { name: 'attention_mask', type: 'int64', shape: [1, 'n'] },
    ],
    async run(feeds) {
      runs.push(feeds);
      const length = idsIn(feeds).length;
      start ??= length;
      const next = script[Math.min(length - start, script.length - 1)] ?? 0;
      const rows = Array.from({ length }, (_, row) => [...scoresFor(row === length - 1 ? next : 7)]);
      return {
        logits: { type: 'float32', dims: [1, length, TOKENS.length], data: Float32Array.from(rows.flat()) },
      };
    },
    ...parts,
  });
  return { session, runs };
}

/** A GGUF model that writes a script. */
export function llamaSession(script: Script, parts: Partial<LlamaSession['tokenizer']> = {}): LlamaSession {
  const words = wordTokenizer();
  return {
    runner: 'llama',
    media: transformersSession().media,
    tokenizer: {
      encode: (text) => idsIn(words.encode(text)),
      decode: words.decode,
      idOf: words.idOf,
      size: TOKENS.length,
      chat: (messages) => words.chat(messages.map((message) => ({ ...message }))),
      chats: true,
      eosToken: '</s>',
      ...parts,
    },
    ends: [0],
    positions: 1000,
    async generate(ids, _, hooks) {
      hooks.begin(ids, scoresFor(script[0] ?? 0));
      const all = [...ids];
      do {
        all.push(script[Math.min(all.length - ids.length, script.length - 1)] ?? 0);
      } while (!hooks.done(all));
      return all;
    },
  };
}
