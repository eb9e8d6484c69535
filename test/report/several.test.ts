import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { FORMAT_NAMES } from '../../src/report/names.js';
import { formatSeveral, holdsSeveral } from '../../src/report/several/format.js';
import { type Several, totalsOf } from '../../src/report/several/several.js';
import { HF_TOKEN } from '../secrets/credentials.js';
import { AWKWARD, CARD, CLEAN, REPORT } from './sample.js';

const SEVERAL: Several = {
  reports: [
    { report: REPORT, options: { base: 'models/bert', sources: { 'README.md': CARD } } },
    { report: CLEAN, options: { base: 'models/clean' } },
    { report: { ...REPORT, target: { kind: 'folder', path: AWKWARD } }, options: { base: AWKWARD } },
  ],
  failures: [
    {
      target: `models/${AWKWARD}\ud800]]>`,
      code: 'read',
      message: `It cannot be read: ${AWKWARD}`,
      hint: 'Look.',
    },
  ],
};
const { errors, warnings, infos } = REPORT.summary;

function schemaOf(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
}

describe('several reports', () => {
  it('are counted together', () => {
    const ready = CLEAN.summary.publishable ? 1 : 0;
    expect(totalsOf(SEVERAL)).toEqual({
      repositories: 4,
      ready,
      failed: 1,
      errors: 2 * errors + CLEAN.summary.errors,
      warnings: 2 * warnings + CLEAN.summary.warnings,
      infos: 2 * infos + CLEAN.summary.infos,
      publishable: false,
    });
    expect(totalsOf({ reports: [{ report: CLEAN, options: {} }], failures: [] }).publishable).toBe(true);
  });

  it('are one document of JSON in the shape of the published schema', () => {
    const ajv = new Ajv2020({ allowUnionTypes: true });
    ajv.addSchema(schemaOf('report'));
    const validate = ajv.compile(schemaOf('reports'));
    for (const several of [SEVERAL, { reports: [], failures: SEVERAL.failures }]) {
      const document = JSON.parse(formatSeveral(several, 'json'));
      validate(document);
      expect(validate.errors).toBeNull();
      expect(document.reports).toHaveLength(several.reports.length);
      expect(document.failures).toEqual(JSON.parse(JSON.stringify(several.failures)));
    }
    expect(validate({ ...JSON.parse(formatSeveral(SEVERAL, 'json')), more: 1 })).toBe(false);
  });

  it('are one run of SARIF, with each rule once and fingerprints that tell repositories apart', () => {
    const { runs } = JSON.parse(formatSeveral(SEVERAL, 'sarif'));
    expect(runs).toHaveLength(1);
    const [{ tool, results, invocations }] = runs;
    const ids: readonly string[] = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const prints = new Set<string>();
    for (const { ruleId, ruleIndex, partialFingerprints } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
      prints.add(JSON.stringify([partialFingerprints, ruleId]));
    }
    expect(prints.size).toBe(results.length);
    expect(results.length).toBeGreaterThanOrEqual(2 * REPORT.diagnostics.length + 2);
    expect(JSON.stringify(results)).toContain('models/bert/README.md');
    expect(invocations[0].executionSuccessful).toBe(false);
  });

  it('are one list of suites of JUnit', async () => {
    const contents = formatSeveral(SEVERAL, 'junit');
    const schema = readFileSync(new URL('jenkins-junit.xsd', import.meta.url), 'utf8');
    const { errors } = await validateXML({ xml: [{ fileName: 'all.xml', contents }], schema: [schema] });
    expect(errors.map(({ message }) => message)).toEqual([]);
    const total = Number(/<testsuites [^>]*tests="(\d+)"/.exec(contents)?.[1]);
    expect(total).toBe(contents.split('<testcase ').length - 1);
    expect(/<testsuites [^>]*errors="1"/.test(contents)).toBe(true);
    expect(contents.split('</testsuites>')).toHaveLength(2);
  });

  it('are at most ten annotations of a kind, and nothing that a card or a name says is a command', () => {
    const many = {
      reports: Array.from({ length: 9 }, () => SEVERAL.reports[0] ?? never()),
      failures: SEVERAL.failures,
    };
    const lines = formatSeveral(many, 'github').split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::warning'))).toHaveLength(10);
    for (const line of lines) {
      expect(line).toMatch(/^(?:::(?:error|warning|notice) |::group::|::endgroup::|(?!::|##\[))/);
    }
    expect(lines[0]).toMatch(/^::error title=not checked::models\//);
  });

  it('are a table of Markdown that no name breaks out of, cut before it grows too large', () => {
    const text = formatSeveral(SEVERAL, 'markdown');
    expect(text).toMatch(/^## ❌ \d of 4 repositories ready to publish\n/);
    const rows = text
      .split('\n')
      .filter((line) => /^\| [✅❌] \| <code>models\/|^\| ❌ \| <code>\[/.test(line));
    for (const row of rows) expect(row.replaceAll('&#124;', '').split('|')).toHaveLength(8);
    // In a fence nothing is markup.
    expect(text.replaceAll(/```diff[\s\S]*?\n```/g, '')).not.toContain('<b>x</b>');
    expect(text).toContain('### ❌ <code>models/bert</code> Not ready to publish');
    const huge = {
      reports: Array.from({ length: 600 }, () => SEVERAL.reports[0] ?? never()),
      failures: SEVERAL.failures,
    };
    const cut = formatSeveral(huge, 'markdown');
    expect(Buffer.byteLength(cut)).toBeLessThan(1024 * 1024);
    expect(cut).toMatch(/more not shown; the JSON report has them all/);
  });

  it('are findings, a line for each repository and a total for a person', () => {
    const text = formatSeveral(SEVERAL, 'pretty');
    expect(text).toContain('models/bert/README.md:2:10');
    expect(text).toMatch(/^✖ models\/bert · /m);
    expect(text).toMatch(/^✔ org\/name · /m);
    expect(text).toMatch(/^✖ models\/.* · cannot be checked: It cannot be read/m);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(
      /^✖ 4 repositories · 1 ready to publish · 2 not · 1 not checked · /,
    );
    expect(text).not.toContain('\u001b');
    expect(formatSeveral(SEVERAL, 'pretty', { color: true })).toContain('\u001b[31m');
    const quiet = formatSeveral(SEVERAL, 'pretty', { quiet: true });
    expect(quiet).not.toContain('org/name');
    expect(quiet).toContain('4 repositories');
  });

  it.each(FORMAT_NAMES.filter(holdsSeveral))('show no credential as %s', (format) => {
    const card = `${CARD}${HF_TOKEN}\n`;
    const [first] = REPORT.diagnostics;
    if (first === undefined) never();
    const report = { ...REPORT, diagnostics: [{ ...first, message: `Found ${HF_TOKEN}.` }] };
    const several = { reports: [{ report, options: { sources: { 'README.md': card } } }], failures: [] };
    expect(formatSeveral(several, format)).not.toContain(HF_TOKEN);
  });

  it('are refused by a page about one repository', () => {
    for (const format of FORMAT_NAMES.filter((name) => !holdsSeveral(name))) {
      expect(() => formatSeveral(SEVERAL, format)).toThrow(/is about one repository/);
    }
    expect(FORMAT_NAMES.filter(holdsSeveral)).toEqual([
      'pretty',
      'json',
      'github',
      'markdown',
      'sarif',
      'junit',
    ]);
  });
});

function never(): never {
  throw new Error('The sample has no such part.');
}
