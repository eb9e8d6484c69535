import { lazily, rows } from './lazily.js';
import { ALPHA_3, LANGUAGES } from './tables/languages.generated.js';

/** Two-letter codes (ISO 639-1) and the special values `code` and `multilingual`, with English names. */
export const languages: () => ReadonlyMap<string, string> = lazily(
  () => new Map(rows(LANGUAGES).map(([code = '', name = '']) => [code, name])),
);

/** Three-letter codes (ISO 639-3, and so the terminology codes of ISO 639-2). */
const alpha3 = lazily(() => {
  const codes = new Set<string>();
  for (const [line = ''] of rows(ALPHA_3)) {
    for (let index = 2; index < line.length; index += 2)
      codes.add(line.charAt(0) + line.slice(index, index + 2));
  }
  return codes;
});

/** Whether the Hub takes the value as a language: ISO 639-1, -2/T or -3 in lower case, `code` or `multilingual`. */
export function isLanguage(code: string): boolean {
  return languages().has(code) || (code.length === 3 && alpha3().has(code));
}
