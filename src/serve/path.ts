import { noSuchModel } from './serve-error.js';

/** What a path names: a model, and a task where it says one. */
export interface NamedModel {
  readonly id: string;
  readonly task: string | null;
}

/** The path and query of what stands in a request line: proxies send the whole address (RFC 9112, 3.2.2). */
export function targetOf(target: string): string {
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The path of an address as it was sent, without the slash before it and without the query. */
export function pathOf(url: string): string {
  return url.slice(1).replace(/[?#].*$/s, '');
}

/** What stands in an address behind a route. */
export function pathBehind(url: string, route: string): string {
  return pathOf(url).slice(route.length + 1);
}

const PIPELINE = 'pipeline';

/**
 * Reads what stands behind `/models/` (`id`, `id/pipeline/task`) or `/pipeline/` (`task/id`); an id has one slash at most. Throws `ServeError`
 * 404 for what can be no id, such as a path that leads out of a folder.
 */
export function namedModel(route: 'models' | 'pipeline', path: string): NamedModel {
  const steps = stepsOf(path.endsWith('/') ? path.slice(0, -1) : path);
  if (route === PIPELINE) {
    const [task = '', ...id] = steps;
    return { id: idOf(id), task };
  }
  const at = steps.lastIndexOf(PIPELINE);
  return at > 0 && at === steps.length - 2
    ? { id: idOf(steps.slice(0, at)), task: steps[at + 1] ?? null }
    : { id: idOf(steps), task: null };
}

/** A file of a repository. */
export interface NamedFile {
  readonly id: string;
  /** In the repository. */
  readonly path: string;
}

const RESOLVE = 'resolve';
/** The only revision that there is of what is served. */
const REVISION = 'main';

/** Reads `id/resolve/main/path`; null for what is no such path. */
export function resolvedFile(path: string): NamedFile | null {
  const raw = path.split('/');
  // An id has one slash at most.
  const at = [1, 2].find((index) => raw[index] === RESOLVE && raw[index + 1] === REVISION);
  if (at === undefined || raw.length < at + 3) return null;
  const steps = stepsOf(path);
  return { id: steps.slice(0, at).join('/'), path: steps.slice(at + 2).join('/') };
}

function idOf(steps: readonly string[]): string {
  if (steps.length === 0 || steps.length > 2) throw noSuchModel();
  return steps.join('/');
}

/** The parts of a path, decoded; those that are no names are refused. */
function stepsOf(path: string): readonly string[] {
  return path.split('/').map((step) => {
    let name: string;
    try {
      name = decodeURIComponent(step);
    } catch {
      throw noSuchModel();
    }
    // What a folder or file may be called, also in signs that no terminal shows; it is only looked up.
    if (!/^[^\0/]{1,255}$/u.test(name) || name === '.' || name === '..') throw noSuchModel();
    return name;
  });
}
