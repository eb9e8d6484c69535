import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { memoryRepo } from '../../src/repo/memory.js';
import { jsonFileInvalid } from '../../src/rules/json-file-invalid.js';
import { validateRepo } from '../../src/validate.js';
import { testRule } from './tester.js';

const TEXT = '---\nlicense: mit\n---\n';

testRule(jsonFileInvalid, {
  bad: [
    {
      name: 'a comma with nothing behind it',
      text: TEXT,
      contents: { 'config.json': '{\n  "a": 1,\n}\n' },
      lines: [2],
      marks: [','],
      says: ['config.json is not valid JSON: there is a comma with nothing behind it.'],
      fixedContents: { 'config.json': '{\n  "a": 1\n}\n' },
    },
    {
      name: 'several of them',
      text: TEXT,
      contents: { 'config.json': '{"a": [1, 2,], "b": {"c": "é",},\r\n}' },
      lines: [1],
      marks: [','],
      fixedContents: { 'config.json': '{"a": [1, 2], "b": {"c": "é"}\r\n}' },
    },
    {
      name: 'a comma, and another fault',
      text: TEXT,
      contents: { 'config.json': '{"a": [1,], \'b\': 2}' },
      lines: [1],
      marks: [','],
    },
    {
      name: 'a number of Python',
      text: TEXT,
      contents: { 'config.json': '{\n  "time_step_limit": [\n    0.0,\n    Infinity\n  ]\n}' },
      severity: 'warning',
      lines: [4],
      marks: ['Infinity'],
      says: ['JSON has no Infinity'],
    },
    {
      name: 'every file that is read',
      text: TEXT,
      contents: {
        'adapter_config.json': '{',
        'config.json': '',
        'model_index.json': '{"a" 1}',
        'tokenizer_config.json': '{"a": nul}',
      },
      lines: [1, 1, 1, 1],
      marks: ['', '', '1', 'n'],
    },
    {
      name: 'a list',
      text: TEXT,
      contents: { 'config.json': '[]' },
      marks: [null],
      says: ['config.json holds an empty list, not an object.'],
    },
    {
      name: 'a pointer',
      text: TEXT,
      contents: { 'config.json': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' },
      severity: 'warning',
      marks: [null],
      says: ['Git LFS pointer'],
    },
    {
      name: 'too deep',
      text: TEXT,
      contents: { 'config.json': `${'['.repeat(200)}${']'.repeat(200)}` },
      severity: 'warning',
      marks: [null],
    },
  ],
  good: [
    { name: 'objects', text: TEXT, contents: { 'config.json': '{}', 'model_index.json': '{"a": 1}' } },
    { name: 'other files', text: TEXT, contents: { 'vocab.json': '{' } },
    { name: 'no files', text: TEXT },
  ],
});

describe('json-file-invalid', () => {
  it('reports what is too large, or no text', () => {
    const found = (kind: 'too-large' | 'not-text') =>
      runRules([jsonFileInvalid], parseCard(TEXT), {
        brokenJson: [{ path: 'config.json', broken: { kind } }],
      });
    expect(found('too-large')[0]?.message).toBe('config.json is larger than 4 MiB, and was not read.');
    expect(found('not-text')[0]?.message).toBe('config.json is not text in UTF-8.');
  });

  it('works on a repository', async () => {
    const repo = memoryRepo({ 'README.md': TEXT, 'config.json': '{"a": }' });
    const { diagnostics } = await validateRepo(repo);
    expect(diagnostics.find(({ rule }) => rule === 'json-file-invalid')).toMatchObject({
      file: 'config.json',
      range: { start: { line: 1, column: 7, offset: 6 } },
      severity: 'error',
    });
  });
});
