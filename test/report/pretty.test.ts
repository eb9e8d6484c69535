import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import { displayWidth } from '../../src/report/text.js';
import { CARD, CLEAN, DIAGNOSTICS, REPORT } from './sample.js';

const sources = { 'README.md': CARD };
const SMOKE = REPORT.smoke ?? fail();

function fail(): never {
  throw new Error('the sample has a smoke inference');
}

describe('pretty', () => {
  it('shows findings, verdict, smoke inference and summary', async () => {
    const text = formatReport(REPORT, 'pretty', { width: 100, sources, base: 'models/bert' });
    await expect(text).toMatchFileSnapshot('pretty.unicode.txt');
  });

  it('makes do with ASCII and a narrow terminal', async () => {
    const text = formatReport(REPORT, 'pretty', { width: 60, unicode: false, sources });
    await expect(text).toMatchFileSnapshot('pretty.ascii.txt');
  });

  it('says little when there is nothing to say', () => {
    expect(formatReport(CLEAN, 'pretty')).toBe(
      [
        "Model page  as the Hub's tables of 2026-09-30 have it",
        '  library  transformers · library_name on line 2.',
        '  task     text-classification · pipeline_tag on line 3.',
        '  API      ✔ on · The Hub serves text-classification with transformers.',
        '  widget   ✔ live (text-classification) · The API is on.',
        '',
        '✔ Ready to publish · no findings · API on',
        '',
      ].join('\n'),
    );
  });

  it('keeps to errors, a failed smoke inference and the summary when quiet', () => {
    const text = formatReport(REPORT, 'pretty', { quiet: true, sources });
    expect(text).toContain('error[license-unknown]');
    expect(text).toContain('Smoke inference  ✖ failed');
    expect(text).not.toMatch(/warning\[|info\[|Model page/);
    expect(formatReport(CLEAN, 'pretty', { quiet: true })).toBe(
      '✔ Ready to publish · no findings · API on\n',
    );
  });

  it('shows when quiet what fails the run, and says so where only the fail level wants it', () => {
    const warned = {
      ...CLEAN,
      diagnostics: REPORT.diagnostics.filter(({ severity }) => severity === 'warning'),
      summary: { ...CLEAN.summary, warnings: 1 },
    };
    const text = formatReport(warned, 'pretty', { quiet: true, failLevel: 'warning' });
    expect(text).toContain('warning[');
    expect(text).toContain('Ready to publish · 1 warning · API on · fails at level warning\n');
    const lenient = formatReport(warned, 'pretty', { quiet: true, failLevel: 'error' });
    expect(lenient).toBe('▲ Ready to publish · 1 warning · API on\n');
  });

  it('tells an example that was left out, with the reason, from one without an answer', () => {
    const message = '`src` lies on the web, and a smoke inference fetches nothing.';
    const unrun = {
      source: 'widget',
      input: { src: 'https://hub.example/cat.png' },
      latencyMs: null,
      checks: [{ id: 'input', status: 'skipped', message }],
    } as const;
    const crashed = { ...unrun, checks: [] };
    const report = { ...CLEAN, smoke: { ...SMOKE, cases: [unrun, crashed], comparisons: [] } };
    const text = formatReport(report, 'pretty');
    expect(text).toMatch(/○ "https:\/\/hub\.example\/cat\.png" +not run +skipped\n {6}input: `src` lies on/);
    expect(text).toMatch(/✖ "https:\/\/hub\.example\/cat\.png" +no answer\n/);
    const markdown = formatReport(report, 'markdown');
    expect(markdown).toMatch(/cat\.png" \| not run \| {2}\| ⏭️ \*\*input\*\* <code>src<\/code> lies on/);
    expect(markdown).toMatch(/cat\.png" \| no answer \| {2}\| {2}\|\n/);
  });

  it('is not calm when the smoke inference that was asked for did not start', () => {
    expect(formatReport(CLEAN, 'pretty', { quiet: true, smokeNotStarted: true })).toBe(
      '▲ Ready to publish · no findings · API on · smoke inference not started\n',
    );
  });

  it('says once what several inputs say alike of a variant, and a speed that is very low', () => {
    const finite = { id: 'finite', status: 'failed', message: '2 of 2 numbers of logits are NaN.' } as const;
    const [one] = SMOKE.comparisons;
    if (one === undefined) throw new Error('the sample has a comparison');
    const comparisons = [{ ...one, checks: [finite, finite], latencyMs: 100 }];
    const text = formatReport({ ...CLEAN, smoke: { ...SMOKE, latencyMs: 5, comparisons } }, 'pretty');
    expect(text.split('finite: 2 of 2')).toHaveLength(2);
    expect(text).toContain('0.05×');
  });

  it('adds nothing but colour when colour is on', () => {
    const options = { width: 100, sources };
    const colored = formatReport(REPORT, 'pretty', { ...options, color: true });
    const plain = formatReport(REPORT, 'pretty', options);
    expect(colored).not.toBe(plain);
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });

  it('sends no control sequence of a card or model to the terminal', () => {
    const text = formatReport(REPORT, 'pretty', { sources });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it.each([60, 80, 100, 120])('stays within %i columns', (width) => {
    for (const unicode of [true, false]) {
      for (const line of formatReport(REPORT, 'pretty', { width, unicode, sources }).split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('shows findings whose source is not at hand', () => {
    const text = formatReport(REPORT, 'pretty');
    expect(text).toContain('╭─ README.md:2:10');
    expect(text).not.toContain('^^^');
  });

  it('names the place of a missing key without drawing the fence that stands for it', () => {
    const missing: (typeof DIAGNOSTICS)[number] = {
      rule: 'license-missing',
      severity: 'warning',
      hub: null,
      message: 'The metadata names no license.',
      file: 'README.md',
      path: '/license',
      range: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 4, offset: 3 } },
      help: 'Add it.',
    };
    const drawn = (diagnostic: typeof missing, source: string) =>
      formatReport({ ...REPORT, diagnostics: [diagnostic] }, 'pretty', {
        sources: { 'README.md': source },
        quiet: true,
        failLevel: 'warning',
      });
    const fence = '---\nlanguage: en\n---\n';
    expect(drawn(missing, fence)).toContain(
      'warning[license-missing]: The metadata names no license.\n   ╭─ README.md:1:1\n   ╰─ Add it.\n',
    );
    // A finding about the fence itself, and one about other text, keep their line.
    expect(drawn({ ...missing, path: '' }, fence)).toContain(' 1 │ ---\n   │ ^^^\n');
    expect(drawn(missing, 'a: b\n')).toContain(' 1 │ a: b\n   │ ^^^\n');
  });

  it('draws thousands of findings on one huge line without looking through it each time', () => {
    const item = 'x'.repeat(500);
    const source = `tags: [${Array.from({ length: 5000 }, () => item).join(', ')}]`;
    const diagnostics = Array.from({ length: 5000 }, (_, index) => {
      const offset = 7 + index * 502;
      const start = { line: 1, column: offset + 1, offset };
      return {
        ...DIAGNOSTICS[1],
        range: { start, end: { line: 1, column: offset + 501, offset: offset + 500 } },
      };
    }) as typeof DIAGNOSTICS;
    const begin = performance.now();
    formatReport({ ...REPORT, diagnostics }, 'pretty', { sources: { 'README.md': source } });
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('marks a skipped smoke inference without failing it', () => {
    const smoke = {
      status: 'skipped',
      stage: 'plan',
      reason: 'There is no runner for diffusers.',
      runner: null,
      device: null,
      computeType: null,
      dtype: null,
      files: [],
      loadMs: null,
      latencyMs: null,
      comparisons: [],
      peakRssBytes: null,
      checks: [],
      cases: [],
    } as const;
    const text = formatReport({ ...CLEAN, smoke }, 'pretty');
    expect(text).toContain('Smoke inference  ○ skipped\n  There is no runner for diffusers.\n');
    expect(text).toContain('▲ Ready to publish');
  });
});
