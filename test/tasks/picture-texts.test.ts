import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/smoke/media/picture.js';
import type { Media, Processor } from '../../src/smoke/session.js';
import { imageTextToText } from '../../src/tasks/image-text-to-text.js';
import { imageToText } from '../../src/tasks/image-to-text.js';
import { modelFacts, runOn, transformersSession } from './session.js';
import { wordTokenizer, writingSession } from './writer.js';

const A = 4;
const C = 6;
const END = 0;
const PICTURE: Picture = { width: 1, height: 1, channels: 3, data: Uint8Array.from([1, 2, 3]) };
const media: Media = { ...transformersSession().media, picture: async () => PICTURE };
const BASE64 = Buffer.from('picture').toString('base64');
const pixels = { pixel_values: { type: 'float32', dims: [1, 3, 1, 1], data: [1, 2, 3] } } as const;

function processor(calls: unknown[][] = []): Processor {
  return {
    pictures: async (pictures) => {
      calls.push([...pictures]);
      return pixels;
    },
    sound: async () => ({}),
    together: async (text, pictures, first) => {
      calls.push([text, pictures.length, first]);
      return { ...wordTokenizer().encode('a a'), ...pixels };
    },
    config: {},
  };
}

describe('image-to-text', () => {
  it('gives a caption for a picture', async () => {
    const calls: unknown[][] = [];
    const { session } = writingSession([C, A, END], { decoder: true, media, processor: processor(calls) });
    const input = { kind: 'file', path: 'a.png' } as const;
    const { output, facts } = await runOn(imageToText, session, { input, parameters: {} });
    expect(output).toEqual([{ generated_text: 'c a' }]);
    expect(calls).toEqual([[PICTURE]]);
    expect(facts.texts[0]).toMatchObject({ answers: true, finish: 'end', prompt: '' });
  });

  it('reads examples and requests with a picture, and the parameters of generation', () => {
    expect(
      imageToText.readExample({ src: 'a.png', parameters: { max_new_tokens: 4 } }, modelFacts()),
    ).toMatchObject({
      ok: true,
      value: { input: { kind: 'file', path: 'a.png' }, parameters: { max_new_tokens: 4 } },
    });
    expect(
      imageToText.readRequest(
        { inputs: BASE64, parameters: { generate_kwargs: { top_k: 2 } } },
        modelFacts(),
      ),
    ).toMatchObject({
      ok: true,
      value: { input: { kind: 'data' }, parameters: { top_k: 2 } },
    });
    expect(imageToText.readRequest({ inputs: 'https://example.com/a.png' }, modelFacts()).ok).toBe(false);
  });

  it('is tried on pictures with little in common', () => {
    const inputs = [
      ...imageToText.defaultInferences(modelFacts()),
      ...imageToText.contrast([], modelFacts()),
    ];
    expect(new Set(inputs.map(({ input }) => JSON.stringify(input))).size).toBeGreaterThan(3);
  });
});

describe('image-text-to-text', () => {
  const request = {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } },
          { type: 'text', text: 'a ?' },
        ],
      },
    ],
    max_tokens: 8,
  };

  it('reads a picture with a text, of cards and of clients', () => {
    const example = imageTextToText.readExample({ src: 'a.png', text: 'a ?' }, modelFacts());
    expect(example).toEqual({
      ok: true,
      value: {
        input: {
          messages: [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'a ?' }] }],
          images: [{ kind: 'file', path: 'a.png' }],
          chat: false,
        },
        parameters: {},
      },
    });
    expect(imageTextToText.readRequest(request, modelFacts())).toMatchObject({
      ok: true,
      value: {
        input: {
          messages: [{ content: [{ type: 'image' }, { type: 'text', text: 'a ?' }] }],
          images: [{ kind: 'data', base64: BASE64 }],
          chat: true,
        },
        parameters: { max_new_tokens: 8 },
      },
    });
    expect(
      imageTextToText.readRequest({ inputs: { image: BASE64, text: 'a ?' } }, modelFacts()),
    ).toMatchObject({ ok: true, value: { input: { chat: false } } });
  });

  it.each([
    [{ messages: [] }, ['messages']],
    [{ messages: [{ role: 'user', content: [{ type: 'audio' }] }] }, ['messages', 0, 'content']],
    [
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
        ],
      },
      ['messages', 0, 'content', 'image_url'],
    ],
    [{ messages: [{ role: 'user', content: 7 }] }, ['messages', 0, 'content']],
    [{ messages: [{}] }, ['messages', 0, 'role']],
    [{ inputs: { text: 'a' } }, []],
    ['a', []],
  ])('refuses %j', (body, path) => {
    expect(imageTextToText.readRequest(body, modelFacts())).toMatchObject({ ok: false, fault: { path } });
  });

  it('answers with the processor, in the order that its model wants', async () => {
    const example = imageTextToText.readExample({ src: 'a.png', text: 'a ?' }, modelFacts());
    if (!example.ok) throw new Error('The example was refused.');
    for (const [model_type, first] of [
      ['llava', 'pictures'],
      ['smolvlm', 'text'],
    ] as const) {
      const calls: unknown[][] = [];
      const { session } = writingSession([C, END], {
        media,
        processor: processor(calls),
        config: { model_type },
      });
      expect((await runOn(imageTextToText, session, example.value)).output).toEqual([
        { generated_text: 'c' },
      ]);
      expect(calls).toEqual([[expect.stringContaining('<|assistant|>'), 1, first]]);
    }
  });

  it('answers chat clients as they expect', async () => {
    const read = imageTextToText.readRequest(request, modelFacts());
    if (!read.ok) throw new Error('The request was refused.');
    const { session } = writingSession([C, END], {
      media,
      processor: processor(),
      config: { model_type: 'llava' },
    });
    expect((await runOn(imageTextToText, session, read.value)).output).toMatchObject({
      choices: [{ message: { content: 'c' } }],
    });
  });

  it('says which models cannot be run', () => {
    const [way] = imageTextToText.ways;
    expect(way?.unfit?.(modelFacts({ config: { model_type: 'kosmos-2' } }))).toContain(
      'no model of the type kosmos-2',
    );
    expect(way?.unfit?.(modelFacts({ config: { model_type: 'llava' } }))).toBeNull();
  });
});
