import { lazily, rows } from './lazily.js';
import { LIBRARIES } from './tables/libraries.generated.js';

/** Libraries the Hub knows: `library_name` and the label the Hub shows (MODEL_LIBRARIES_UI_ELEMENTS of @huggingface/tasks). */
export const libraries: () => ReadonlyMap<string, string> = lazily(
  () => new Map(rows(LIBRARIES).map(([name = '', label = '']) => [name, label])),
);

/** Whether the Hub knows a library by this `library_name`; spares taking the table apart. */
export function isLibrary(name: string): boolean {
  return (
    /^[\w.+-]{1,100}$/.test(name) && (LIBRARIES.startsWith(`${name}\t`) || LIBRARIES.includes(`\n${name}\t`))
  );
}
