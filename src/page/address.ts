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
  return `/${encodedId(id)}`;
}

/** The address that answers with a `ModelInfo`. */
export function infoOf(id: string): string {
  return `/api/models/${encodedId(id)}`;
}

/** The address of a file of a model's repository. */
export function fileOf(id: string, path: string): string {
  return `/${encodedId(id)}/resolve/main/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** An id in an address. */
export function encodedId(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
