/** The bytes of a body; none where there is no body. */
export function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

/** What stands in an address behind a route, without the query. */
export function pathBehind(url: string, route: string): string {
  return url.slice(route.length + 2).replace(/[?#].*$/s, '');
}
