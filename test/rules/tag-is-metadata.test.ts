import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { licenseMissing } from '../../src/rules/license-missing.js';
import { tagIsMetadata } from '../../src/rules/tag-is-metadata.js';
import { untouched } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const EXPECTED = '# expect: tag-is-metadata';

/** A tag alone in its card, and the key that is added for it. */
function added(tag: string, key: string): RuleCase {
  const text = `---\nx: 1\ntags:\n- ${tag} ${EXPECTED}\n---\n`;
  const fixed = !/^(?:datasets|base_model):/.test(key)
    ? text.replace('tags:', `${key}\ntags:`)
    : text.replace(/---\n$/, `${key}\n---\n`);
  return { name: tag, text, marks: [tag], says: [`Add "${key}"`], fixed };
}

function kept(name: string, tag: string, says: string): RuleCase {
  return { name, text: `---\ntags:\n- ${tag} ${EXPECTED}\n---\n`, marks: [tag], says: [says] };
}

function silent(name: string, yaml: string): RuleCase {
  return { name, text: `---\n${yaml}\n---\n` };
}

testRule(tagIsMetadata, {
  bad: [
    added('license:mit', 'license: mit'),
    added('"license: mit"', 'license: mit'),
    added('Language:en', 'language: en'),
    added('language=en', 'language: en'),
    added('pipeline_tag:fill-mask', 'pipeline_tag: fill-mask'),
    added('library:transformers', 'library_name: transformers'),
    added('dataset:org/data', 'datasets: org/data'),
    added('base_model:org/model', 'base_model: org/model'),
    added('base_model:quantized:org/model', 'base_model: org/model'),
    kept('a value the Hub refuses', 'license:MIT', 'Add "license: MIT"'),
    kept('a task the Hub does not have', 'pipeline_tag:guessing', 'the task from the key "pipeline_tag"'),
    kept('a library the Hub does not have', 'library:mine', 'the library from the key "library_name"'),
    kept('a local path', 'base_model:adapter:./local', 'the base model from the key "base_model"'),
    {
      name: 'several for one key',
      text: `---\ntags:\n- dataset:a ${EXPECTED}\n- dataset:b ${EXPECTED}\n---\n`,
      marks: ['dataset:a', 'dataset:b'],
      says: ['Add "datasets:" with a list of all of them.'],
    },
    {
      name: 'a key left blank is another rule’s, and no key is added twice',
      text: `---\nlicense:\ntags: [license:mit] ${EXPECTED}\n---\n`,
      marks: ['license:mit'],
    },
  ],
  good: [
    ...untouched('tags'),
    silent('the key is there', 'license: mit\ntags:\n- license:mit'),
    silent('PEFT’s tag beside its key', 'base_model: org/model\ntags:\n- base_model:adapter:org/model'),
    silent('a library and a task as tags', 'tags: [transformers, fill-mask, en, mit]'),
    silent(
      'tags that tools write',
      'tags: [loss:TripletLoss, dataset_size:50, adapterhub:nli/multinli, "arxiv:1234.56789", region:us, doi:10/x]',
    ),
    silent('nothing behind the colon', 'tags: ["license:", "language: "]'),
  ],
});

describe('a license in the tags', () => {
  it('is reported once', () => {
    const card = parseCard('---\ntags: [license:mit]\n---\n');
    expect(runRules([licenseMissing], card)).toEqual([]);
    expect(runRules([tagIsMetadata], card)).toHaveLength(1);
  });
});

describe('long lists of tags', () => {
  it('take linear time', () => {
    const text = `---\ntags:\n${'- license:mit\n'.repeat(100_000)}---\n`;
    const start = performance.now();
    runRules([tagIsMetadata], parseCard(text));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
