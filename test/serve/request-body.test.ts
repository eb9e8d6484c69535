import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/serve/request-body.js';
import { ServeError } from '../../src/serve/serve-error.js';

const BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0x00]);
const BASE64 = BYTES.toString('base64');

const BINARY = [
  'audio-classification',
  'audio-to-audio',
  'automatic-speech-recognition',
  'depth-estimation',
  'image-classification',
  'image-segmentation',
  'image-to-image',
  'image-to-text',
  'object-detection',
  'video-classification',
];
const TEXTS = [
  'feature-extraction',
  'fill-mask',
  'summarization',
  'text-classification',
  'text-generation',
  'text-to-image',
  'text-to-speech',
  'token-classification',
  'translation',
  'zero-shot-classification',
];
/** What browsers, curl and old clients declare, whatever they send. */
const DECLARED = [undefined, 'application/x-www-form-urlencoded', 'text/plain;charset=UTF-8', 'image/png'];

const headers = (type: string | undefined) => (type === undefined ? {} : { 'content-type': type });
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** The refusal of a body; undefined where it is taken. */
function refusal(task: string, body: Uint8Array, type?: string): ServeError | undefined {
  try {
    readBody(task, body, headers(type));
    return undefined;
  } catch (error) {
    if (error instanceof ServeError) return error;
    throw error;
  }
}

it('a text may be what JSON would read as another value', () => {
  for (const text of ['2024', 'true', 'null']) {
    expect(readBody('text-classification', Buffer.from(text), {}).value).toEqual({ inputs: text });
    const declared = readBody('text-classification', Buffer.from(text), headers('application/json'));
    expect(declared.value).toEqual({ inputs: JSON.parse(text) });
  }
});

it('a form is refused as such, not read as a text', () => {
  const form = Buffer.from('--x\r\ncontent-disposition: form-data; name="inputs"\r\n\r\nHi\r\n--x--\r\n');
  for (const task of ['text-classification', 'image-classification']) {
    expect(refusal(task, form, 'multipart/form-data; boundary=x')).toMatchObject({
      status: 400,
      message: expect.stringContaining('The body is a form'),
    });
    // What is declared so and is none is what it is.
    expect(refusal(task, Buffer.from('{"inputs": "Hi"}'), 'multipart/form-data; boundary=x')).toBeUndefined();
  }
});

describe.each(DECLARED)('declared as %s', (type) => {
  it.each(BINARY)('%s takes bytes, and JSON that holds them', (task) => {
    expect(readBody(task, BYTES, headers(type)).value).toBe(BASE64);
    for (const key of ['inputs', 'image']) {
      const body = { [key]: BASE64, parameters: { top_k: 1, threshold: null } };
      expect(readBody(task, json(body), headers(type)).value).toEqual({
        [key]: BASE64,
        parameters: { top_k: 1 },
      });
    }
    expect(readBody(task, json(BASE64), headers(type)).value).toBe(BASE64);
    // Digits alone are JSON too, but no object.
    expect(readBody(task, Buffer.from('12'), headers(type)).value).toBe(Buffer.from('12').toString('base64'));
  });

  it.each(TEXTS)('%s takes JSON, and a text', (task) => {
    expect(readBody(task, json({ inputs: 'Hi', parameters: null }), headers(type)).value).toMatchObject({
      inputs: 'Hi',
      parameters: {},
    });
    expect(readBody(task, Buffer.from('Hi {x}'), headers(type)).value).toEqual({ inputs: 'Hi {x}' });
    expect(readBody(task, json('Hi'), headers(type)).value).toEqual({ inputs: 'Hi' });
    expect(readBody(task, json(['a', 'b']), headers(type)).value).toEqual({ inputs: ['a', 'b'] });
  });
});

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.api+json'])(
    'declared as %s must be JSON',
    (type) => {
      expect(refusal('text-classification', Buffer.from('{"inputs": '), type)?.status).toBe(400);
      expect(refusal('image-classification', BYTES, type)?.status).toBe(400);
      expect(refusal('text-classification', json({ inputs: 'a' }), type)).toBeUndefined();
    },
  );

  it.each([
    ['is empty', new Uint8Array(), 'empty'],
    ['begins as JSON and is none', Buffer.from('{"inputs": "a"'), 'is no JSON'],
    ['is no UTF-8', Buffer.from([0x61, 0xff]), 'UTF-8'],
    ['nests too deep', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 'too deep'],
    ['nests too deep in objects', Buffer.from(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`), 'too deep'],
    ['has too many lists', Buffer.from(`[${'[],'.repeat(300_000)}[]]`), 'too many parts'],
    ['has too many keys', Buffer.from(`{${'"a":1,'.repeat(2_100_000)}"b":2}`), 'too many parts'],
    ['has parameters that are a list', json({ inputs: 'a', parameters: [] }), '`parameters` must be'],
    ['has options that are a text', json({ inputs: 'a', options: 'x' }), '`options` must be'],
  ])('that %s is refused', (_, body, says) => {
    const error = refusal('text-classification', body);
    expect([error?.status, error?.message]).toEqual([400, expect.stringContaining(says)]);
  });

  it('may hold what looks deep in a text', () => {
    const inputs = `${'['.repeat(5000)}"\\"${'{'.repeat(5000)}`;
    expect(readBody('text-classification', json({ inputs }), {}).value).toMatchObject({ inputs });
  });

  it('cannot reach a prototype', () => {
    const body = Buffer.from(
      '{"inputs": "a", "__proto__": {"stream": true, "options": {"use_cache": false}}, "parameters": {"__proto__": {"top_k": 1}}, "options": {"__proto__": {"use_cache": false}}}',
    );
    const { value, options, stream } = readBody('text-classification', body, {});
    expect([options.useCache, stream]).toEqual([true, false]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect((value as { parameters: { top_k?: number } }).parameters.top_k).toBeUndefined();
    expect(({} as { top_k?: number }).top_k).toBeUndefined();
  });
});

describe('options', () => {
  const read = (options: unknown, given = {}) =>
    readBody('text-classification', json({ inputs: 'a', options }), given).options;
  const usual = { useCache: true, waitForModel: false, loadModel: true };

  it.each([
    ['nothing', undefined, {}, usual],
    ['an empty object', {}, {}, usual],
    ['null', null, {}, usual],
    ['nulls', { use_cache: null, wait_for_model: null, dont_load_model: null, use_gpu: null }, {}, usual],
    ['unknown keys', { retry: true }, {}, usual],
    ['use_cache', { use_cache: false }, {}, { ...usual, useCache: false }],
    ['wait_for_model', { wait_for_model: true }, {}, { ...usual, waitForModel: true }],
    ['dont_load_model', { dont_load_model: true }, {}, { ...usual, loadModel: false }],
    ['x-use-cache', {}, { 'x-use-cache': 'false' }, { ...usual, useCache: false }],
    ['x-use-cache: 0', {}, { 'x-use-cache': '0' }, { ...usual, useCache: false }],
    ['x-wait-for-model: true', {}, { 'x-wait-for-model': 'true' }, { ...usual, waitForModel: true }],
    ['x-wait-for-model: 1', {}, { 'x-wait-for-model': '1' }, { ...usual, waitForModel: true }],
    ['x-wait-for-model: false', {}, { 'x-wait-for-model': 'false' }, usual],
    ['x-load-model: 0', {}, { 'x-load-model': '0' }, { ...usual, loadModel: false }],
  ])('are read of %s', (_, options, given, expected) => expect(read(options, given)).toEqual(expected));
});
