import type { Span } from '../card/position.js';
import { lazily } from '../hub/lazily.js';

/** A credential that stands in a text. */
export interface Secret {
  /** What grants access, and nothing around it. */
  readonly span: Span;
  /** Its text. It must never reach a message, a report or a log. */
  readonly value: string;
  /** How many of its first characters are the same for every one of its kind (`hf_`) and may be shown. */
  readonly open: number;
  /** What it is, with its article: `a Hugging Face access token`. */
  readonly kind: string;
}

const AWS = 'an AWS access key id';

/**
 * Kinds that their own form gives away: what follows the fixed beginning, and what it is. The forms are those that the
 * providers publish, or that the public rules of gitleaks and trufflehog agree on.
 */
const KINDS: readonly (readonly [open: string, rest: string, kind: string])[] = [
  ['hf_(?:oauth_|jwt_)?', '[A-Za-z0-9]{34,300}(?![A-Za-z0-9])', 'a Hugging Face access token'],
  ['api_org_', '[A-Za-z]{34,40}(?![A-Za-z0-9])', 'a Hugging Face organization token'],
  ['gh[pousr]_', '[A-Za-z0-9]{36,255}(?![A-Za-z0-9])', 'a GitHub token'],
  ['github_pat_', '[A-Za-z0-9_]{60,255}', 'a GitHub token'],
  ['sk-ant-', '[a-z]{2,10}\\d\\d-[\\w-]{24,255}', 'an Anthropic API key'],
  ['sk-or-v1-', '[0-9a-f]{64}', 'an OpenRouter API key'],
  ['sk-(?:proj|svcacct|admin|None)-', '[\\w-]{32,255}', 'an OpenAI API key'],
  ['sk-', '[A-Za-z0-9]{32,64}(?![A-Za-z0-9-])', 'an API key as OpenAI writes them'],
  ['AKIA', '[A-Z0-9]{16}(?![A-Za-z0-9])', AWS],
  ['AIza', '[\\w-]{35}(?![A-Za-z0-9])', 'a Google API key'],
  ['xox[abeoprs]-', '[A-Za-z0-9-]{20,255}', 'a Slack token'],
  ['xapp-', '\\d-[A-Za-z0-9-]{20,255}', 'a Slack token'],
  ['gl(?:pat|dt|rt|ptt|cbt)-', '[\\w-]{20,255}', 'a GitLab token'],
  ['npm_', '[A-Za-z0-9]{36}(?![A-Za-z0-9])', 'an npm token'],
  ['pypi-AgE', '[\\w-]{50,1000}', 'a PyPI token'],
  ['r8_', '[A-Za-z0-9]{37,40}(?![A-Za-z0-9])', 'a Replicate API token'],
  ['[sr]k_live_', '[A-Za-z0-9]{16,255}(?![A-Za-z0-9])', 'a Stripe key'],
  ['gsk_', '[A-Za-z0-9]{52}(?![A-Za-z0-9])', 'a Groq API key'],
  ['xai-', '[A-Za-z0-9]{80}(?![A-Za-z0-9])', 'an xAI API key'],
  ['nvapi-', '[\\w-]{60,80}', 'an NVIDIA API key'],
  ['wandb_v1_', '[A-Za-z0-9_]{60,120}', 'a Weights & Biases API key'],
];

/** All of them; group `2n + 1` is the beginning of the kind `n`, group `2n + 2` the rest. */
const FORMS = new RegExp(KINDS.map(([open, rest]) => `(${open})(${rest})`).join('|'), 'y');

/** More of them in one text are not looked for. */
const MOST_SECRETS = 1000;

/**
 * Finds the credentials in a text, in its order and apart from each other. What only looks like one, a placeholder or
 * an example of some documentation, is left out. Takes linear time, about a microsecond for a card that has none.
 */
export function findSecrets(text: string): readonly Secret[] {
  if (text.length < SHORT && !mayHoldSecret(text)) return NONE;
  const found: Secret[] = [];
  inRuns(text, found);
  // The letter K is rare, and up to six characters are searched for in less than half the time that seven take.
  if (text.includes('KIA')) found.push(...awsIds(text));
  if (text.includes('KEY---')) found.push(...privateKeys(text));
  if (found.some(({ kind }) => kind === AWS)) found.push(...awsSecrets(text));
  if (text.includes('@')) found.push(...inAddresses(text));
  return found.length < 2 ? found : apart(found);
}

/** No text that is shorter holds a private key. */
const SHORT = 80;
/** Length of the shortest credential that is no password, and that is a row of the characters of a run. */
const SHORTEST = 20;

/** A quick look at a short text, such as a value that is quoted in a message. */
function mayHoldSecret(text: string): boolean {
  if (text.includes('@')) return true;
  for (let end = SHORTEST; end <= text.length; ) {
    let start = end;
    while (start > end - SHORTEST && IN_RUN[text.charCodeAt(start - 1)] === 1) start--;
    if (start === end - SHORTEST) return true;
    end = start + SHORTEST;
  }
  return false;
}

const NONE: readonly Secret[] = [];

/** Nearly every credential holds this many characters in a row that a run is made of. */
const SHORTEST_RUN = 26;

/** By byte, and by pair of bytes: 1 for characters of a run, which are letters, digits, hyphen and underscore. */
const IN_RUN = new Uint8Array(256);
const PAIR_IN_RUN = new Uint8Array(256 * 256);
const OF_RUN = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
for (const one of OF_RUN) {
  IN_RUN[one] = 1;
  for (const other of OF_RUN) PAIR_IN_RUN[one * 256 + other] = 1;
}

/** A text as bytes, the lower one of each character, with free room at both ends; and the same bytes in pairs. */
interface Bytes {
  readonly bytes: Buffer;
  readonly pairs: Uint16Array;
}

/** Zeros before and behind a text, for windows that reach over its ends. */
const MARGIN = 18;
/** Texts up to this many characters share a buffer. */
const SHARED = 65_536;
const shared = lazily(() => emptyBytes(SHARED));

function emptyBytes(length: number): Bytes {
  const room = new ArrayBuffer(2 * Math.ceil(length / 2 + MARGIN));
  return { bytes: Buffer.from(room), pairs: new Uint16Array(room) };
}

function bytesOf(text: string): Bytes {
  const { length } = text;
  const made = length > SHARED ? emptyBytes(length) : shared();
  made.bytes.write(text, MARGIN, 'latin1');
  // What a longer text left there.
  for (let at = MARGIN + length; at < length + 2 * MARGIN; at++) made.bytes[at] = 0;
  return made;
}

/** Adds the credentials in the runs of a text. */
function inRuns(text: string, found: Secret[]): void {
  if (text.length < SHORTEST_RUN) return;
  // What is taken for a letter by its lower byte alone is told apart in the text itself.
  const { bytes, pairs } = bytesOf(text);
  const lastPair = (MARGIN + text.length) >> 1;
  for (let from = MARGIN; ; ) {
    const pair = likelyRun(pairs, from >> 1, lastPair);
    if (pair >= lastPair) return;
    let start = 2 * pair;
    let end = start;
    while (IN_RUN[bytes[end] as number] === 1) end++;
    while (IN_RUN[bytes[start - 1] as number] === 1) start--;
    if (end - start >= SHORTEST_RUN) {
      const secrets = inOneRun(text, start - MARGIN, end - MARGIN);
      if (secrets.length > 0) found.push(...secrets);
      if (found.length >= MOST_SECRETS) return;
    }
    // The next run begins behind `end`, and reaches over the first pair that does so too.
    from = end + 2;
  }
}

/** Pairs that a window holds, and from one to the next. */
const WINDOW = 4;
const STEP = 9;

/**
 * A place in the first run from `from` on, or perhaps in a shorter row of such characters; `last` or more where there is none.
 * Counted in pairs. A run fills one of the windows that stand eighteen characters apart, and the eight characters before or
 * behind it: nearly all of a text is passed over at that.
 */
function likelyRun(pairs: Uint16Array, from: number, last: number): number {
  let at = from;
  for (; at < last; at += STEP) {
    if (isWindowInRun(pairs, at) === 0) continue;
    if ((isWindowInRun(pairs, at - WINDOW) | isWindowInRun(pairs, at + WINDOW)) === 1) break;
  }
  return at;
}

/** 1 where the whole window is part of a run: to look at all of it costs less than to stop at what is not. */
function isWindowInRun(pairs: Uint16Array, at: number): number {
  return (
    isPairInRun(pairs, at) &
    isPairInRun(pairs, at + 1) &
    isPairInRun(pairs, at + 2) &
    isPairInRun(pairs, at + 3)
  );
}

function isPairInRun(pairs: Uint16Array, at: number): number {
  return PAIR_IN_RUN[pairs[at] as number] as number;
}

/** How far before a run its context is read. */
const CONTEXT = 120;

function inOneRun(text: string, start: number, end: number): readonly Secret[] {
  // Emphasis of Markdown stands before and behind.
  let first = start;
  while (first < end && EMPHASIS.has(text.charCodeAt(first))) first++;
  if (BEGINNINGS.has(text.charCodeAt(first))) {
    const known = formAt(text, first);
    if (known !== undefined) return known;
    if (text.startsWith('eyJ', first)) return webToken(text, beginOfWebToken(text, first));
  }
  if (end - start === 40) return wandbKey(text, start);
  return isBehindBearer(text, start) ? bearer(text, start) : NONE;
}

/** Whether the word before a run is `bearer`, which the last letter tells of nearly all others. */
function isBehindBearer(text: string, start: number): boolean {
  let end = start;
  while (isBlank(text.charCodeAt(end - 1)) && start - end < 9) end--;
  if (end === start || end < 6 || (text.charCodeAt(end - 1) | 0x20) !== SMALL_R) return false;
  return /\bbearer$/i.test(text.slice(Math.max(0, end - CONTEXT), end));
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

const SMALL_R = 0x72;
const EMPHASIS: ReadonlySet<number> = new Set([0x2d, 0x5f]);

/** Characters that a known form begins with. */
const BEGINNINGS: ReadonlySet<number> = new Set(
  Array.from('hagsAxnprwe', (character) => character.charCodeAt(0)),
);

/** A credential of a known form; an empty list where something has that form and is none. */
function formAt(text: string, start: number): readonly Secret[] | undefined {
  FORMS.lastIndex = start;
  const match = FORMS.exec(text);
  if (match === null) return undefined;
  const group = match.findIndex((part, index) => index > 0 && part !== undefined);
  const [open = '', rest = ''] = match.slice(group, group + 2);
  const kind = KINDS[(group - 1) / 2]?.[2] ?? '';
  const real = looksReal(rest) && (!open.startsWith('hf_') || isMixed(rest));
  return real ? [secretAt(text, start, match[0].length, open.length, kind)] : NONE;
}

/** Ids of AWS keys, which are too short for a run. */
function awsIds(text: string): readonly Secret[] {
  const found: Secret[] = [];
  for (let at = text.indexOf('AKIA'); at !== -1; at = text.indexOf('AKIA', at + 4)) {
    if (!/[A-Za-z0-9]/.test(text.charAt(at - 1))) found.push(...(formAt(text, at) ?? NONE));
    if (found.length >= MOST_SECRETS) break;
  }
  return found;
}

function wandbKey(text: string, start: number): readonly Secret[] {
  const before = text.slice(Math.max(0, start - CONTEXT), start);
  const key = text.slice(start, start + 40);
  if (!WANDB.test(before) || !/^[0-9a-f]{40}$/.test(key) || !looksReal(key)) return NONE;
  return [secretAt(text, start, key.length, 0, 'a Weights & Biases API key')];
}

/** What stands before a key of Weights & Biases, which itself is no more than 40 hexadecimal digits. */
const WANDB =
  /(?:wandb[ \t]+login\b[^\r\n]*|wandb\.login\([^\r\n)]*|wandb_api_key["']?\]?\s*[=:]\s*["'`]?)$/i;

/** Where the token begins whose header or payload begins at `at`. */
function beginOfWebToken(text: string, at: number): number {
  const header = /(?<![\w-])eyJ[\w-]{10,100}\.$/.exec(text.slice(Math.max(0, at - CONTEXT), at));
  return at - (header?.[0].length ?? 0);
}

/** A JSON web token. The ones that the Hub itself signs results with (`verifyToken`) grant nothing. */
function webToken(text: string, start: number): readonly Secret[] {
  const form = /eyJ[\w-]{10,2000}\.(eyJ[\w-]{10,8000})\.[\w-]{20,2000}/y;
  form.lastIndex = start;
  const match = form.exec(text);
  if (match === null) return NONE;
  const [token, payload = ''] = match;
  // {"hash":" of a verified result, and the subject 1234567890 of everybody's example.
  if (payload.startsWith('eyJoYXNoIjoi') || payload.startsWith('eyJzdWIiOiIxMjM0NTY3ODkw')) return NONE;
  return looksReal(payload.slice(3)) ? [secretAt(text, start, token.length, 3, 'a JSON web token')] : NONE;
}

function bearer(text: string, start: number): readonly Secret[] {
  const form = /[\w.~+/-]{20,2000}=*/y;
  form.lastIndex = start;
  const [token] = form.exec(text) ?? [];
  if (token === undefined || !/\d/.test(token) || !/[A-Za-z]/.test(token) || !looksReal(token)) return NONE;
  return [secretAt(text, start, token.length, 0, 'a bearer token')];
}

function privateKeys(text: string): readonly Secret[] {
  const found: Secret[] = [];
  // Line breaks may be written as \n, as in a string of JSON; quotes and indents stand around lines of a program.
  const form = /-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY-----((?:[A-Za-z0-9+/=\s"',]|\\[nr]){0,20000})/g;
  for (let match = form.exec(text); match !== null; match = form.exec(text)) {
    const [whole, body = ''] = match;
    const value = body.trim();
    if (value.length < 64 || !looksReal(value)) continue;
    const start = match.index + whole.length - body.trimStart().length;
    found.push(secretAt(text, start, value.length, 0, 'a private key'));
  }
  return found;
}

function awsSecrets(text: string): readonly Secret[] {
  const found: Secret[] = [];
  const form = /secret_?(?:access_?)?key["']?\s{0,9}[=:,]\s{0,9}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi;
  for (let match = form.exec(text); match !== null; match = form.exec(text)) {
    const [whole, value = ''] = match;
    if (!looksReal(value)) continue;
    found.push(
      secretAt(text, match.index + whole.length - value.length, value.length, 0, 'an AWS secret key'),
    );
  }
  return found;
}

/** Longest user and password of an address that are looked at together. */
const LONGEST_USER_INFO = 200;

/** Passwords of addresses such as `https://user:password@host`. */
function inAddresses(text: string): readonly Secret[] {
  let found = NONE;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    let colon = -1;
    const stop = Math.max(0, at - LONGEST_USER_INFO);
    while (start > stop && isUserInfo(text.charCodeAt(start - 1))) {
      start--;
      if (text.charCodeAt(start) === COLON) colon = start;
    }
    if (colon <= start || !text.endsWith('://', start)) continue;
    const user = text.slice(start, colon);
    const value = text.slice(colon + 1, at);
    const host = /^[\w.-]*/.exec(text.slice(at + 1, at + 100))?.[0] ?? '';
    if (value.length < 6 || value === user || NO_PASSWORD.test(value) || NO_HOST.test(host)) continue;
    if (!looksReal(value, 0)) continue;
    found = [...found, secretAt(text, colon + 1, value.length, 0, 'a password in an address')];
    if (found.length === MOST_SECRETS) break;
  }
  return found;
}

const COLON = 0x3a;

/** Whether a character may stand in `user:password`: nothing that ends an address, and no sign of a placeholder. */
function isUserInfo(code: number): boolean {
  return code > 0x20 && code < 0x7f && !NOT_USER_INFO.has(code);
}

const NOT_USER_INFO: ReadonlySet<number> = new Set(
  Array.from('/@"\'`<>()[]{}|\\$', (character) => character.charCodeAt(0)),
);

const NO_PASSWORD = /^(?:pass|pwd|user|admin$|root$|guest$|postgres$|mysql$|%)/i;
const NO_HOST =
  /^(?:$|localhost|127\.|0\.0\.0\.0|(?:.*\.)?example\.|host(?:name)?(?:\.(?:com|net|org|tld))?$|.*\.(?:local|test|invalid)$)/i;

/** Words that a placeholder is made of, and rows of characters that nobody drew by chance. */
const PLACEHOLDER =
  /your|token|example|sample|placeholder|dummy|fake|insert|replace|change|redacted|secret|password|api_?key|(.)\1{4}|[x*0]{4}|\.{3}/i;
const IN_ORDER = /abcdefgh|ABCDEFGH|12345678|01234567|qwerty|QWERTY/;

/** Whether a text was drawn by chance, as credentials are; in bits a character, 3 being far below what they have. */
function looksReal(text: string, bits = 3): boolean {
  const head = text.slice(0, 400);
  return !PLACEHOLDER.test(head) && !IN_ORDER.test(head) && entropy(head) >= bits;
}

/** Shannon entropy of the characters of a text, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}

/** Names have letters of one case; tokens of the Hub have both. */
function isMixed(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text);
}

function secretAt(text: string, start: number, length: number, open: number, kind: string): Secret {
  return { span: { start, end: start + length }, value: text.slice(start, start + length), open, kind };
}

/** In the order of the text; of two that share characters the first one found, whose form is the more certain. */
function apart(found: readonly Secret[]): readonly Secret[] {
  const rank = new Map(found.map((secret, index) => [secret, index]));
  const sorted = [...found].sort((a, b) => a.span.start - b.span.start);
  const kept: Secret[] = [];
  for (const secret of sorted) {
    const last = kept.at(-1);
    if (last === undefined || last.span.end <= secret.span.start) kept.push(secret);
    else if ((rank.get(secret) ?? 0) < (rank.get(last) ?? 0)) kept[kept.length - 1] = secret;
  }
  return kept;
}
