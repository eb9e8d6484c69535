import { encodedPath } from '../encoded-path.js';
import { RepoError, UsageError } from '../errors.js';
import { COMMIT, modelCache, openCached, sizeOf } from './hub-cache.js';
import { hubError, refusing } from './hub-error.js';
import { HUB, type HubAccess, hubFetch } from './hub-fetch.js';
import { hubCacheFolder } from './hub-folders.js';
import { type HubFile, readListing } from './hub-listing.js';
import { type HubTarget, parseHubId } from './hub-target.js';
import { openRegular } from './regular-file.js';
import type { DownloadOptions, Repo } from './repo.js';

export type { HubAccess } from './hub-fetch.js';

/** A file up to this size is read whole, once; of others only the parts that are asked for. */
const WHOLE_BYTES = 1024 * 1024;
/** How long an address that the Hub led to is used again, in milliseconds; its signature holds for an hour. */
const LED_MS = 300_000;
/** Most bytes that are passed over where a server knows no ranges; beyond them the part is not worth its way. */
const MOST_PASSED_OVER = 64 * 1024 * 1024;
/** Pages of a listing; the Hub puts 1,000 entries on one. */
const MAX_PAGES = 300;

/**
 * Opens a model repository on the Hub: its listing, its card and small files by request, parts of large ones by range; what the
 * cache of the Hub's clients holds already comes from there. Nothing is written before `download`. Offline, and when the Hub cannot
 * be reached, what the cache holds is all there is. Throws `RepoError` with codes `hub-not-found`, `hub-revision-not-found`,
 * `hub-gated`, `hub-forbidden`, `hub-disabled`, `hub-token`, `hub-rate-limited`, `hub-unreachable`, `hub-answer`,
 * and `UsageError` (`target-offline`).
 */
export async function openHub(target: HubTarget, access: HubAccess = {}): Promise<Repo> {
  if (access.offline) return fromCache(target, access);
  try {
    return await openOnline(target, access);
  } catch (error) {
    if (!(error instanceof RepoError) || error.code !== 'hub-unreachable') throw error;
    const cached = await openCached(target, cacheOf(access));
    if (cached === null) throw error;
    access.onNote?.(
      `${error.message} What the cache holds is checked instead: commit ${cached.commit.slice(0, 7)}, files that were never downloaded are missing.`,
    );
    return cached.repo;
  }
}

function cacheOf(access: HubAccess): string {
  return access.cacheFolder ?? hubCacheFolder(process.env);
}

async function fromCache(target: HubTarget, access: HubAccess): Promise<Repo> {
  const { id, revision } = target;
  const cached = await openCached(target, cacheOf(access));
  if (cached === null) {
    throw new UsageError(
      'target-offline',
      `There is no folder ${id} here, the cache holds no revision ${revision} of such a model, and offline the Hub is not asked.`,
      {
        hint: `Leave out --offline (or HF_HUB_OFFLINE), download it with \`hf download ${id}\`, or clone it and name its folder.`,
      },
    );
  }
  const { repo, commit } = cached;
  const files = (await repo.list())?.length ?? 0;
  access.onNote?.(
    `Offline: ${files} ${files === 1 ? 'file' : 'files'} of ${id} at commit ${commit.slice(0, 7)} from the cache; files that were never downloaded are missing.`,
  );
  return repo;
}

/** A model as the Hub tells of it: its name there today, and the commit of the revision. */
interface Found {
  readonly id: string;
  readonly commit: string;
}

async function openOnline(target: HubTarget, access: HubAccess): Promise<Repo> {
  const { downloadFile } = await import('./hub-client.js');
  const send = hubFetch(access);
  const hubUrl = access.endpoint ?? HUB;
  const found = await find(target, access, refusing(send(), target, access));
  const { id, commit } = found;
  if (id !== target.id) access.onNote?.(`${target.id} is called ${id} on the Hub today.`);
  const model = { ...target, id };
  const cache = modelCache(cacheOf(access), id);
  let listing: Promise<ReadonlyMap<string, HubFile>> | undefined;
  const whole = new Map<string, Promise<Uint8Array>>();

  function files(): Promise<ReadonlyMap<string, HubFile>> {
    listing ??= list(found, hubUrl, refusing(send(), model, access)).catch((error: unknown) => {
      throw hubError(model, access, error);
    });
    return listing;
  }

  /** Address of a file, at the commit: a push meanwhile changes nothing. */
  const address = (path: string) => `${hubUrl}/${id}/resolve/${commit}/${encodedPath(path)}`;

  /** Where the Hub led for the content of a large file; asked there at once, the next part costs one request, not two. */
  const led = new Map<string, { readonly url: string; readonly until: number }>();

  async function request(file: HubFile, start: number, length: number): Promise<Uint8Array> {
    const end = Math.min(start + length, file.size);
    if (start >= end) return new Uint8Array(0);
    const known = led.get(file.path);
    led.delete(file.path);
    if (known !== undefined && performance.now() < known.until) {
      const part = await requestAt(known.url, file, start, end).catch(() => null);
      if (part !== null) {
        led.set(file.path, known);
        return part;
      }
    }
    return requestAt(address(file.path), file, start, end);
  }

  async function requestAt(
    url: string,
    { path, size, etag }: HubFile,
    start: number,
    end: number,
  ): Promise<Uint8Array> {
    const onUrl = (found: string) => {
      if (new URL(found).origin === new URL(hubUrl).origin) return;
      led.set(path, { url: found, until: performance.now() + LED_MS });
    };
    try {
      const blob = await downloadFile({
        repo: { type: 'model', name: id },
        path,
        downloadInfo: { size, etag: etag ?? '', url },
        xet: false,
        fetch: partial(refusing(send(Number.POSITIVE_INFINITY), model, access), start, end, onUrl),
      });
      if (blob === null) return new Uint8Array(0);
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    } catch (error) {
      throw hubError(model, access, error);
    }
  }

  async function readRange(path: string, start: number, length: number): Promise<Uint8Array | null> {
    const file = (await files()).get(path);
    if (file === undefined) return null;
    const cached = await readCached(file, start, length);
    if (cached !== null) return cached;
    if (file.size > WHOLE_BYTES) return request(file, start, length);
    let bytes = whole.get(path);
    if (bytes === undefined) {
      bytes = request(file, 0, file.size);
      whole.set(path, bytes);
    }
    return (await bytes).subarray(start, start + length);
  }

  /** From the cache, where a file of this hash and size was downloaded before; null where none was. */
  async function readCached(
    { etag, size }: HubFile,
    start: number,
    length: number,
  ): Promise<Uint8Array | null> {
    if (etag === null || (await sizeOf(cache.blob(etag))) !== size) return null;
    const blob = await openRegular(cache.blob(etag)).catch(() => null);
    if (blob === null) return null;
    try {
      return await blob.bytes(start, length);
    } catch {
      return null;
    } finally {
      await blob.close();
    }
  }

  return {
    target: { kind: 'hub', id, revision: target.revision },
    root: null,
    commit,
    cardPath: 'README.md',
    list: async () => [...(await files()).values()].map(({ path, size }) => ({ path, size })),
    read: (path, limit = Number.MAX_SAFE_INTEGER) => readRange(path, 0, limit),
    readRange,
    async download(paths: readonly string[], options: DownloadOptions = {}) {
      const { downloadSnapshot } = await import('./hub-download.js');
      const known = await files();
      const wanted = paths.flatMap((path) => known.get(path) ?? []);
      return downloadSnapshot({ model, commit, cache, wanted, address, send, access }, options);
    },
  };
}

/** Asks for the commit of a revision; a renamed model is followed to its new name. */
async function find(target: HubTarget, access: HubAccess, send: typeof fetch): Promise<Found> {
  const { modelInfo } = await import('./hub-client.js');
  try {
    const info = await modelInfo({
      name: target.id,
      revision: target.revision,
      additionalFields: ['sha'],
      hubUrl: access.endpoint ?? HUB,
      fetch: send,
    });
    const id = nameIn(info.name, access) ?? target.id;
    if (typeof info.sha === 'string' && COMMIT.test(info.sha)) return { id, commit: info.sha };
  } catch (error) {
    throw hubError(target, access, error);
  }
  throw hubError(target, access, new SyntaxError('no commit'));
}

/**
 * A name of a model that the Hub tells; null for anything else: one with a revision behind it would become part of addresses and of a
 * path in the cache, one with the token in it would be printed.
 */
function nameIn(name: unknown, { token }: HubAccess): string | null {
  if (typeof name !== 'string' || parseHubId(name)?.id !== name) return null;
  return token !== undefined && name.includes(token) ? null : name;
}

async function list(
  { id, commit }: Found,
  hubUrl: string,
  send: typeof fetch,
): Promise<ReadonlyMap<string, HubFile>> {
  const { listFiles } = await import('./hub-client.js');
  let pages = 0;
  const page: typeof fetch = (input, init) => {
    const { origin } = new URL(input instanceof Request ? input.url : String(input));
    if (++pages > MAX_PAGES || origin !== new URL(hubUrl).origin) {
      throw new RepoError('hub-answer', `The listing of ${id} goes on elsewhere, or without end.`, {
        hint: 'This is not what the Hub answers; check HF_ENDPOINT.',
      });
    }
    return send(input, init);
  };
  const entries = listFiles({
    repo: { type: 'model', name: id },
    revision: commit,
    recursive: true,
    hubUrl,
    fetch: page,
  });
  return readListing(entries, id);
}

/**
 * `fetch` that gets the bytes from `start` to before `end` of a file and no more, whatever the client asks for, and whether the server
 * heeds the range or sends everything. `onUrl` is told where they came from.
 */
function partial(send: typeof fetch, start: number, end: number, onUrl: (url: string) => void): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('range', `bytes=${start}-${end - 1}`);
    const response = await send(input, { ...init, headers });
    const { body, status } = response;
    if (body === null || !response.ok) {
      throw new RepoError('hub-answer', 'A file that is in the listing of the Hub cannot be read.', {
        hint: 'Try again later.',
      });
    }
    let skip = status === 206 ? 0 : start;
    if (skip > MOST_PASSED_OVER) {
      await body.cancel().catch(() => undefined);
      throw new RepoError(
        'hub-answer',
        'A part of a large file was asked for, and the whole of it is sent.',
        {
          hint: 'Check HF_ENDPOINT: where files are kept, range requests have to work. Or clone the repository and name its folder.',
        },
      );
    }
    onUrl(response.url);
    let left = end - start;
    const parts: Uint8Array[] = [];
    const reader = body.getReader();
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      const piece = value.subarray(skip, skip + left);
      skip = Math.max(0, skip - value.byteLength);
      left -= piece.byteLength;
      if (piece.byteLength > 0) parts.push(piece);
    }
    await reader.cancel().catch(() => undefined);
    if (left > 0) {
      throw new RepoError('hub-answer', 'The Hub sends less of a file than its listing says.', {
        hint: 'Try again later; if it happens again, something between here and the Hub changes files.',
      });
    }
    return new Response(new Blob(parts as Uint8Array<ArrayBuffer>[]), { status: 200 });
  };
}
