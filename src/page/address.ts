import { encodedPath } from '../encoded-path.js';

/** The model that an address of the page names; null for the list of models. */
export function modelIn(pathname: string): string | null {
  const id = pathname
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decoded)
    .join('/');
  return id === '' ? null : id;
}

/** The address of a model's page. */
export function pageOf(id: string): string {
  return `/${encodedPath(id)}`;
}

/** The address that answers with a `ModelInfo`. */
export function infoOf(id: string): string {
  return `/api/models/${encodedPath(id)}`;
}

/** The address of a file of a model's repository. */
export function fileOf(id: string, path: string): string {
  return `/${encodedPath(id)}/resolve/main/${encodedPath(path)}`;
}

/** The address of a file of a repository that a value of a card names as `url`; null for any other: the token goes along with it. */
export function statedFile(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const url: unknown = Reflect.get(value, 'url');
  // As the server writes them: a `\`, `.` or `..` of a card would lead elsewhere.
  const steps = typeof url === 'string' && /^\/[^\\?#\s]+$/.test(url) ? url.slice(1).split('/') : [];
  const at = steps.indexOf('resolve');
  const leads = steps.some((step) => /^(?:\.|%2e)*$/i.test(step));
  return (at === 1 || at === 2) && steps[at + 1] === 'main' && steps.length > at + 2 && !leads
    ? String(url)
    : null;
}

/** A part of an address as it was meant; as it stands where it is badly written. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
