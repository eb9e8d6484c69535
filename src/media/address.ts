import { RepoError } from '../errors.js';
import { safeRepoPath } from '../repo/path.js';

/** Where a widget example says that a file is. */
export type Address =
  /** In the repository: the path from its root. */
  | { readonly kind: 'file'; readonly path: string }
  /** On the web, at a public `https:` or `http:` address. */
  | { readonly kind: 'web'; readonly url: URL }
  /** Nowhere a visitor of the page could get it from; `why` is a sentence about it. */
  | { readonly kind: 'unusable'; readonly why: string; readonly help: string };

/** Longest address that is looked at; browsers and servers take no more. */
const LONGEST = 8192;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

const TO_DO = 'Put the file into the repository and write its path, or write a public https address.';

/** Reads a `src` or `url`. Whether there is such a file is not asked. */
export function readAddress(text: string): Address {
  const unusable = (why: string, help = TO_DO): Address => ({ kind: 'unusable', why, help });
  if (text.length > LONGEST) return unusable('No address is that long.');
  const given = text.trim();
  const scheme = SCHEME.exec(given)?.[1]?.toLowerCase();
  if (scheme?.length === 1 || /^[~\\]/.test(given) || given.startsWith('//')) {
    return given.startsWith('//')
      ? unusable('It names no scheme.', 'Write https: before the two slashes.')
      : unusable('It is a path on one computer.');
  }
  if (scheme === undefined) return readPath(given, unusable);
  if (scheme !== 'https' && scheme !== 'http') {
    return unusable(
      scheme === 'file' ? 'It is a file on one computer.' : `The scheme ${scheme}: is not fetched.`,
    );
  }
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    return unusable('It is no valid web address.');
  }
  if (url.username !== '' || url.password !== '') {
    return unusable(
      'It holds a user name or a password, which every visitor of the page can read.',
      'Take it out, and change the password.',
    );
  }
  const refused = refusedHost(url.hostname);
  return refused === undefined ? { kind: 'web', url } : unusable(refused);
}

function readPath(path: string, unusable: (why: string, help?: string) => Address): Address {
  if (path.includes('\\')) return unusable('It has backslashes.', 'Write forward slashes.');
  if (path.startsWith('/')) {
    return unusable(
      'It begins with a slash.',
      'Write the path from the root of the repository, without the slash before it.',
    );
  }
  try {
    return { kind: 'file', path: safeRepoPath(path) };
  } catch (error) {
    if (error instanceof RepoError) return unusable('It leads out of the repository.');
    throw error;
  }
}

/** Names that are never on the public internet (RFC 6761, RFC 6762, RFC 8375, ICANN’s reservation of `internal`). */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|onion)$/;
/** Names reserved for examples and tests (RFC 2606). */
const EXAMPLE_NAME = /(?:^|\.)(?:example\.(?:com|net|org)|example|invalid|test)$/;

/** Why a host is not asked; undefined when it may be public. The host is as `URL` writes it: IPv4 in four decimals. */
function refusedHost(hostname: string): string | undefined {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const six = host.startsWith('[');
  const four = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : undefined;
  if (six ? isPrivateV6(host.slice(1, -1)) : four !== undefined && isPrivateV4(four)) {
    return `The address ${host} is not on the public internet.`;
  }
  if (six || four !== undefined) return undefined;
  if (LOCAL_NAME.test(host) || !host.includes('.')) return `The host ${host} is not on the public internet.`;
  return EXAMPLE_NAME.test(host)
    ? `The host ${host} is reserved for examples and serves no files.`
    : undefined;
}

/** Special-purpose addresses (IANA registry, RFC 6890), multicast, and the reserved rest. */
function isPrivateV4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  );
}

/** As `isPrivateV4`; an IPv4 address inside an IPv6 address is judged as itself. */
function isPrivateV6(address: string): boolean {
  const groups = groupsOf(address);
  const [first = 0, second = 0] = groups;
  const embedded = [groups[6] ?? 0, groups[7] ?? 0].flatMap((group) => [group >> 8, group & 255]);
  const leading = (count: number) => groups.slice(0, count).every((group) => group === 0);
  if (leading(7) && (groups[7] ?? 0) <= 1) return true;
  if (leading(5) && (groups[5] === 0xffff || groups[5] === 0)) return isPrivateV4(embedded);
  if (first === 0x64 && second === 0xff9b) return isPrivateV4(embedded);
  return (
    (first & 0xfe00) === 0xfc00 ||
    (first & 0xffc0) === 0xfe80 ||
    (first & 0xff00) === 0xff00 ||
    (first === 0x2001 && second === 0xdb8)
  );
}

/** The eight groups of an IPv6 address as `URL` writes it: hexadecimal, with `::` for a run of zeros. */
function groupsOf(address: string): readonly number[] {
  const [before = '', after] = address.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const head = parse(before);
  if (after === undefined) return head;
  const tail = parse(after);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/** A path as written, and as a browser would decode it. */
export function spellings(path: string): readonly string[] {
  if (!path.includes('%')) return [path];
  try {
    return [path, decodeURIComponent(path)];
  } catch {
    return [path];
  }
}
