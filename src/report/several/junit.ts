import { TOOL } from '../../version.js';
import type { FormatOptions } from '../format.js';
import { formatReport } from '../index.js';
import { oneLine } from '../text.js';
import type { Several } from './several.js';

/** The suites of all repositories in one list. */
export function junitSeveral(several: Several, page: FormatOptions): string {
  const texts = several.reports.map(({ report, options }) =>
    formatReport(report, 'junit', { ...page, ...options }),
  );
  const totals = new Map<string, number>([
    ['tests', 0],
    ['failures', 0],
    ['errors', 0],
    ['time', 0],
  ]);
  const name = `${TOOL.name} ${TOOL.version}`;
  const suites = texts.map((text) => {
    const open = /<testsuites([^>]*)>/.exec(text);
    for (const [, key = '', value = ''] of (open?.[1] ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
      if (totals.has(key)) totals.set(key, (totals.get(key) ?? 0) + Number(value));
    }
    return text.slice((open?.index ?? 0) + (open?.[0].length ?? 0) + 1, text.lastIndexOf('</testsuites>'));
  });
  const lost = several.failures.length;
  const attributes = [
    ['name', name],
    ['tests', (totals.get('tests') ?? 0) + lost],
    ['failures', totals.get('failures') ?? 0],
    ['errors', (totals.get('errors') ?? 0) + lost],
    ['time', (totals.get('time') ?? 0).toFixed(3)],
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes.map(([key, value]) => ` ${key}="${value}"`).join('')}>`,
    suites.join('').trimEnd(),
    ...several.failures.map(
      ({ target, message }) =>
        `  <testsuite name="${xml(target)}" tests="1" failures="0" errors="1"><testcase name="read" classname="${xml(target)}">` +
        `<error message="${xml(message)}"/></testcase></testsuite>`,
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

function xml(text: string): string {
  return oneLine(text).replace(/[<>&"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
