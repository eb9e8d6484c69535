import type { FormatOptions } from '../format.js';
import { hideSecrets } from '../hide-secrets.js';
import { junitDocument, type Suite, suitesOf } from '../junit.js';
import type { Failure, Several } from './several.js';

/** The suites of all repositories in one list. */
export function junitSeveral(several: Several, page: FormatOptions): string {
  return junitDocument([
    ...several.reports.flatMap(({ report, options }) =>
      suitesOf(...hideSecrets(report, { ...page, ...options })),
    ),
    ...several.failures.map(failureSuite),
  ]);
}

function failureSuite({ target, message }: Failure): Suite {
  return {
    repository: target,
    name: 'repository',
    tests: [{ name: 'read', outcome: 'error', message, text: '' }],
  };
}
