import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as transformers from '@huggingface/transformers';
import { describe, expect, it } from 'vitest';
import { fixturePath } from '../smoke/fixture.js';
import { build, type Files, idsOf, type Tokenizer, tokenizerOf } from './built.js';
import { slowFiles } from './slow-files.js';

const CLASSES = new Set([
  'BertTokenizer',
  'DistilBertTokenizer',
  'GPT2Tokenizer',
  'WhisperTokenizer',
  'Wav2Vec2CTCTokenizer',
]);
const read = (name: string, path: string) => JSON.parse(readFileSync(join(fixturePath(name), path), 'utf8'));
const names = readdirSync(fixturePath('.')).filter(
  (name) =>
    existsSync(join(fixturePath(name), 'tokenizer.json')) &&
    CLASSES.has(read(name, 'tokenizer_config.json').tokenizer_class),
);

describe('a tokenizer that is built of its vocabulary cuts texts as its tokenizer.json does', () => {
  it('in many fixtures', () => expect(names.length).toBeGreaterThan(15));

  it.each(names)('%s', (name) => {
    const json = read(name, 'tokenizer.json');
    const config = read(name, 'tokenizer_config.json');
    const files: Files = { ...slowFiles(json), 'tokenizer_config.json': JSON.stringify(config) };
    const built = tokenizerOf(build(files));
    const Class = (transformers as unknown as Record<string, new (...args: readonly unknown[]) => Tokenizer>)[
      config.tokenizer_class
    ];
    if (Class === undefined) throw new Error('no class');
    const whole = new Class(json, config);
    const texts = ['The movie was great!', 'HELLO|WORLD', 'once  upon a TIME, there', '[MASK] é 12 <pad>'];
    // What these only write is not cut: their fixtures begin and end no text.
    const listens = /Whisper|Wav2Vec2/.test(config.tokenizer_class);
    for (const text of texts) {
      const ids = listens ? Array.from(text, (_, index) => (index * 7) % 31) : idsOf(whole, text);
      if (!listens) {
        expect(idsOf(built, text)).toEqual(ids);
        expect(idsOf(built, text, 'a cat')).toEqual(idsOf(whole, text, 'a cat'));
      }
      for (const options of [{}, { skip_special_tokens: true }]) {
        expect(built.decode(ids, options)).toBe(whole.decode(ids, options));
      }
    }
  });
});
