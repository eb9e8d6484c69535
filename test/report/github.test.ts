import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/index.js';
import type { Report } from '../../src/report/report.js';
import { AWKWARD, CLEAN, DIAGNOSTICS, REPORT } from './sample.js';

const smoke = REPORT.smoke as NonNullable<Report['smoke']>;

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Reads workflow commands as the runner does: one a line, properties and text unescaped. */
function commands(log: string): readonly Command[] {
  return log.split(/\r?\n/).flatMap((line) => {
    const [, name, properties = '', text = ''] = /^\s*::([a-z-]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = properties.split(',').filter(Boolean);
    return [
      {
        name,
        properties: Object.fromEntries(
          pairs.map((pair) => [
            pair.slice(0, pair.indexOf('=')),
            unescaped(pair.slice(pair.indexOf('=') + 1)),
          ]),
        ),
        text: unescaped(text),
      },
    ];
  });
}

function unescaped(text: string): string {
  return text
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%25', '%');
}

describe('github', () => {
  const log = formatReport(REPORT, 'github', { base: 'models/bert' });

  it('annotates the worst first, with place, reaction of the Hub, help and fix', () => {
    const found = commands(log);
    expect(found.map((command) => command.name)).toEqual([
      'error',
      'error',
      'error',
      'error',
      'warning',
      'warning',
      'warning',
      'notice',
      'group',
      'endgroup',
    ]);
    expect(found[2]).toEqual({
      name: 'error',
      properties: {
        file: 'models/bert/README.md',
        line: '2',
        endLine: '2',
        col: '10',
        endColumn: '18',
        title: 'license-unknown',
      },
      text: [
        '"Apache 2" is not a license id of the Hub.',
        'The Hub rejects this push.',
        'Use the id of the list. The Hub says: "license" must be one of [apache-2.0, mit, ...] More: validate-card explain license-unknown',
        'Run validate-card with --fix: write `apache-2.0`',
      ].join('\n'),
    });
  });

  it('gives no columns to a finding of several lines, and no line to one without place', () => {
    const found = commands(log);
    expect(found[3]?.properties).toEqual({
      file: 'models/bert/README.md',
      line: '2',
      endLine: '3',
      title: 'front-matter-shape',
    });
    expect(found[7]?.properties).toEqual({ file: 'models/bert/README.md', title: 'library-name-missing' });
  });

  it('tells why the smoke inference failed', () => {
    const load: Report = {
      ...CLEAN,
      smoke: {
        ...smoke,
        stage: 'load',
        reason: 'The file is cut off.',
        cases: [],
        checks: [],
        comparisons: [],
      },
    };
    expect(commands(formatReport(load, 'github'))[0]).toEqual({
      name: 'error',
      properties: { file: 'onnx/model.onnx', title: 'smoke inference failed' },
      text: 'The smoke inference failed while loading the model.\nThe file is cut off.',
    });
  });

  it('points at the file of the variant that a check found wrong, and shows warnings', () => {
    const [own, variant, , , warning] = commands(log);
    expect(own).toMatchObject({
      properties: { file: 'models/bert/onnx/model.onnx', title: 'smoke inference failed' },
      text: expect.stringContaining('finite: Input 2: A score is NaN'),
    });
    expect(variant).toMatchObject({
      name: 'error',
      properties: { file: 'models/bert/onnx/model_quantized.onnx' },
      text: expect.stringContaining('same-as-full-precision: q8 on cpu: 1 of 2 answers is not that of fp32'),
    });
    expect(warning).toMatchObject({
      name: 'warning',
      properties: { file: 'models/bert/onnx/model.onnx', title: 'smoke inference warns' },
      text: 'labels-named: Input 2: The labels are LABEL_0: set id2label in config.json.',
    });
  });

  it('escapes what would end a property or a message', () => {
    const diagnostic = { ...REPORT.diagnostics[1], file: 'a,b:c%\r\nd.md', message: 'x\r\n::error::y 50%' };
    const report = { ...REPORT, smoke: undefined, diagnostics: [diagnostic] } as unknown as typeof REPORT;
    const [line = ''] = formatReport(report, 'github').split('\n');
    expect(line).toContain('file=a%2Cb%3Ac%25 d.md,');
    expect(line).toContain('::x␍%0A::error::y 50%25%0A');
  });

  it('shows ten of a kind, and lists all in the log', () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      DIAGNOSTICS.filter(({ severity }) => severity !== 'info').map((one) => ({ ...one, path: `/${index}` })),
    ).flat();
    const text = formatReport({ ...REPORT, diagnostics: many }, 'github');
    const count = (name: string) => commands(text).filter((command) => command.name === name).length;
    expect([count('error'), count('warning')]).toEqual([10, 10]);
    expect(commands(text).find((command) => command.name === 'group')?.text).toBe(
      'All 103 findings (83 of them without annotation)',
    );
    const group = text.slice(text.indexOf('::group::'), text.indexOf('::endgroup::'));
    expect(group.trim().split('\n')).toHaveLength(104);
  });

  it('never lets a card speak to the runner', () => {
    const ours = /^::(error|warning|notice|group|endgroup)[ :]/;
    for (const line of log.split('\n')) {
      if (line.trimStart().startsWith('::')) expect(line).toMatch(ours);
      else expect(line).not.toContain('##[');
    }
    expect(log).not.toContain('\u001b');
    expect(log.split('\n').filter((line) => line.includes('someone')).length).toBeGreaterThan(1);
    expect(AWKWARD).toContain('##[');
  });

  it('has one line for a card without findings', () => {
    expect(formatReport(CLEAN, 'github')).toBe('0 errors, 0 warnings; API on; ready to publish\n');
  });
});
