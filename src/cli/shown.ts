import type { FormatName } from '../report/names.js';
import { visible, withoutCommands } from '../report/text.js';
import type { Host } from './host.js';

/**
 * What a program gets as it is, to apply it. A terminal must not obey what it is shown, and neither there nor in a log may
 * secrets stand.
 */
export function inHost(text: string, shown: string, { isTTY, env }: Host): string {
  if (isTTY.stdout) return visible(shown, { lines: true });
  return env.CI || env.GITHUB_ACTIONS ? shown : text;
}

/** Text for people; in a log of GitHub Actions, whatever a card or a file name says, it commands nothing. */
export function inLog(text: string, host: Host): string {
  return host.env.GITHUB_ACTIONS ? withoutCommands(text) : text;
}

/** Tells a person a line on stderr, whatever a card or a file name brought into it. */
export function tell(line: string, host: Host): void {
  host.stderr.write(inLog(`${visible(line)}\n`, host));
}

/** Writes a report to stdout; one for people commands nothing in a log. */
export function showReport(text: string, format: FormatName, host: Host): void {
  host.stdout.write(format === 'pretty' || format === 'markdown' ? inLog(text, host) : text);
}
