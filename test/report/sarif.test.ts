import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import { applyEdits } from '../../src/fix.js';
import { formatReport } from '../../src/report/index.js';
import { RULES } from '../../src/rules/index.js';
import type { UserRule } from '../../src/rules/rule.js';
import { findCheck } from '../../src/smoke/check-reference.js';
import { AWKWARD, CARD, CLEAN, REPORT, rangeOf, SILENCED } from './sample.js';

/** The schema of SARIF 2.1.0 as Microsoft's package has it. */
const {
  id: _id,
  $schema: _draft,
  ...schema
} = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<
  string,
  unknown
>;
const validate = new Ajv({
  strict: false,
  // A pattern of the schema is none with the flag u.
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => /^(?:[\w.~!$&'()*+,;=:@/?#-]|%[0-9A-F]{2})*$/i.test(text),
    'date-time': true,
  },
}).compile(schema);

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}
interface SarifResult {
  readonly ruleId: string;
  readonly level: string;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent?: { readonly text: string };
      }[];
    }[];
  }[];
}
interface SarifLog {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly {
            readonly id: string;
            readonly shortDescription?: { readonly text: string };
            readonly help?: { readonly markdown: string };
          }[];
        };
      };
      readonly results: readonly SarifResult[];
    },
  ];
}

/** A log that the schema takes; throws with what it has against it. */
function valid(text: string): SarifLog {
  const value: unknown = JSON.parse(text);
  if (!validate(value)) throw new Error(JSON.stringify(validate.errors, null, 1));
  return value as SarifLog;
}

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

  it('reports failed checks and warnings of the smoke inference, at the file of the variant', () => {
    const smoke = run.results.slice(REPORT.diagnostics.length);
    expect(
      smoke.map((result: SarifResult) => [
        result.ruleId,
        result.level,
        result.locations[0]?.physicalLocation.artifactLocation.uri,
      ]),
    ).toEqual([
      ['smoke-inference/finite', 'error', 'models/a%20b/onnx/model.onnx'],
      ['smoke-inference/same-as-full-precision', 'error', 'models/a%20b/onnx/model_quantized.onnx'],
      ['smoke-inference/labels-named', 'warning', 'models/a%20b/onnx/model.onnx'],
    ]);
    expect(JSON.parse(formatReport(CLEAN, 'sarif')).runs[0].results).toEqual([]);
  });

  it('reports a model that came to no check', () => {
    const smoke = {
      ...REPORT.smoke,
      stage: 'load',
      reason: 'It is cut off.',
      cases: [],
      checks: [],
      comparisons: [],
    };
    const report = { ...CLEAN, smoke } as typeof REPORT;
    const [result] = valid(formatReport(report, 'sarif')).runs[0].results;
    expect(result).toMatchObject({
      ruleId: 'smoke-inference',
      level: 'error',
      message: { text: 'The smoke inference failed while loading the model.\nIt is cut off.' },
    });
  });

  it.each([
    ['findings and a failed smoke inference', REPORT],
    ['a clean card', CLEAN],
    ['silenced findings', SILENCED()],
  ])('is valid with %s', (_name, report) => {
    valid(formatReport(report, 'sarif', { base: 'models/a b' }));
    valid(formatReport(report, 'sarif', { sources: { 'README.md': CARD } }));
  });

  it('is valid whatever texts hold', () => {
    const text = `${AWKWARD} \u0000\ud800 \udc00 \uffff ]]>`;
    const diagnostics = REPORT.diagnostics.map((one) => ({
      ...one,
      message: text,
      help: text,
      file: `${text}/a.md`,
      rule: text,
    }));
    const log = formatReport({ ...REPORT, diagnostics }, 'sarif', { base: `../${text}` });
    valid(log);
    expect(log).not.toContain('\u001b');
  });

  it('is checked by a schema that refuses what is wrong', () => {
    expect(() => valid(JSON.stringify({ version: '2.1.0', runs: [{ results: [] }] }))).toThrow('tool');
    expect(() => valid(JSON.stringify({ ...log, runs: [{ ...run, columnKind: 'bytes' }] }))).toThrow(
      'columnKind',
    );
  });

  it('describes every rule it lists: those of the package, of the settings, and the checks that found something', () => {
    const rules: readonly UserRule[] = [
      { id: 'acme/team', severity: 'warning', description: 'Names the team.', check: () => undefined },
      { id: 'acme/why', severity: 'info', description: 'D', why: 'W', source: 'S', check: () => undefined },
    ];
    const described = valid(formatReport(REPORT, 'sarif', { rules })).runs[0].tool.driver.rules;
    const byId = new Map(described.map((rule) => [rule.id, rule]));
    for (const { id } of [...RULES, ...rules])
      expect(byId.get(id)?.help?.markdown, id).toMatch(/^\*\*.+\*\*\n\n./);
    expect(byId.get('acme/team')).toEqual({
      id: 'acme/team',
      shortDescription: { text: 'Names the team.' },
      help: { text: 'Names the team.', markdown: '**Names the team.**\n\nNames the team.' },
      defaultConfiguration: { level: 'warning' },
    });
    expect(byId.get('acme/why')).toMatchObject({
      fullDescription: { text: 'W' },
      defaultConfiguration: { level: 'note' },
    });
    expect(byId.get('smoke-inference/labels-named')?.shortDescription?.text).toBe(
      findCheck('labels-named')?.checks,
    );
    // What no rule of today is called still has a place in the list.
    expect(byId.get('tag-odd')).toEqual({ id: 'tag-odd' });
  });

  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('gives fixes that a reader of lines and columns applies exactly, with %s', (_name, end) => {
    const card = `\u{1f600}: 語\n${CARD}`.replaceAll('\n', end);
    const at = card.indexOf('Apache 2');
    const insert = card.indexOf('pipeline_tag');
    const fix = {
      title: 't',
      edits: [
        { start: insert, end: insert, text: `a: 1${end}` },
        { start: at, end: at + 8, text: 'apache-2.0' },
      ],
    };
    const report = { ...CLEAN, diagnostics: [{ ...(REPORT.diagnostics[1] as Diagnostic), fix }] };
    const [result] = valid(formatReport(report, 'sarif', { sources: { 'README.md': card } })).runs[0].results;
    const replacements = result?.fixes?.[0]?.artifactChanges[0]?.replacements ?? [];
    expect(replacements).toHaveLength(2);
    // As a viewer does it: lines split at the sequences of the run, columns counted in UTF-16 units.
    const starts = [0, ...[...card.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
    let text = card;
    for (const { deletedRegion: region, insertedContent } of [...replacements].reverse()) {
      const start = (starts[region.startLine - 1] ?? 0) + region.startColumn - 1;
      const stop = (starts[region.endLine - 1] ?? 0) + region.endColumn - 1;
      text = text.slice(0, start) + (insertedContent?.text ?? '') + text.slice(stop);
    }
    expect(text).toBe(applyEdits(card, fix.edits));
    expect(text).toContain('license: apache-2.0');
  });

  it('knows a finding again after lines were added above it', () => {
    const prints = (card: string) => {
      const moved = (text: string) => rangeOf(text, card);
      const [, license, ...others] = REPORT.diagnostics.filter(({ rule }) => rule !== 'front-matter-shape');
      const loose = { ...(license as Diagnostic), rule: 'secret-in-card', path: '', range: moved('# Card') };
      const diagnostics = [{ ...(license as Diagnostic), range: moved('Apache 2') }, loose, ...others];
      return valid(
        formatReport({ ...CLEAN, diagnostics }, 'sarif', { sources: { 'README.md': card } }),
      ).runs[0].results.map(({ partialFingerprints }) => partialFingerprints);
    };
    const before = prints(CARD);
    expect(prints(CARD.replace('license', '# a comment\nlanguage: en\nlicense'))).toEqual(before);
    expect(before[1]?.['findingPlace/v1']).toMatch(/^secret-in-card:README\.md:#[0-9a-f]{16}:1$/);
  });
});
