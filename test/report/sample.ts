import type { Range } from '../../src/card/position.js';
import type { Diagnostic } from '../../src/diagnostic.js';
import type { Report } from '../../src/report/report.js';

/** Escape sequences, bidirectional override, pipe, HTML, backticks, percent, workflow commands: whatever a card may try. */
export const AWKWARD = '\u001b[31mred\u001b[0m | <b>x</b> `a` 100% ::error::x ##[group]y @someone \u202eabc';

export const CARD = [
  '---',
  'license: Apache 2',
  `tags: ["日本語", '👩‍👩‍👧 family', broken]`,
  '\tdescription: tabs',
  `title: ${AWKWARD}`,
  'pipeline_tag: text-clasification',
  '---',
  '# Card',
  '',
].join('\n');

/** The range of the n-th occurrence of a text in the card. */
export function rangeOf(text: string, card = CARD): Range {
  const start = card.indexOf(text);
  const at = (offset: number) => {
    const before = card.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, offset };
  };
  return { start: at(start), end: at(start + text.length) };
}

const license: Diagnostic = {
  rule: 'license-unknown',
  severity: 'error',
  hub: 'error',
  message: '"Apache 2" is not a license id of the Hub.',
  file: 'README.md',
  path: '/license',
  range: rangeOf('Apache 2'),
  fix: {
    title: 'write `apache-2.0`',
    edits: [
      { start: rangeOf('Apache 2').start.offset, end: rangeOf('Apache 2').end.offset, text: 'apache-2.0' },
    ],
  },
  help: 'Use the id of the list. The Hub says: "license" must be one of [apache-2.0, mit, ...] More: validate-card explain license-unknown',
};

export const DIAGNOSTICS: readonly Diagnostic[] = [
  {
    rule: 'library-name-missing',
    severity: 'info',
    hub: null,
    message: 'The card names no library.',
    file: 'README.md',
    path: '',
    help: '',
  },
  license,
  {
    rule: 'tag-odd',
    severity: 'warning',
    hub: null,
    message: `The tag is odd: ${AWKWARD}`,
    file: 'README.md',
    path: '/tags/2',
    range: rangeOf('broken'),
    help: `Look at ${AWKWARD}`,
  },
  {
    rule: 'pipeline-tag-unknown',
    severity: 'warning',
    hub: 'warning',
    message: 'The Hub has no task `text-clasification`.',
    file: 'README.md',
    path: '/pipeline_tag',
    range: rangeOf('text-clasification'),
    help: 'Did you mean text-classification?',
  },
  {
    rule: 'front-matter-shape',
    severity: 'error',
    hub: 'error',
    message: 'Several lines at once.',
    file: 'README.md',
    path: '',
    range: { start: rangeOf('license').start, end: rangeOf('family').end },
    help: '',
  },
];

/** A report that holds every kind of finding, a verdict with a remedy, and a failed smoke inference. */
export const REPORT: Report = {
  schemaVersion: 1,
  tool: { name: 'validate-model-card', version: '0.1.0' },
  tables: { source: 'npm @huggingface/tasks 0.21.54', date: '2026-09-30' },
  target: { kind: 'folder', path: 'models/bert' },
  diagnostics: DIAGNOSTICS,
  support: {
    library: { name: null, evidence: 'none', detail: 'Neither the card nor the files name a library.' },
    task: {
      name: 'text-classification',
      evidence: 'architecture',
      detail: 'config.json names the class BertForSequenceClassification.',
      at: { file: 'config.json', path: '/architectures/0' },
    },
    api: {
      enabled: false,
      reason: 'LibraryNotDetected',
      explanation: 'The Hub cannot tell which library runs the model.',
      parameters: { temperature: Number.NaN, top_k: Number.POSITIVE_INFINITY },
    },
    widget: { state: 'hidden', kind: null, explanation: 'Without the API there is no widget.' },
    remedy: [
      {
        title: 'Name the library in the card.',
        edits: [
          {
            start: rangeOf('pipeline_tag').start.offset,
            end: rangeOf('pipeline_tag').start.offset,
            text: 'library_name: transformers\n',
          },
        ],
      },
    ],
  },
  smoke: {
    status: 'failed',
    stage: 'check',
    reason: 'One of 2 answers is wrong.',
    runner: 'transformers',
    device: 'cpu',
    deviceDetail: 'auto: no GPU was found',
    computeType: 'cpu',
    dtype: 'fp32',
    files: [{ path: 'onnx/model.onnx', size: 173_345 }],
    loadMs: 152.7,
    latencyMs: 3.5,
    comparisons: [
      {
        dtype: 'q8',
        device: 'cpu',
        computeType: 'cpu',
        status: 'failed',
        stage: 'check',
        reason: '1 of 2 answers is not that of fp32: class 0 comes first instead of class 1.',
        files: [{ path: 'onnx/model_quantized.onnx', size: 60_000 }],
        loadMs: 90,
        latencyMs: 1.75,
        peakRssBytes: 150_000_000,
        drift: 0.4,
        checks: [
          {
            id: 'same-as-full-precision',
            status: 'failed',
            message: '1 of 2 answers is not that of fp32: class 0 comes first instead of class 1.',
          },
        ],
      },
      {
        dtype: 'fp16',
        device: 'cpu',
        computeType: 'cpu',
        status: 'skipped',
        stage: 'plan',
        reason: 'There was no time left for it.',
        files: [{ path: 'onnx/model_fp16.onnx', size: 90_000 }],
        loadMs: null,
        latencyMs: null,
        peakRssBytes: null,
        drift: null,
        checks: [],
      },
    ],
    peakRssBytes: 182_000_000,
    checks: [{ id: 'repeatable', status: 'passed', message: 'The same answer twice.' }],
    cases: [
      {
        source: 'widget',
        title: 'Positive',
        input: 'I love this movie',
        output: [
          { label: 'NEGATIVE', score: 0.0021 },
          { label: 'POSITIVE', score: 0.9979 },
        ],
        latencyMs: 4.1,
        checks: [
          { id: 'finite', status: 'passed', message: 'All numbers are finite.' },
          { id: 'probabilities', status: 'passed', message: 'They sum to 1.' },
        ],
      },
      {
        source: 'user',
        input: AWKWARD,
        output: [{ label: 'LABEL_0', score: Number.NaN }],
        latencyMs: 1234,
        checks: [
          { id: 'finite', status: 'failed', message: `A score is NaN: ${AWKWARD}` },
          {
            id: 'labels-named',
            status: 'warning',
            message: 'The labels are LABEL_0: set id2label in config.json.',
          },
        ],
      },
    ],
  },
  summary: { errors: 2, warnings: 2, infos: 1, publishable: false },
};

/** A report with nothing to complain about. */
/** As `CLEAN`, with a finding that a comment silences, and one that the baseline knows. */
export const SILENCED = (): Report => ({
  ...CLEAN,
  silenced: [
    { ...license, silencedBy: 'comment', reason: `ours ${AWKWARD}` },
    { ...license, silencedBy: 'baseline' },
  ],
});

export const CLEAN: Report = {
  schemaVersion: 1,
  tool: REPORT.tool,
  tables: REPORT.tables,
  target: { kind: 'hub', id: 'org/name', revision: 'main' },
  diagnostics: [],
  support: {
    library: { name: 'transformers', evidence: 'library_name', detail: 'library_name on line 2.' },
    task: { name: 'text-classification', evidence: 'pipeline_tag', detail: 'pipeline_tag on line 3.' },
    api: {
      enabled: true,
      reason: 'Yes',
      explanation: 'The Hub serves text-classification with transformers.',
    },
    widget: { state: 'live', kind: 'text-classification', explanation: 'The API is on.' },
  },
  summary: { errors: 0, warnings: 0, infos: 0, publishable: true },
};
