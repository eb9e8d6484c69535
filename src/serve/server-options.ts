import type { DeviceRequest } from '../smoke/report.js';
import type { CatalogOptions } from './catalog.js';
import type { ServerEvent } from './events.js';

/** What to serve, and how; everything has a default: `cwd` is the working directory. */
export interface ServerOptions extends Partial<CatalogOptions> {
  /** Folders, patterns, or models on the Hub; the working directory when absent. */
  readonly targets?: readonly string[];
  /** Address to listen on; 127.0.0.1 when absent. Others need a token. */
  readonly host?: string;
  /** 0, the default, is any free one. */
  readonly port?: number;
  /** What clients must send as `Authorization: Bearer`. */
  readonly serveToken?: string;
  /** Where models run; `cpu` when absent. */
  readonly device?: DeviceRequest;
  /** Memory that loaded models may take together, in bytes; 40 % of the machine's when absent. */
  readonly maxMemory?: number;
  /** Ids of models that are loaded at the start and stay. */
  readonly pin?: readonly string[];
  /** How long a model that nobody asks stays loaded, in milliseconds; for ever when absent. */
  readonly idleMs?: number;
  /** Time limit of an inference, in milliseconds; a minute when absent. */
  readonly inferenceMs?: number;
  /** How long a client may take to send a request, in milliseconds; a minute when absent. */
  readonly requestMs?: number;
  /** Bytes of the bodies that are received or answered at a time, those of all requests together; 256 MB when absent. */
  readonly bodiesBytes?: number;
  /** Serves a quantized variant in place of the full one where its answers to the card’s examples are the same; on a CPU. False when absent. */
  readonly quantized?: boolean;
  /** Most processes of one model, which share the cores; 1 when absent. */
  readonly workers?: number;
  /** Most requests that wait for one model or run; 256 when absent. */
  readonly queue?: number;
  /** How long `close` waits for requests that are under way, in milliseconds; ten seconds when absent. */
  readonly drainMs?: number;
  /** Reads a model anew when a file of it changes, serves folders that come where a pattern finds them, and tells the page. False when absent; the command does. */
  readonly watch?: boolean;
  /** Folder of the built page; the one of this package when absent. */
  readonly pageFolder?: string;
  /** A file that keeps what was counted of requests, for the usage page, beyond the end of the server; none when absent. */
  readonly usageFile?: string;
  /** Told of requests, of models that come and go, and of faults. */
  readonly onEvent?: (event: ServerEvent) => void;
}

/** A server that listens. */
export interface ServedModels {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ids of the models, as the server begins. */
  readonly models: readonly string[];
  /** Ids of those whose page cannot be shown, as its address is one of the server's own, such as `/usage`. */
  readonly withoutPage: readonly string[];
  /** Packages that models need to run, as their files tell, and that are not installed: who asks these models is told so. */
  readonly missingRuntimes: readonly string[];
  /** Answers what is under way, as far as the time for that goes, then ends all processes. */
  close(): Promise<void>;
}
