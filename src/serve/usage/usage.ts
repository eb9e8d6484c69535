import { createHash } from 'node:crypto';
import type { Repo } from '../../repo/repo.js';
import type { Catalog, CatalogModel } from '../catalog.js';
import type { ErrorKind, RequestEvent, ServerEvent } from '../events.js';
import type { PooledModel } from '../model-pool.js';
import { type Book, cellAt, emptyBook, isEmpty, merged, record, trim } from './book.js';
import { countLatency, type Figures } from './figures.js';
import { type UsageReport, usageReport } from './report.js';
import { type UsageFile, UsageFileError, usageFile } from './usage-file.js';

/** How often figures are written to the file, and memory is looked at, in milliseconds. */
const WRITE_MS = 5000;
/** The longest part of its time that a server writes figures. */
const WRITE_SHARE = 0.02;

/** What is counted of the models of a server, over the last hour and day. */
export interface Usage {
  /** Counts what the server tells. */
  hear(event: ServerEvent): void;
  /** What is known now of a model, or of all. */
  report(model: string | null): UsageReport;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

/** Where figures are kept, and what they are of. */
export interface UsageOptions {
  readonly catalog: Catalog;
  readonly pooled: () => readonly PooledModel[];
  /** The file; undefined where figures are to end with the server. */
  readonly file: string | undefined;
  /** Told what the owner should know of the file, once until something else is to be said. */
  readonly tell: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Begins to count, with what stands in the file. */
export async function openUsage({ catalog, pooled, ...options }: UsageOptions): Promise<Usage> {
  const now = options.now ?? Date.now;
  const file = options.file === undefined ? null : usageFile(options.file, options.tell);
  const known = new WeakMap<Repo, string>();
  /** What the figures of a model are kept under; undefined where it is not served. */
  const nameIn = (id: string): string | undefined => {
    const model = catalog.get(id);
    if (model === undefined) return undefined;
    const name = known.get(model.repo) ?? nameOf(model);
    known.set(model.repo, name);
    return name;
  };
  /** What stands in the file, as far as this server knows. */
  let kept = emptyBook();
  /** What is being added to it. */
  let leaving = emptyBook();
  /** What was counted since. */
  let fresh = emptyBook();
  /** What was told of the file last, while that holds. */
  let fault: string | null = null;

  /** What is in the file after `act`; null where that failed, which is told once. */
  const attempt = async (act: (file: UsageFile) => Promise<Book>): Promise<Book | null> => {
    if (file === null) return null;
    try {
      const book = await act(file);
      fault = null;
      return book;
    } catch (error) {
      if (!(error instanceof UsageFileError)) throw error;
      if (error.message !== fault) options.tell(error.message);
      fault = error.message;
      return null;
    }
  };

  const write = async () => {
    trim(fresh, now());
    if (file === null || isEmpty(fresh)) return;
    leaving = fresh;
    fresh = emptyBook();
    const added = await attempt((to) => to.add(leaving, now()));
    if (added === null) fresh = merged(leaving, fresh);
    else kept = added;
    leaving = emptyBook();
  };
  /** One write after the other. */
  let writing: Promise<void> = Promise.resolve();
  let nextWrite = 0;
  const writeSoon = () => {
    writing = writing.then(async () => {
      const began = performance.now();
      await write();
      nextWrite = performance.now() + (performance.now() - began) / WRITE_SHARE;
    });
    return writing;
  };
  const tick = () => {
    noteMemory();
    if (performance.now() >= nextWrite) void writeSoon();
  };

  const change = (model: string, how: (figures: Figures) => void) => {
    const name = nameIn(model);
    if (name !== undefined) record(fresh, now(), name, how);
  };

  /** Notes what models take, where it is more than was known in this minute. */
  function noteMemory(): void {
    const taken = new Map<string, number>();
    for (const { model, memoryBytes } of pooled())
      taken.set(model, (taken.get(model) ?? 0) + (memoryBytes ?? 0));
    const minute = cellAt('hour', now());
    for (const [model, bytes] of taken) {
      const name = nameIn(model) ?? '';
      const before = [kept, leaving, fresh].map(({ hour }) => hour.get(minute)?.get(name)?.memoryBytes ?? 0);
      // A few pages more are not worth a write.
      if (bytes > Math.max(...before) * 1.02) {
        change(model, (figures) => {
          figures.memoryBytes = Math.max(figures.memoryBytes, Math.round(bytes));
        });
      }
    }
  }

  kept = (await attempt((from) => from.read(now()))) ?? kept;
  const timer = setInterval(tick, WRITE_MS);
  timer.unref();

  return {
    hear(event) {
      if (event.event === 'load' && event.ok) {
        change(event.model, (figures) => {
          figures.loads++;
          figures.memoryBytes = Math.max(figures.memoryBytes, event.memoryBytes ?? 0);
        });
      }
      // What models are asked is asked with POST; the rest is about them.
      if (event.event === 'request' && event.method === 'POST' && event.model !== undefined)
        change(event.model, (figures) => addRequest(figures, event));
    },
    report(model) {
      const book = merged(merged(kept, leaving), fresh);
      const names = new Map([...catalog.keys()].flatMap((id) => [[id, nameIn(id) ?? ''] as const]));
      return usageReport(book, names, model, {
        now: now(),
        kept: file !== null && fault === null,
        live: pooled(),
      });
    },
    async close() {
      clearInterval(timer);
      noteMemory();
      await writeSoon();
    },
  };
}

/** What is no failure of an inference: the model loads, or nobody waited for the answer. */
const NO_FAILURE: ReadonlySet<ErrorKind> = new Set(['gone', 'loading']);

function addRequest(figures: Figures, { error, ms, computeType, shared, tokens }: RequestEvent): void {
  figures.requests++;
  if (error === undefined) countLatency(figures, ms);
  else if (!NO_FAILURE.has(error)) figures.errors++;
  if (computeType === 'cache') figures.cacheHits++;
  if (shared) figures.sharedRuns++;
  else figures.tokens += tokens ?? 0;
}

/**
 * The name that figures of a model are kept under. Folders of one name in different places are different models; the place itself is nobody's
 * business.
 */
function nameOf({ id, repo }: CatalogModel): string {
  if (repo.target.kind === 'hub') return `hub ${id}`;
  return `${createHash('sha256')
    .update(repo.root ?? '')
    .digest('base64url')
    .slice(0, 16)} ${id}`;
}
