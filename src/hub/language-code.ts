import { isLanguage, languages } from './languages.js';
import { lazily } from './lazily.js';

/** Codes that people write for another: country codes, withdrawn codes, and the bibliographic codes of ISO 639-2. */
const INSTEAD: ReadonlyMap<string, string> = new Map(
  (
    'cn zh,cz cs,dk da,gr el,jp ja,kr ko,vn vi,iw he,ji yi,jw jv,mo ro,' +
    'alb sq,arm hy,baq eu,bur my,chi zh,cze cs,dut nl,fre fr,geo ka,ger de,gre el,ice is,mac mk,mao mi,may ms,' +
    'per fa,rum ro,slo sk,tib bo,wel cy'
  )
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf(' ')), pair.slice(pair.indexOf(' ') + 1)]),
);

const byName = lazily(() => {
  const names = new Map<string, string>();
  const english = new Intl.DisplayNames('en', { type: 'language' });
  for (const [code, name] of languages()) {
    names.set(name.toLowerCase(), code);
    if (code.length === 2) names.set((english.of(code) ?? name).toLowerCase(), code);
  }
  return names;
});

/** The code that a word stands for: its English name, a code in capitals, or a code that is often mistaken for it. */
export function codeMeant(word: string): string | undefined {
  const plain = word.trim().toLowerCase();
  return isLanguage(plain) ? plain : (INSTEAD.get(plain) ?? byName().get(plain));
}

/** The parts of a language tag that matter here. */
export interface LanguageTag {
  /** ISO 639 code, in lower case. */
  readonly primary: string;
  /** The whole tag in the letters that BCP 47 recommends: `pt-BR`, `zh-Hans-CN`. */
  readonly written: string;
  /** Region, if the tag has one, as `BR`; it may be none that there is. */
  readonly region: string | undefined;
  /** Script, if the tag has one, as `Hans`. */
  readonly script: string | undefined;
}

/** RFC 5646, section 2.1, with a primary language of two or three letters; longer ones were never given out. */
const TAG =
  /^[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3})){0,9}(?:-[a-wyz\d](?:-[a-z\d]{2,8}){1,9}){0,9}(?:-x(?:-[a-z\d]{1,8}){1,9})?$/i;

/** Tags that BCP 47 keeps although they break its own rules, and those for private use. */
const IRREGULAR =
  /^(?:x(?:-[a-z\d]{1,8}){1,9}|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|en-gb-oed|sgn-(?:be-fr|be-nl|ch-de)|art-lojban|cel-gaulish|no-(?:bok|nyn)|zh-(?:guoyu|hakka|min|min-nan|xiang))$/i;

/** Whether a text is a tag of BCP 47 in form; its language may be unknown. */
export function isTag(text: string): boolean {
  return TAG.test(text) || IRREGULAR.test(text);
}

/** Reads a tag, also one with underscores for hyphens; undefined for anything else and for an unknown language. */
export function readTag(text: string): LanguageTag | undefined {
  const tag = text.trim().replaceAll('_', '-');
  if (tag.length > 60 || !TAG.test(tag)) return undefined;
  const [first = '', ...rest] = tag.toLowerCase().split('-');
  const primary = codeMeant(first);
  if (primary === undefined) return undefined;
  // A single letter or digit begins an extension, in which nothing is a region.
  const single = rest.findIndex((part) => part.length === 1);
  const named = single === -1 ? rest : rest.slice(0, single);
  const region = named.find((part) => /^(?:[a-z]{2}|\d{3})$/.test(part))?.toUpperCase();
  const script = named.find((part) => /^[a-z]{4}$/.test(part));
  const written = named.map((part) => {
    if (part === script) return capitalized(part);
    return part.toUpperCase() === region ? region : part;
  });
  return {
    primary,
    written: [primary, ...written, ...rest.slice(named.length)].join('-'),
    region,
    script: script === undefined ? undefined : capitalized(script),
  };
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const regionNames = lazily(() => new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }));

/** Whether there is a region of this code, as `BR` or `419`. */
export function isRegion(code: string): boolean {
  return regionNames().of(code) !== undefined;
}
