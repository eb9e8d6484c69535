import { isMapping, own } from '../mapping.js';
import type { MediaSource } from '../smoke/media/source.js';
import type { TransformersSession } from '../smoke/session.js';
import { checkArchitecture } from './checks/architecture.js';
import type { Following } from './following.js';
import {
  idsOf,
  optionsOf,
  seedOf,
  tellerOf,
  toldOf,
  vocabularyOf,
  type Written,
  withoutOvershoot,
} from './generation/causal.js';
import { describeGeneration } from './generation/generation.js';
import { type GenerationParameters, readGenerationParameters } from './generation/generation-parameters.js';
import { observe, planGeneration, plansOfTexts, positionsOf } from './generation/generation-plan.js';
import {
  checkWritten,
  compareWritten,
  factsOf,
  type WrittenFacts,
  writtenVectors,
} from './generation/written-text.js';
import { PREPROCESSOR, TEXT_FILES } from './needed-files.js';
import {
  inferenceOf,
  readBase64,
  readExample,
  readSource,
  readText,
  withParameters,
} from './reading/example.js';
import {
  fault,
  type Inference,
  kindOf,
  type ModelFacts,
  type Read,
  read,
  type Task,
  within,
} from './task.js';
import { chatCompletion } from './text-generation.js';

/** A part of a message: a text, or the place of the next picture. */
type Part = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

/** A message of a conversation about pictures. */
interface PictureMessage {
  readonly role: string;
  readonly content: readonly Part[];
}

/** A conversation, and the pictures in it, in the order of their places. */
export interface PictureConversation {
  readonly messages: readonly PictureMessage[];
  readonly images: readonly MediaSource[];
  /** Answered as a chat client wants it; else as the API answers a picture with a text. */
  readonly chat: boolean;
}

/** Types of models whose processors of transformers.js want the text first. */
const TEXT_FIRST =
  /^(?:idefics3|smolvlm|qwen2_vl|qwen2_5_vl|qwen3_vl|qwen3_vl_moe|qwen3_5|qwen3_5_moe|gemma3|gemma3n|gemma4|glm_ocr|phi3_v)$/;
/** Types of models that transformers.js runs (registry.js, MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES), the others. */
const PICTURES_FIRST =
  /^(?:llava|llava_onevision|llava_qwen2|moondream1|lfm2_vl|paligemma|mistral3|lighton_ocr)$/;
/** Most messages, and pictures in them. */
const MOST = 100;

/** An answer to a text and pictures. */
export const imageTextToText: Task<PictureConversation, WrittenFacts> = {
  tag: 'image-text-to-text',
  writes: true,
  ways: [
    {
      runner: 'transformers',
      pipeline: 'image-text-to-text',
      model: 'AutoModelForImageTextToText',
      images: true,
      layouts: [
        {
          embed_tokens: 'embed_tokens',
          vision_encoder: 'vision_encoder',
          decoder_model_merged: 'decoder_model_merged',
        },
      ],
      needs: [...TEXT_FILES, PREPROCESSOR],
      unfit({ config }) {
        const kind = String(own(config, 'model_type'));
        return TEXT_FIRST.test(kind) || PICTURES_FIRST.test(kind)
          ? null
          : `transformers.js runs no model of the type ${kind} (model_type in config.json) on pictures and texts.`;
      },
      async run(session, { input, parameters }, following) {
        const written = await converse(session, input, parameters, following);
        return {
          output: input.chat
            ? chatCompletion(written, parameters)
            : written.map(({ text }) => ({ generated_text: text.trim() })),
          facts: factsOf(written),
          written: toldOf(written),
        };
      },
    },
  ],

  readExample: (example) =>
    readExample(example, '`src` and `text`, or `messages`', readInput, readGenerationParameters),

  readRequest(body) {
    if (!isMapping(body)) {
      return fault(
        [],
        `Expected {"messages": […]}, or {"inputs": {"image": base64, "text": …}}, not ${kindOf(body)}.`,
      );
    }
    const messages = own(body, 'messages') ?? undefined;
    if (messages !== undefined) {
      const input = within('messages', readMessages(messages));
      if (!input.ok) return input;
      const inner = own(body, 'parameters');
      const parameters = readGenerationParameters({
        ...body,
        messages: null,
        ...(isMapping(inner) ? inner : {}),
      });
      return parameters.ok ? read({ input: input.value, parameters: parameters.value }) : parameters;
    }
    const inputs = own(body, 'inputs');
    const where = isMapping(inputs) ? inputs : body;
    const image = readBase64(own(where, 'image') ?? (where === body ? inputs : undefined), 'image');
    if (!image.ok) return image;
    const text = readText(own(where, 'text') ?? own(where, 'prompt'), 'text');
    if (!text.ok) return text;
    return withParameters(read(asked(text.value, [image.value])), body, readGenerationParameters);
  },

  readParameters: (parameters) => readGenerationParameters(parameters),

  defaultInferences: () => [
    show('photo-like', 'Describe this image.'),
    show('shapes', 'What is in this image?'),
  ],

  contrast: () => [
    show('shapes', 'Describe this image.'),
    show('black', 'Describe this image.'),
    show('text', 'What is written here?'),
  ],

  checkModel: (model: ModelFacts) =>
    checkArchitecture(model, 'image-text-to-text', 'any-to-any', 'video-text-to-text', 'image-to-text'),
  checkAnswer: (answered) => checkWritten(answered, false),
  checkLabels: () => [],
  vectors: writtenVectors,
  compare: compareWritten,
};

async function converse(
  session: TransformersSession,
  { messages, images }: PictureConversation,
  parameters: GenerationParameters,
  following: Following | undefined,
): Promise<readonly Written[]> {
  const { config, generationConfig, processor } = session;
  const pictures = [];
  for (const image of images) pictures.push(await session.media.picture(image));
  const text = session.tokenizer.chat(messages.map((message) => ({ ...message })));
  const first = TEXT_FIRST.test(String(own(config, 'model_type'))) ? 'text' : 'pictures';
  if (processor.together === undefined) throw new Error('The processor takes no text beside pictures.');
  if (pictures.length === 0 && first === 'pictures')
    throw new Error('The model needs a picture beside the text.');
  const feeds = await processor.together(text, pictures, first);
  const ids = idsOf(feeds);
  const vocabulary = vocabularyOf(session.tokenizer);
  const plan = planGeneration(parameters, {
    config,
    generationConfig,
    answers: true,
    startTokens: ids.length,
    positions: positionsOf(config),
  });
  const decode = (some: readonly number[]) => vocabulary.decode(some, { skip_special_tokens: true });
  const question = messages.at(-1)?.content.map((part) => (part.type === 'text' ? part.text : '')) ?? [];
  const written: Written[] = [];
  for (const one of plansOfTexts(plan, parameters)) {
    const teller = tellerOf(vocabulary, written.length, parameters, following);
    const observer = observe(one, decode, teller, following);
    const generated = observer.result(await session.generate(feeds, optionsOf(one, parameters), observer));
    const answer = withoutOvershoot(decode(generated.ids), generated);
    const told = { prompt: question.join(' '), promptTokens: ids.length, text: answer, answers: true };
    const facts = describeGeneration(generated, one, told, vocabulary);
    written.push({ text: answer, facts, seed: seedOf(one, parameters), made: teller?.tokens ?? [] });
  }
  return written;
}

/** A question about some pictures, which come before it. */
function asked(text: string, images: readonly MediaSource[]): PictureConversation {
  const content: readonly Part[] = [...images.map((): Part => ({ type: 'image' })), { type: 'text', text }];
  return { messages: [{ role: 'user', content }], images, chat: false };
}

function show(name: string, text: string): Inference<PictureConversation> {
  return inferenceOf(asked(text, [{ kind: 'sample', name }]));
}

function readInput(example: Readonly<Record<string, unknown>>): Read<PictureConversation> {
  const messages = own(example, 'messages') ?? undefined;
  if (messages !== undefined) return within('messages', readMessages(messages));
  const text = readText(own(example, 'text') ?? own(example, 'prompt'), 'text');
  if (own(example, 'src') === undefined) {
    return text.ok
      ? fault([], 'This widget example has no `src`; image-text-to-text needs a picture beside the text.')
      : text;
  }
  const image = readSource(example);
  if (!image.ok) return image;
  return read(asked(text.ok ? text.value : 'Describe this image.', [image.value]));
}

/** Messages as OpenAI’s clients write them; pictures are in base64. */
function readMessages(value: unknown): Read<PictureConversation> {
  if (!Array.isArray(value) || value.length === 0) {
    return fault([], `\`messages\` must be a list of messages, not ${kindOf(value)}.`);
  }
  if (value.length > MOST) return fault([], `\`messages\` has more than ${MOST} messages.`);
  const images: MediaSource[] = [];
  const messages: PictureMessage[] = [];
  for (const [index, item] of value.entries()) {
    const role = own(item, 'role');
    if (typeof role !== 'string' || role === '') {
      return fault(
        [index, 'role'],
        `\`role\` must be a text such as user or assistant, not ${kindOf(role)}.`,
      );
    }
    const content = own(item, 'content');
    const parts: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
    if (parts.length > MOST) return fault([index, 'content'], `\`content\` has more than ${MOST} parts.`);
    const found: Part[] = [];
    for (const part of parts) {
      const one = readPart(part);
      if (!one.ok) return within(index, within('content', one));
      if ('type' in one.value) found.push(one.value);
      else {
        images.push(one.value.image);
        found.push({ type: 'image' });
      }
    }
    messages.push({ role, content: found });
  }
  return read({ messages, images, chat: true });
}

function readPart(part: unknown): Read<Part | { readonly image: MediaSource }> {
  const kind = own(part, 'type');
  if (kind === 'text') {
    const text = own(part, 'text');
    return typeof text === 'string'
      ? read({ type: 'text', text })
      : fault([], '`text` of a part must be a text.');
  }
  if (kind !== 'image' && kind !== 'image_url') {
    return fault([], `A part of a message is a text or an image, not ${kindOf(kind)}.`);
  }
  const address = own(part, 'image_url') ?? own(part, 'image') ?? own(part, 'url');
  const image = readBase64(isMapping(address) ? own(address, 'url') : address, String(kind));
  return image.ok ? read({ image: image.value }) : image;
}
