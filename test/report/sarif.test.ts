import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import { RULES } from '../../src/rules/index.js';
import { CARD, CLEAN, REPORT, SILENCED } from './sample.js';

const log = JSON.parse(formatReport(REPORT, 'sarif', { base: 'models/a b' }));
const [run] = log.runs;

describe('sarif', () => {
  it('says which version it is and how columns count', () => {
    expect(log.version).toBe('2.1.0');
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.tool.driver).toMatchObject({ name: 'validate-model-card', version: '0.1.0' });
  });

  it('lists every rule once, and points each result at its rule', () => {
    const ids = run.tool.driver.rules.map((rule: { id: string }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of RULES) expect(ids).toContain(rule.id);
    for (const result of run.results) expect(ids[result.ruleIndex]).toBe(result.ruleId);
  });

  it('gives a finding its level, place, fingerprint and fix', () => {
    const [, result] = run.results;
    expect(result).toMatchObject({
      ruleId: 'license-unknown',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'models/a%20b/README.md' },
            region: { startLine: 2, startColumn: 10, endLine: 2, endColumn: 18 },
          },
          logicalLocations: [{ fullyQualifiedName: '/license' }],
        },
      ],
      partialFingerprints: { 'findingPlace/v1': 'license-unknown:README.md:/license:1' },
    });
    const [replacement] = result.fixes[0].artifactChanges[0].replacements;
    const { charOffset, charLength } = replacement.deletedRegion;
    expect(CARD.slice(charOffset, charOffset + charLength)).toBe('Apache 2');
    expect(replacement.insertedContent.text).toBe('apache-2.0');
  });

  it('gives a finding without place no region, and two findings of one place two fingerprints', () => {
    expect(run.results[0].locations[0].physicalLocation.region).toBeUndefined();
    const report = {
      ...REPORT,
      diagnostics: [REPORT.diagnostics[1], REPORT.diagnostics[1]],
    } as typeof REPORT;
    const prints = JSON.parse(formatReport(report, 'sarif')).runs[0].results.map(
      (result: { partialFingerprints: Record<string, string> }) =>
        result.partialFingerprints['findingPlace/v1'],
    );
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('keeps silenced findings, as suppressed results with their justification', () => {
    const results = JSON.parse(formatReport(SILENCED(), 'sarif')).runs[0].results;
    expect(results.map(({ suppressions }: { suppressions: unknown }) => suppressions)).toEqual([
      [{ kind: 'inSource', justification: expect.stringMatching(/^ours /) }],
      [{ kind: 'external', justification: 'Known to the baseline.' }],
    ]);
  });

  it('reports a failed smoke inference as a result', () => {
    expect(run.results.at(-1)).toMatchObject({ ruleId: 'smoke-inference', level: 'error' });
    expect(JSON.parse(formatReport(CLEAN, 'sarif')).runs[0].results).toEqual([]);
  });
});
