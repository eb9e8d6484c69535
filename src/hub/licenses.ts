import { lazily, rows } from './lazily.js';
import { LICENSES, RETIRED_LICENSES } from './tables/licenses.generated.js';

/** License identifiers the Hub accepts, with their names, in the order of its documentation. */
export const licenses: () => ReadonlyMap<string, string> = lazily(
  () => new Map(rows(LICENSES).map(([id = '', name = '']) => [id, name])),
);

/** Identifiers that were once in the list, with the day they left it (ISO 8601). */
export const retiredLicenses: () => ReadonlyMap<string, string> = lazily(
  () => new Map(rows(RETIRED_LICENSES).map(([id = '', date = '']) => [id, date])),
);
