import { EXIT } from '../../errors.js';
import { isMapping } from '../../mapping.js';
import { TOOL } from '../../version.js';
import type { FormatOptions } from '../format.js';
import { hideSecrets } from '../hide-secrets.js';
import { sarifLog } from '../sarif.js';
import { visibleJson } from '../text.js';
import { nameOf, type Several, totalsOf } from './several.js';

/** What the log begins with where no repository was checked. */
const EMPTY = {
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: TOOL.name, version: TOOL.version } },
      columnKind: 'utf16CodeUnits',
      results: [],
    },
  ],
};

/** One run for all: GitHub takes twenty runs of a file at most. */
export function sarifSeveral(several: Several, page: FormatOptions): string {
  const { failures } = several;
  const all = several.reports.map((placed) => ({
    name: nameOf(placed),
    log: sarifLog(...hideSecrets(placed.report, { ...page, ...placed.options })),
  }));
  const runs = all.flatMap(({ name, log }) => log.runs.map((run) => ({ name, run })));
  const rules = new Map(
    runs.flatMap(({ run }) => run.tool.driver.rules.map((rule) => [rule.id, rule] as const)),
  );
  const index = new Map([...rules.keys()].map((id, at) => [id, at]));
  const results = runs.flatMap(({ name, run }) =>
    run.results.map((result: Readonly<Record<string, unknown>>) => ({
      ...result,
      ruleIndex: index.get(String(result.ruleId)),
      partialFingerprints: prefixed(result.partialFingerprints, name),
    })),
  );
  const first = all[0]?.log ?? EMPTY;
  const [run] = first.runs;
  const log = {
    ...first,
    runs: [
      {
        ...run,
        tool: { driver: { ...run?.tool.driver, rules: [...rules.values()] } },
        invocations: [
          {
            executionSuccessful: failures.length === 0,
            exitCode: failures.length === 0 ? EXIT.ok : EXIT.failure,
            toolExecutionNotifications: failures.map(({ target, message }) => ({
              level: 'error',
              message: { text: `${target}: ${message}` },
            })),
          },
        ],
        results,
        properties: { tables: several.reports[0]?.report.tables, ...totalsOf(several) },
      },
    ],
  };
  return `${visibleJson(JSON.stringify(log, null, 2))}\n`;
}

/** The same place in two repositories is two places. */
function prefixed(fingerprints: unknown, name: string): Readonly<Record<string, string>> {
  if (!isMapping(fingerprints)) return {};
  return Object.fromEntries(
    Object.entries(fingerprints).map(([key, value]) => [key, `${name}:${String(value)}`]),
  );
}
