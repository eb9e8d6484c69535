import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { frontMatterLimits } from '../../src/rules/front-matter-limits.js';
import { testRule } from './tester.js';

testRule(frontMatterLimits, {
  bad: [],
  good: [
    { name: 'real cards', text: '---\nlicense: mit\n---\n' },
    { name: 'invalid YAML: another rule', text: '---\na: b: c\n---\n' },
  ],
});

describe('front-matter-limits', () => {
  it.each([
    ['depth', `x: ${'['.repeat(500)}${']'.repeat(500)}`, 'nested too deeply'],
    [
      'aliases',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.replace(/./g, (key) => `${key}: &${key} [${`*${String.fromCharCode(key.charCodeAt(0) - 1)}, `.repeat(10)}]\n`)}`,
      'aliases repeat',
    ],
  ])('reports too much %s, inside the block', (_, yaml, says) => {
    const card = parseCard(`---\n${yaml}\n---\n`);
    const [found, ...others] = runRules([frontMatterLimits], card);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'error', hub: null, message: expect.stringContaining(says) });
    expect(found?.range?.start.line).toBeGreaterThan(1);
  });
});
