import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Template } from '@huggingface/jinja';
import type { LlamaContext, LlamaModel, Token } from 'node-llama-cpp';
import type { LlamaWay } from '../../tasks/task.js';
import { LLAMA_BACKENDS, llamaProvider } from '../devices.js';
import type { InferenceJob } from '../protocol.js';
import { runtimeRequire } from '../runtime-place.js';
import type { ChatMessage, LlamaSession } from '../session.js';
import { brokenTemplate } from './chat-template.js';
import { openMedia } from './media.js';
import type { OpenedModel } from './opened.js';
import { RuntimeMissingError } from './runtime.js';

type LlamaPackage = typeof import('node-llama-cpp');

/** Most positions that memory is set aside for; a smoke inference needs few, and models know up to millions. */
const MOST_POSITIONS = 4096;
/** How many of the last tokens count as repeated (llama.cpp, `repeat_last_n`). */
const REPEATED = 64;
/** Types of tokens (`tokenizer.ggml.token_type`, gguf.md). */
const CONTROL = 3;
const USER_DEFINED = 4;

/**
 * Prepares a GGUF model on node-llama-cpp. Resolves when the runtime is imported, to a function that loads the model. Throws
 * `RuntimeMissingError` when it is not installed, or has no binary for the device.
 */
export async function openLlama(
  job: InferenceJob,
  way: LlamaWay<unknown, unknown>,
): Promise<() => Promise<OpenedModel>> {
  const [{ getLlama, LlamaLogLevel }, jinja] = await Promise.all([
    importLlama(),
    // Only GGUF files need it here; transformers.js has its own.
    import('@huggingface/jinja'),
  ]);
  /** What llama.cpp complained of: its errors say what the exceptions do not. */
  const complaints: string[] = [];
  const gpu = LLAMA_BACKENDS[job.device];
  // node-llama-cpp tries its binary in a process of its own first, which needs none of our options.
  process.execArgv = [];
  const llama = await getLlama({
    gpu,
    // Only what is installed is ever run: nothing is fetched, nothing compiled.
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    logger: (_, message) => {
      if (complaints.length < 20) complaints.push(message.trim());
    },
  }).catch((error: unknown) => {
    throw gpu === false
      ? new RuntimeMissingError(
          'not-loadable',
          `node-llama-cpp has no binary for this CPU (${firstLine(error)})`,
          error,
        )
      : new RuntimeMissingError('not-for-device', `node-llama-cpp has no binary for ${gpu} here`, error);
  });
  const file = job.graphs.model;
  if (file === undefined) throw new Error('There is no GGUF file to load.');

  return async () => {
    const load = async (): Promise<{ readonly model: LlamaModel; readonly context: LlamaContext }> => {
      const model = await llama.loadModel({
        modelPath: join(job.root, file),
        gpuLayers: gpu === false ? 0 : 'max',
        ignoreMemorySafetyChecks: true,
      });
      const positions = Math.min(model.trainContextSize || MOST_POSITIONS, MOST_POSITIONS);
      const context = await model.createContext({
        contextSize: positions,
        ignoreMemorySafetyChecks: true,
        // Its threads wait for each other without rest: one too many, and all stand still.
        threads: job.optimized ? Math.max(1, llama.cpuMathCores - 1) : 1,
      });
      return { model, context };
    };
    const { model, context } = await load().catch((error: unknown) => {
      throw new Error(why(complaints) ?? firstLine(error), { cause: error });
    });
    // Without a GPU that it takes, llama.cpp runs on the CPU and says nothing.
    const there = gpu === false ? 0 : model.gpuLayers;
    const session = openSession(model, context, job, (source) => new jinja.Template(source));
    return {
      run: (inference, following, as) =>
        (as?.runner === 'llama' ? as : way).run(session, inference, following),
      summaries: () => [],
      onCpu: there === 0,
      placement() {
        const rest = model.fileInsights.totalLayers - there;
        return {
          ...(there > 0 ? { [llamaProvider(job.device)]: there } : {}),
          ...(rest > 0 ? { [llamaProvider('cpu')]: rest } : {}),
        };
      },
    };
  };
}

/** node-llama-cpp. Throws `RuntimeMissingError`. */
export async function importLlama(): Promise<LlamaPackage> {
  let path: string;
  try {
    path = runtimeRequire().resolve('node-llama-cpp');
  } catch (error) {
    throw new RuntimeMissingError('not-installed', 'node-llama-cpp', error);
  }
  try {
    return (await import(pathToFileURL(path).href)) as LlamaPackage;
  } catch (error) {
    throw new RuntimeMissingError('not-loadable', `node-llama-cpp does not load: ${firstLine(error)}`, error);
  }
}

function openSession(
  model: LlamaModel,
  context: LlamaContext,
  job: InferenceJob,
  parseTemplate: (source: string) => Template,
): LlamaSession {
  const sequence = context.getSequence();
  const { bos, eos } = model.tokens;
  const tokens = model.fileInfo.metadata.tokenizer?.ggml.tokens ?? [];
  const special = (token: Token | null) => (token === null ? '' : model.detokenize([token], true));
  const source = model.fileInfo.metadata.tokenizer?.chat_template;
  let template: Template | undefined;
  const scoresOf = (probabilities: ReadonlyMap<Token, number>) => {
    const scores = new Float32Array(tokens.length).fill(Number.NEGATIVE_INFINITY);
    for (const [id, probability] of probabilities) scores[id] = Math.log(probability);
    return scores;
  };
  return {
    runner: 'llama',
    media: openMedia(job),
    tokenizer: {
      encode(text, withSpecial) {
        const ids = model.tokenize(text, withSpecial);
        const starts = withSpecial && model.tokens.shouldPrependBosToken && bos !== null;
        return starts && ids[0] !== bos ? [bos, ...ids] : ids;
      },
      decode: (ids, options) => model.detokenize([...ids] as Token[], options?.skip_special_tokens === false),
      idOf(token) {
        const id = tokens.indexOf(token);
        return id === -1 ? undefined : id;
      },
      size: tokens.length,
      chats: source !== undefined,
      eosToken: eos === null ? null : special(eos),
      chat(messages: readonly ChatMessage[]) {
        if (source === undefined) throw new Error('The GGUF file has no chat template.');
        try {
          template ??= parseTemplate(source);
          return template.render({
            messages,
            add_generation_prompt: true,
            bos_token: special(bos),
            eos_token: special(eos),
          });
        } catch (error) {
          throw new Error(brokenTemplate(error), { cause: error });
        }
      },
    },
    ends: controlTokens(model).filter((id) => model.isEogToken(id)),
    positions: context.contextSize,
    async generate(ids, { temperature, topK, topP, seed, repetitionPenalty, choose }, hooks) {
      await sequence.clearHistory();
      const all = [...ids];
      const options = {
        // Where the hooks draw, llama.cpp is to change nothing about the scores.
        temperature: choose ? 0 : temperature,
        seed,
        yieldEogToken: true,
        // 0 stands for all; without a word of ours it would take 0.95 for topP.
        ...(choose ? { topK: 0 } : topK === null ? {} : { topK }),
        topP: choose ? 1 : (topP ?? 1),
        ...(repetitionPenalty === 1
          ? {}
          : {
              repeatPenalty: {
                penalty: repetitionPenalty,
                punishTokens: () => all.slice(-REPEATED) as Token[],
              },
            }),
      };
      const opening = sequence.evaluateWithMetadata([...ids] as Token[], { probabilities: true }, options);
      if (choose) {
        try {
          for (let next = await opening.next(); next.done !== true; ) {
            const token = hooks.choose(all, scoresOf(next.value.probabilities)) as Token;
            all.push(token);
            if (hooks.done(all)) break;
            next = await opening.next(token);
          }
        } finally {
          await opening.return();
        }
        return all;
      }
      // Only the first token is asked for its probabilities: to hand over those of the whole vocabulary takes time.
      for await (const { token, probabilities } of opening) {
        hooks.begin(ids, scoresOf(probabilities));
        all.push(token);
        break;
      }
      const last = all.at(-1);
      if (last === undefined || hooks.done(all)) return all;
      for await (const token of sequence.evaluate([last as Token], options)) {
        all.push(token);
        if (hooks.done(all)) break;
      }
      return all;
    },
  };
}

/** Tokens that are no text; to ask for each of 256,000 tokens whether it ends a text would take a while. */
function controlTokens({ fileInfo, tokens }: LlamaModel): readonly Token[] {
  const types = fileInfo.metadata.tokenizer?.ggml.token_type ?? [];
  const ids = types.flatMap((type, id) => (type === CONTROL || type === USER_DEFINED ? [id as Token] : []));
  return tokens.eos === null || ids.includes(tokens.eos) ? ids : [...ids, tokens.eos];
}

/** The most telling complaint of llama.cpp, without the function that made it; null when there is none. */
function why(complaints: readonly string[]): string | null {
  const telling = complaints.find((line) => !/failed to load model\s*$/.test(line)) ?? complaints[0];
  return telling === undefined
    ? null
    : `llama.cpp says: ${telling.replace(/^[a-z_]+: /, '').replace(/^error loading model: /, '')}`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
