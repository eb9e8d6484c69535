/**
 * Globs of settings. A library would turn them into regular expressions, and settings come with a repository: seventeen
 * characters (`*a*a*a*a*a*a*a*ab`) then keep the check busy for half a minute. This one takes at most pattern times path.
 */

/** Most plain patterns that the braces of one glob may stand for. */
const MOST_ALTERNATIVES = 64;

/**
 * Why a glob cannot be used, in words that follow it in a sentence; undefined when it can. A glob holds `*` (anything inside
 * one step of a path), `**` (any number of steps), `?` (one character), `{a,b}` (one of these); a leading `!` takes out again.
 */
export function globFault(glob: string): string | undefined {
  const pattern = withoutMark(glob);
  if (pattern.trim() === '') return 'is empty';
  if (pattern.includes('\\')) return 'has a backslash; steps of a path are parted by / on every system';
  if (/^\/|^[A-Za-z]:/.test(pattern)) return 'is absolute; paths are relative to the folder of the settings';
  if (pattern.split('/').includes('..')) return 'leads out of the folder of the settings';
  if (/[[\]]/.test(pattern)) return 'has brackets, which are not known here; write {a,b} or ?';
  if (!isBalanced(pattern)) return 'has braces that do not match';
  if (alternatives(pattern) === undefined)
    return `has braces that stand for more than ${MOST_ALTERNATIVES} paths`;
  return undefined;
}

/**
 * Compiles a list of globs to a test of paths (relative, with forward slashes). Case counts, names that begin with a dot are
 * like any others, and a glob that ends in `/` means everything below. Later globs win over earlier ones, so that
 * `['drafts/', '!drafts/final.md']` leaves one file out; a list that begins with `!` begins with everything.
 * @param globs Such as `globFault` has nothing against.
 */
export function compileGlobs(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => ({
    takesOut: glob.startsWith('!'),
    alternatives: (alternatives(withoutMark(glob)) ?? []).map(stepsOf),
  }));
  const first = patterns[0]?.takesOut ?? false;
  return (path) => {
    const steps = path.split('/').map((step) => [...step]);
    let matched = first;
    for (const { takesOut, alternatives } of patterns) {
      if (matched === takesOut && alternatives.some((pattern) => stepsMatch(pattern, steps))) {
        matched = !takesOut;
      }
    }
    return matched;
  };
}

function withoutMark(glob: string): string {
  return glob.startsWith('!') ? glob.slice(1) : glob;
}

function isBalanced(pattern: string): boolean {
  let depth = 0;
  for (const character of pattern) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The patterns without braces that a pattern stands for; undefined when there are too many. Inner braces go first. */
function alternatives(pattern: string): readonly string[] | undefined {
  const done: string[] = [];
  const queue = [pattern];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const braces = /\{([^{}]*)\}/.exec(next);
    if (braces === null) done.push(next);
    else {
      const [all, inside = ''] = braces;
      const [before, after] = [next.slice(0, braces.index), next.slice(braces.index + all.length)];
      queue.push(...inside.split(',').map((one) => before + one + after));
    }
    if (done.length + queue.length > MOST_ALTERNATIVES) return undefined;
  }
  return done;
}

/** One step of a pattern as characters; `**` is any number of steps. */
type Step = '**' | readonly string[];

function stepsOf(pattern: string): readonly Step[] {
  const below = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return below
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .map((step) => (step === '**' ? '**' : [...step]));
}

function stepsMatch(pattern: readonly Step[], steps: readonly (readonly string[])[]): boolean {
  return matches(
    pattern,
    steps,
    (step) => step === '**',
    (step, given) => step !== '**' && stepMatches(step, given),
  );
}

function stepMatches(pattern: readonly string[], text: readonly string[]): boolean {
  return matches(
    pattern,
    text,
    (character) => character === '*',
    (character, given) => character === '?' || character === given,
  );
}

/**
 * Matches a sequence with wildcards that stand for any number of items. Only the last wildcard is ever given another item:
 * whatever an earlier one could take more, the later one can take too.
 */
function matches<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  isWildcard: (one: P) => boolean,
  fits: (one: P, item: T) => boolean,
): boolean {
  let at = 0;
  let wildcard = -1;
  let resume = 0;
  for (let index = 0; index < items.length; ) {
    const one = pattern[at];
    const item = items[index];
    if (one !== undefined && isWildcard(one)) {
      wildcard = at++;
      resume = index;
    } else if (one !== undefined && item !== undefined && fits(one, item)) {
      at++;
      index++;
    } else if (wildcard >= 0) {
      at = wildcard + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every(isWildcard);
}
