import type { ComputeType } from './compute-type.js';

/**
 * What a server tells its owner. No event holds anything of what was asked or answered; only `message` of a fault may name paths of this
 * machine.
 */
export type ServerEvent = RequestEvent | PoolEvent | UsageFileEvent | FaultEvent;

/** What a server tells of its models. */
export type PoolEvent = LoadEvent | WorkerEndEvent;

/** A request was answered, or its client went away. */
export interface RequestEvent {
  readonly event: 'request';
  /** The `x-request-id` of the client, or one that was made for it; the answer has it too. */
  readonly id: string;
  readonly method: string;
  /** The pattern of the address, such as `/models/*`; empty where there is no such address. */
  readonly route: string;
  /** Of HTTP; 499 where the client went away before it was answered. */
  readonly status: number;
  /** From the head of the request to the end of the answer. */
  readonly ms: number;
  /** Length of the body that was read. */
  readonly bytesIn: number;
  /** What was written to the connection, headers included. */
  readonly bytesOut: number;
  /** Why there is no good answer; absent where there is one. */
  readonly error?: ErrorKind;
  /** A model that is served. */
  readonly model?: string;
  readonly task?: string;
  readonly computeType?: ComputeType | 'cache';
  /** How long the model computed. */
  readonly computeMs?: number;
  /** From when the request was read until its inference began: loading included. */
  readonly queueMs?: number;
  /** Tokens that were written, by models that write text. */
  readonly tokens?: number;
  /** True where it waited for the run of an equal request. */
  readonly shared?: true;
}

/** Why a request has no good answer, by status: where one has two reasons, the message of the answer tells them apart. */
export type ErrorKind =
  /** 400, 422 */
  | 'bad-request'
  /** 401 */
  | 'no-token'
  /** 403 */
  | 'refused'
  /** 404 */
  | 'not-found'
  /** 405 */
  | 'method'
  /** 408 */
  | 'slow-client'
  /** 413 */
  | 'too-large'
  /** 429 */
  | 'too-many'
  /** 499 */
  | 'gone'
  /** 500 of a model */
  | 'model-failed'
  /** 503 */
  | 'loading'
  /** 504 */
  | 'over-time'
  /** 500 of the server itself; an event of its own says why. */
  | 'fault'
  /** Any other of 400 and above. */
  | 'other';

/** A model was loaded, or could not be. */
export interface LoadEvent {
  readonly event: 'load';
  readonly model: string;
  readonly task: string;
  readonly ok: boolean;
  /** Number type of the variant that is served in place of the full one; absent where the full one is. */
  readonly variant?: string;
  readonly ms: number;
  /** What its process takes; null where that cannot be measured, and where it was not loaded. */
  readonly memoryBytes: number | null;
  /** Why it could not be loaded, in the words that clients are told. */
  readonly error?: string;
}

/** Why the process of a model ended. */
export type WorkerEnd =
  /** Put away for another model. */
  | 'memory'
  /** Put away because nobody asked. */
  | 'idle'
  /** Put away because its files were changed. */
  | 'changed'
  /** An inference took longer than it may. */
  | 'over-time'
  | 'over-memory'
  /** By itself, or by a signal. */
  | 'crash'
  /** The server stops. */
  | 'close';

/** The process of a model that was loaded ended. */
export interface WorkerEndEvent {
  readonly event: 'worker-end';
  readonly model: string;
  readonly task: string;
  readonly reason: WorkerEnd;
}

/** Something about the file of usage figures that its owner should know. */
export interface UsageFileEvent {
  readonly event: 'usage-file';
  readonly message: string;
}

/** The server failed without a reason for the client. */
export interface FaultEvent {
  readonly event: 'fault';
  /** The request that failed; absent where it was none. */
  readonly id?: string;
  /** May name paths of this machine. */
  readonly message: string;
}

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'bad-request',
  401: 'no-token',
  403: 'refused',
  404: 'not-found',
  405: 'method',
  408: 'slow-client',
  413: 'too-large',
  422: 'bad-request',
  429: 'too-many',
  499: 'gone',
  500: 'model-failed',
  503: 'loading',
  504: 'over-time',
};

/** The kind of an error by its status; undefined for a good answer. */
export function errorKind(status: number): ErrorKind | undefined {
  return status < 400 ? undefined : (BY_STATUS[status] ?? 'other');
}
