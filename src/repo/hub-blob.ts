import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { RepoError } from '../errors.js';
import { sizeOf } from './hub-cache.js';
import { claimDraft } from './hub-draft.js';
import { sleep } from './hub-fetch.js';
import type { HubFile } from './hub-listing.js';

/** One file to download. */
export interface BlobDownload {
  readonly file: HubFile;
  /** Path its content gets; until it is whole and its hash is right it is beside it, in `.incomplete`. */
  readonly blob: string;
  readonly url: string;
  /** Throws for answers that say no. */
  readonly send: typeof fetch;
  readonly signal: AbortSignal | undefined;
  /** Told how many bytes of the file are here. */
  readonly onBytes: (bytes: number) => void;
}

/** Times a file is asked for again without a byte more than before. */
const MAX_FRUITLESS = 3;
const PAUSE_MS = 500;
const READ_BYTES = 1024 * 1024;

/** What is here of a file, from its beginning. */
interface Received {
  bytes: number;
  hash: Hash;
}

/**
 * Downloads the content of one file, going on with what an earlier download left. Of two processes that download the same file, each
 * writes to a draft of its own; the last that is done leaves the same bytes as the first. Throws `RepoError`, and what a request throws.
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const draft = await claimDraft(download.blob);
  try {
    await downloadInto(draft.path, download);
  } finally {
    await draft.release();
  }
}

async function downloadInto(incomplete: string, download: BlobDownload): Promise<void> {
  const { file, blob } = download;
  // `a` makes the file when there is none; writing at a place needs `r+`.
  await (await open(incomplete, 'a')).close();
  const handle = await open(incomplete, 'r+');
  try {
    const received = await whatIsHere(handle, file);
    const resumed = received.bytes > 0;
    await receiveAll(handle, received, download);
    if (received.hash.digest('hex') !== file.etag) {
      await startOver(handle, received, file);
      // What lay there may have been no beginning of this file.
      if (resumed) await receiveAll(handle, received, download);
      if (!resumed || received.hash.digest('hex') !== file.etag) {
        await handle.truncate(0);
        throw new RepoError(
          'hub-answer',
          `What was downloaded as ${file.path} has not the hash that the Hub tells.`,
          {
            hint: 'Try again; if it happens again, the file on the Hub is broken, or something on the way.',
          },
        );
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(incomplete, blob).catch(async (error: unknown) => {
    if ((await sizeOf(blob)) !== file.size) throw error;
  });
}

async function whatIsHere(handle: FileHandle, file: HubFile): Promise<Received> {
  const received = { bytes: 0, hash: emptyHash(file) };
  const { size } = await handle.stat();
  if (size > file.size) {
    await handle.truncate(0);
    return received;
  }
  const piece = new Uint8Array(READ_BYTES);
  while (received.bytes < size) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, received.bytes);
    if (bytesRead === 0) break;
    received.hash.update(piece.subarray(0, bytesRead));
    received.bytes += bytesRead;
  }
  return received;
}

async function startOver(handle: FileHandle, received: Received, file: HubFile): Promise<void> {
  await handle.truncate(0);
  received.bytes = 0;
  received.hash = emptyHash(file);
}

/** LFS names content by its SHA-256, git by the SHA-1 of a head and the content. */
function emptyHash({ etag, size }: HubFile): Hash {
  return etag?.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Asks as often as it takes, as long as each time brings something. */
async function receiveAll(handle: FileHandle, received: Received, download: BlobDownload): Promise<void> {
  const { file, signal } = download;
  let fruitless = 0;
  while (received.bytes < file.size) {
    const before = received.bytes;
    let failure: unknown;
    try {
      await receive(handle, received, download);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RepoError && error.code !== 'hub-unreachable') throw error;
      failure = error;
    }
    if (received.bytes === file.size) return;
    fruitless = received.bytes > before ? 0 : fruitless + 1;
    if (fruitless === MAX_FRUITLESS) {
      throw (
        failure ??
        new RepoError('hub-answer', `The Hub sends less of ${file.path} than its listing says.`, {
          hint: 'Try again later.',
        })
      );
    }
    await sleep(PAUSE_MS, signal);
  }
}

/** Receives what one answer brings of the rest. */
async function receive(handle: FileHandle, received: Received, download: BlobDownload): Promise<void> {
  const { file, url, send, signal, onBytes } = download;
  const response = await send(url, {
    headers: { range: `bytes=${received.bytes}-` },
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.body === null || !response.ok) throw gone(file);
  if (response.status === 206) checkRange(response, received.bytes, file);
  // The range was not heeded: here is everything, from the beginning.
  else if (received.bytes > 0) await startOver(handle, received, file);
  onBytes(received.bytes);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (received.bytes + value.byteLength > file.size) throw tooMuch(file);
      await writeWhole(handle, value, received.bytes);
      received.hash.update(value);
      received.bytes += value.byteLength;
      onBytes(received.bytes);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.byteLength - written,
      position + written,
    );
    written += bytesWritten;
  }
}

function checkRange({ headers }: Response, start: number, file: HubFile): void {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (range === null || Number(range[1]) !== start) {
    throw new RepoError('hub-answer', `The Hub sends another part of ${file.path} than it was asked for.`, {
      hint: 'Check HF_ENDPOINT, and whether a proxy answers in the place of the Hub.',
    });
  }
  if (range[2] !== '*' && Number(range[2]) !== file.size) throw otherSize(file, range[2] ?? '');
}

function otherSize(file: HubFile, told: string): RepoError {
  return new RepoError(
    'hub-answer',
    `${file.path} has ${file.size} bytes in the listing of the Hub, and ${told} when it is downloaded.`,
    { hint: 'Try again; if it happens again, something between here and the Hub changes files.' },
  );
}

function tooMuch(file: HubFile): RepoError {
  return otherSize(file, 'more');
}

function gone({ path }: HubFile): RepoError {
  return new RepoError('hub-answer', `${path} is in the listing of the Hub, but cannot be downloaded.`, {
    hint: 'Try again later.',
  });
}
