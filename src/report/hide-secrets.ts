import { findSecrets } from '../secrets/find.js';
import { maskDeep, masker, maskSource } from '../secrets/mask.js';
import type { FormatOptions } from './format.js';
import type { Report } from './report.js';

/**
 * Formats quote the sources, and what came out of them: where these hold credentials, no format gets to see one. Places
 * stay what they are.
 */
export function hideSecrets(report: Report, options: FormatOptions): [Report, FormatOptions] {
  const sources = Object.entries(options.sources ?? {}).map(
    ([path, text]) => [path, text, findSecrets(text)] as const,
  );
  const all = sources.flatMap(([, , secrets]) => secrets);
  if (all.length === 0) return [report, options];
  const masked = sources.map(([path, text, secrets]) => [path, maskSource(text, secrets)] as const);
  return [maskDeep(report, masker(all)), { ...options, sources: Object.fromEntries(masked) }];
}
