import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCard } from '../src/card/parse.js';
import { parseYamlFile } from '../src/card/yaml-file.js';
import { applyFixes } from '../src/fix.js';
import { runRules } from '../src/lint.js';
import { openFolder } from '../src/repo/local.js';
import { RULES } from '../src/rules/index.js';
import { validateRepo } from '../src/validate.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url));

async function findingsIn(folder: string): Promise<readonly string[]> {
  const { diagnostics } = await validateRepo(await openFolder(folder, { kind: 'folder', path: folder }));
  return diagnostics
    .filter(({ rule }) => rule.startsWith('eval-results-'))
    .map(({ file, range, rule }) => `${file}:${range?.start.line ?? ''} ${rule}`);
}

/** The lines of a repository's evaluation results that say which finding they must get. */
function expectedIn(folder: string): readonly string[] {
  return readdirSync(`${folder}.eval_results`)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const lines = readFileSync(`${folder}.eval_results/${name}`, 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const rule = /# expect: ([\w-]+)/.exec(line)?.[1];
        return rule === undefined ? [] : [`.eval_results/${name}:${index + 1} ${rule}`];
      });
    });
}

describe('evaluation results of a repository', () => {
  it('get a finding on every line that says so, and nowhere else', async () => {
    const folder = fixture('eval-results');
    const expected = [...expectedIn(folder), '.eval_results/old/hle.yaml: eval-results-ignored'];
    expect(expected.length).toBeGreaterThan(5);
    expect([...(await findingsIn(folder))].sort()).toEqual(expected.sort());
  });

  it('are in order in a repository that is', async () => {
    expect(await findingsIn(fixture('text-classification'))).toEqual([]);
  });
});

describe('the rules about evaluation results, on any file', () => {
  const path = '.eval_results/a.yaml';
  const rules = RULES.filter(({ id }) => id.startsWith('eval-results-'));
  const lint = (text: string) =>
    runRules(rules, parseCard(''), { evalResults: [parseYamlFile(path, text)], files: [] });

  const scalar = fc.constantFrom(
    ...[
      'cais/hle',
      '"20.9"',
      '20.9',
      '2026-01-15',
      '2026/1/5',
      '20260115',
      'true',
      '~',
      '',
      '{x}',
      '<x>',
      '[1]',
    ],
    ...[
      "'@a'",
      'datasets/a/b',
      'https://hf.co/a',
      'hf.co/spaces/a/b',
      '!!str 1',
      '&a 1',
      '*a',
      '|\n      a\n',
      '- b',
    ],
  );
  const key = fc.constantFrom(
    ...[
      'id',
      'task_id',
      'taskid',
      'revision',
      'url',
      'user',
      'value',
      'Value',
      'score',
      'date',
      'notes',
      '"note"',
    ],
    ...['dataset', 'source', 'verify_token', 'dataset_id', 'metrics', '__proto__', '<<'],
  );
  const line = fc
    .tuple(fc.constantFrom('- ', '  ', '    ', '', '  - '), key, scalar, fc.constantFrom('', ' # why', '\r'))
    .map(([indent, name, value, end]) => `${indent}${name}: ${value}${end}`);
  const sound = '- dataset:\n    id: cais/hle\n    task_id: hle\n  value: 20.9'.split('\n');
  const file = fc.tuple(fc.array(line, { maxLength: 8 }), fc.nat(5), fc.boolean()).map(([lines, at, bom]) => {
    const all = [...sound.slice(0, at), ...lines, ...sound.slice(at)];
    return `${bom ? '\ufeff' : ''}${all.join('\n')}\n`;
  });

  it('never throw, point into the text, and mend it in a few rounds without making it worse', () => {
    fc.assert(
      fc.property(fc.oneof(file, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
        const found = lint(text);
        for (const { range } of found) {
          expect(range?.start.offset).toBeGreaterThanOrEqual(0);
          expect(range?.end.offset).toBeGreaterThanOrEqual(range?.start.offset ?? 0);
          expect(range?.end.offset).toBeLessThanOrEqual(text.length);
        }
        let mended = text;
        let rounds = 0;
        for (let before = ''; before !== mended; rounds++) {
          before = mended;
          mended = applyFixes(mended, lint(mended), path);
        }
        expect(rounds).toBeLessThanOrEqual(4);
        if (mended === text) return;
        expect(parseYamlFile(path, mended).reading.kind).toBe('value');
        expect(lint(mended).length).toBeLessThanOrEqual(found.length + 2);
      }),
      { numRuns: 1000 },
    );
  });
});
