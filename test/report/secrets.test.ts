import { describe, expect, it } from 'vitest';
import { lintCard } from '../../src/lint.js';
import { formatReport } from '../../src/report/index.js';
import { FORMAT_NAMES } from '../../src/report/names.js';
import type { Report } from '../../src/report/report.js';
import { HF_TOKEN, PRIVATE_KEY } from '../secrets/credentials.js';
import { REPORT } from './sample.js';

const CARD = `---\nlicense: ${HF_TOKEN} # or ${HF_TOKEN}\nlibrary_name: x\n---\n${PRIVATE_KEY}\n`;
const KEY_LINE = PRIVATE_KEY.split('\n')[1] ?? '';
const AT = CARD.indexOf('library_name');

/** A report on a card that holds secrets, which came back from everywhere a report can hold a text. */
const SAID: Report = {
  ...REPORT,
  diagnostics: [
    ...lintCard(CARD),
    // As if a rule, or an older version, had written it.
    {
      rule: 'license-unknown',
      severity: 'error',
      hub: 'error',
      message: `"${HF_TOKEN.slice(0, 30)}… is unknown.`,
      file: 'README.md',
      path: `/${HF_TOKEN}`,
      help: HF_TOKEN,
    },
  ],
  support: {
    ...REPORT.support,
    library: { name: HF_TOKEN, evidence: 'library_name', detail: `library_name: ${HF_TOKEN}` },
    remedy: [{ title: `Write ${HF_TOKEN}.`, edits: [{ start: AT, end: AT, text: 'pipeline_tag: x\n' }] }],
  },
  smoke: {
    status: 'failed',
    runner: 'transformers',
    device: 'cpu',
    computeType: 'cpu',
    dtype: 'fp32',
    files: [],
    loadMs: 1,
    latencyMs: 3.5,
    comparisons: [],
    peakRssBytes: 1,
    checks: [],
    cases: [
      {
        source: 'widget',
        input: { text: HF_TOKEN, [HF_TOKEN]: KEY_LINE },
        output: [{ label: HF_TOKEN, score: 1 }],
        latencyMs: 1,
        checks: [{ id: 'finite', status: 'failed', message: KEY_LINE }],
      },
    ],
  },
};

describe.each(FORMAT_NAMES)('%s', (format) => {
  it.each([80, 60, 120])('shows no secret at %i columns', (width) => {
    const text = formatReport(SAID, format, { sources: { 'README.md': CARD }, width });
    for (const secret of [HF_TOKEN, KEY_LINE]) {
      expect(text).not.toContain(secret.slice(0, 12));
      expect(text).not.toContain(secret.slice(-8));
    }
    expect(text).toContain('secret-in-card');
  });
});

it('quotes the line with stars that leave every place where it is', () => {
  const text = formatReport({ ...SAID, diagnostics: lintCard(CARD) }, 'pretty', {
    sources: { 'README.md': CARD },
    width: 120,
  });
  expect(text).toContain(`license: hf_${'*'.repeat(34)} # or hf_${'*'.repeat(34)}`);
  expect(text).toContain(`${' '.repeat('license: '.length)}${'^'.repeat(HF_TOKEN.length)}`);
});

it('leaves a report alone whose sources hold no secret', () => {
  const sources = { 'README.md': '---\nlicense: mit\n---\n' };
  expect(formatReport(REPORT, 'json', { sources })).toBe(formatReport(REPORT, 'json'));
});
