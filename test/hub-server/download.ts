import type { Answer, HubRequest } from './hub-server.js';
import { type Commit, type HubRepo, hash, type StoredFile } from './repository.js';

/** Accepted by clients that speak Xet. */
const XET_INFO = 'application/vnd.xet-fileinfo+json';

/**
 * `/{id}/resolve/{revision}/{path}`: files in git are sent, or with `cached` reached by one more redirect, as on the Hub today;
 * others are a redirect to the CDN. A client that speaks Xet gets information in its place.
 */
export function resolveFile(
  request: HubRequest,
  repo: HubRepo,
  commit: Commit,
  file: StoredFile,
  hosts: { readonly hub: string; readonly cdn: string; readonly cached: boolean },
): Answer {
  const etag = `"${file.storage === 'git' ? file.oid : file.sha256}"`;
  const headers = {
    'x-repo-commit': commit.oid,
    'accept-ranges': 'bytes',
    'x-linked-size': String(file.bytes.length),
    'x-linked-etag': etag,
  };
  if (file.storage === 'git') {
    if (hosts.cached && !request.path.startsWith('/api/resolve-cache/')) {
      const path = file.path.split('/').map(encodeURIComponent).join('/');
      return {
        status: 307,
        headers: {
          ...headers,
          etag,
          location: `/api/resolve-cache/models/${repo.id}/${commit.oid}/${path}?etag=${encodeURIComponent(etag)}`,
        },
        body: 'Temporary Redirect',
      };
    }
    return part(request, file.bytes, { ...headers, etag, 'content-type': 'text/plain; charset=utf-8' });
  }
  const xetHash = hash('sha256', file.sha256);
  const api = `${hosts.hub}/api/models/${repo.id}`;
  const xet =
    file.storage === 'lfs'
      ? {}
      : {
          'x-xet-hash': xetHash,
          link: `<${api}/xet-read-token/${commit.oid}>; rel="xet-auth", <${hosts.cdn}/reconstructions/${xetHash}>; rel="xet-reconstruction-info"`,
        };
  if (file.storage === 'xet' && request.headers.accept?.includes(XET_INFO)) {
    return {
      status: 200,
      headers: { ...headers, ...xet, etag, 'content-type': XET_INFO },
      body: JSON.stringify({ hash: xetHash }),
    };
  }
  return {
    status: 302,
    headers: {
      ...headers,
      ...xet,
      location: `${hosts.cdn}/repos/${file.sha256}?X-Amz-Signature=signed&response-content-disposition=inline`,
    },
    body: 'Found. Redirecting to the CDN',
  };
}

/** A whole file, or the part of it that the request's `Range` names. */
export function part(request: HubRequest, bytes: Buffer, headers: Readonly<Record<string, string>>): Answer {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range === null) return { status: 200, headers, body: bytes };
  const start = Number(range[1]);
  const end = Math.min(range[2] === '' ? bytes.length - 1 : Number(range[2]), bytes.length - 1);
  if (start > end) {
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${bytes.length}` }, body: '' };
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` },
    body: bytes.subarray(start, end + 1),
  };
}
