import { EXIT } from '../../errors.js';
import { TOOL } from '../../version.js';
import type { FormatOptions } from '../format.js';
import { formatReport } from '../index.js';
import { visibleJson } from '../text.js';
import { nameOf, type Several, totalsOf } from './several.js';

interface SarifRule {
  readonly id: string;
}
interface SarifResult {
  readonly ruleId: string;
  readonly partialFingerprints?: Readonly<Record<string, string>>;
}
interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly rules: readonly SarifRule[];
    };
  };
  readonly columnKind: string;
  readonly results: readonly SarifResult[];
  readonly artifacts?: readonly unknown[];
}
interface SarifLog {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly [SarifRun];
}

/** The log where no repository was checked. */
const EMPTY: SarifLog = {
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: TOOL.name, version: TOOL.version, rules: [] } },
      columnKind: 'utf16CodeUnits',
      results: [],
    },
  ],
};

/** One run for all: GitHub takes twenty runs of a file at most. */
export function sarifSeveral(several: Several, page: FormatOptions): string {
  const { reports, failures } = several;
  const logs = reports.map(
    ({ report, options }) => JSON.parse(formatReport(report, 'sarif', { ...page, ...options })) as SarifLog,
  );
  const first = logs[0] ?? EMPTY;
  const rules = new Map<string, SarifRule>();
  for (const { runs } of logs)
    for (const rule of runs[0].tool.driver.rules) if (!rules.has(rule.id)) rules.set(rule.id, rule);
  const index = new Map([...rules.keys()].map((id, at) => [id, at]));
  const results = logs.flatMap(({ runs }, at) => {
    const { report, options } = reports[at] ?? {};
    const name = report === undefined || options === undefined ? '' : nameOf({ report, options });
    return runs[0].results.map((result) => ({
      ...result,
      ruleIndex: index.get(result.ruleId),
      partialFingerprints: prefixed(result.partialFingerprints, name),
    }));
  });
  const [run] = first.runs;
  const { artifacts: _artifacts, ...rest } = run;
  const log = {
    ...first,
    runs: [
      {
        ...rest,
        tool: { ...run.tool, driver: { ...run.tool.driver, rules: [...rules.values()] } },
        invocations: [
          {
            executionSuccessful: failures.length === 0,
            ...(failures.length === 0
              ? {}
              : {
                  toolExecutionNotifications: failures.map(({ target, message }) => ({
                    level: 'error',
                    message: { text: `${target}: ${message}` },
                  })),
                }),
            exitCode: failures.length === 0 ? EXIT.ok : EXIT.failure,
          },
        ],
        results,
        properties: { tables: reports[0]?.report.tables, ...totalsOf(several) },
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, null, 2))}\n`;
}

/** The same place in two repositories is two places. */
function prefixed(
  fingerprints: Readonly<Record<string, string>> | undefined,
  name: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fingerprints ?? {}).map(([key, value]) => [key, `${name}:${value}`]),
  );
}
