import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import type { Report } from '../../src/report/report.js';
import { cpuTime } from '../cpu-time.js';
import { AWKWARD, CARD, CLEAN, DIAGNOSTICS, REPORT } from './sample.js';

const options = { sources: { 'README.md': CARD }, base: 'models/bert' };

describe('html', () => {
  it('begins with the verdict, and says what was found', () => {
    const page = formatReport(REPORT, 'html', options);
    expect(page).toContain('<title>✗ models/bert – validate-card</title>');
    expect(page).toMatch(/<h1><i [^>]*><\/i>Not ready to publish<\/h1>/);
    expect(page).toContain('2 errors</a>');
    expect(page.indexOf('<h1>')).toBeLessThan(page.indexOf('id="findings"'));
    expect(formatReport(CLEAN, 'html')).toMatch(/<h1><i [^>]*><\/i>Ready to publish<\/h1>/);
  });

  it('leads from each finding of the list to its note, and marks its place in the source', () => {
    const page = formatReport(REPORT, 'html', options);
    for (const number of [1, 2, 3, 4, 5]) {
      expect(page).toContain(`href="#finding-${number}"`);
      expect(page.split(`id="finding-${number}"`)).toHaveLength(2);
    }
    expect(page).toContain('<span class="error">Apache 2</span>');
    expect(page).toContain('<span class="removed">- license: Apache 2\n</span>');
    expect(page).toContain('<span class="added">+ license: apache-2.0\n</span>');
  });

  it('shows every line of the card once, whatever ends it', () => {
    for (const [end, last] of [
      ['\n', '\n'],
      ['\r\n', '\r\n'],
      ['\r', '\r'],
      ['\n', ''],
    ] as const) {
      const card = ['---', 'license: mit', '---', '# Card', '', 'the end'].join(end) + last;
      const page = formatReport(CLEAN, 'html', { sources: { 'README.md': card } });
      const numbers = [...page.matchAll(/<span class="number">(\d+)</g)].map((match) => match[1]);
      expect(numbers, JSON.stringify(card)).toEqual(['1', '2', '3', '4', '5', '6']);
    }
  });

  it('folds what is far from every finding', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index + 1}`);
    const card = lines.join('\n');
    const [first] = DIAGNOSTICS.slice(1);
    if (first === undefined) throw new Error('no finding');
    const at = (line: number) => {
      const offset = card.indexOf(`line ${line}\n`);
      return { start: { line, column: 1, offset }, end: { line, column: 5, offset: offset + 4 } };
    };
    const { fix: _, ...plain } = first;
    const report: Report = { ...REPORT, diagnostics: [{ ...plain, range: at(120) }] };
    const page = formatReport(report, 'html', { sources: { 'README.md': card } });
    expect([...page.matchAll(/(\d+) lines without findings/g)].map((match) => match[1])).toEqual([
      '76',
      '77',
    ]);
    expect(page).toContain('<span class="error">line</span> 120');
  });

  it('holds no markup of a card or a model', () => {
    const attack = `"><img src=x onerror=alert(1)><script>alert(1)</script></style></title>' onload=\`x\` ${AWKWARD}`;
    const hostile = JSON.parse(
      JSON.stringify(REPORT, (_key, value: unknown) =>
        typeof value === 'string' && !['folder', 'error', 'failed'].includes(value) && value.includes(' ')
          ? attack
          : value,
      ),
    ) as Report;
    const page = formatReport({ ...hostile, target: { kind: 'folder', path: attack } }, 'html', {
      sources: { 'README.md': `---\n${attack}\n---\n${attack}` },
    });
    expect(page.match(/<script|<img|onerror=alert\(1\)>|<\/style>/g)).toEqual(['</style>']);
    expect(page).not.toContain('<b>x</b>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    for (const unsafe of ['\u202e', '\u001b']) expect(page).not.toContain(unsafe);
  });

  it('forbids everything but its own style and what it holds', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(
      formatReport(CLEAN, 'html'),
    )?.[1];
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'$/,
    );
  });

  it('stays small and fast with a long card full of findings', () => {
    const card = `---\n${'a: b\n'.repeat(20_000)}---\n`;
    const [, one] = DIAGNOSTICS;
    if (one === undefined) throw new Error('no finding');
    const diagnostics = Array.from({ length: 5000 }, (_, index) => {
      const offset = 4 + index * 5;
      const line = index + 2;
      return {
        ...one,
        range: { start: { line, column: 1, offset }, end: { line, column: 2, offset: offset + 1 } },
        fix: { title: 't', edits: [{ start: offset, end: offset + 1, text: 'c' }] },
      };
    });
    const computed = cpuTime();
    const page = formatReport({ ...REPORT, diagnostics }, 'html', { sources: { 'README.md': card } });
    expect(computed()).toBeLessThan(5000);
    expect(page.length).toBeLessThan(12_000_000);
  });
});
