import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { part } from './download.js';
import { type FixtureRepo, type HubRepo, repository } from './repository.js';
import { answerHub } from './routes.js';

/** Who holds a token. */
export interface FixtureToken {
  readonly name: string;
  /** `write` when absent. */
  readonly role?: 'read' | 'write';
}

/** What the Hub holds. */
export interface HubFixture {
  readonly models?: Readonly<Record<string, FixtureRepo>>;
  readonly datasets?: Readonly<Record<string, FixtureRepo>>;
  readonly spaces?: Readonly<Record<string, FixtureRepo>>;
  /** Tokens the Hub knows, beside the readers of repositories. Others are answered with 401. */
  readonly tokens?: Readonly<Record<string, FixtureToken>>;
  /** Entries of a page of a listing; 1000 as on the Hub. */
  readonly pageSize?: number;
  /** Whether small files are reached by one more redirect on the same host, as on the Hub; true when absent. */
  readonly resolveCache?: boolean;
  /** What the Hub's validator says of a card; nothing when absent. */
  readonly validateYaml?: (
    content: string,
    repoType: string,
  ) => { readonly errors?: readonly string[]; readonly warnings?: readonly string[] };
}

/** A request as it came in. */
export interface HubRequest {
  /** Which of the two servers was asked. */
  readonly host: 'hub' | 'cdn';
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What is sent back; a stream is sent piece by piece until its reader has had enough. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Iterable<Uint8Array>;
}

/** A wrong answer to come: to requests whose method and path hold the text or fit the expression. */
export interface Fault {
  readonly path: string | RegExp;
  readonly host?: 'hub' | 'cdn';
  readonly method?: string;
  /**
   * `hang` never answers, `close` closes the connection at once, `cut` sends the first half of the right answer, then closes,
   * `stall` sends the first half and then nothing more.
   */
  readonly answer: Answer | 'hang' | 'close' | 'cut' | 'stall';
  /** How often; once when absent. */
  readonly times?: number;
}

/** A commit that was pushed. */
export interface PushedCommit {
  readonly repo: string;
  readonly revision: string;
  readonly title: string;
  readonly description: string;
  /** New content by path; null for a file that was deleted. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly oid: string;
  readonly author: string;
  /** Number of the pull request it opened; null when it went to the revision itself. */
  readonly pullRequest: number | null;
}

/** A running Hub. */
export interface HubServer {
  /** Address of the Hub, as for `HF_ENDPOINT`. */
  readonly endpoint: string;
  /** Address of the host that large files are redirected to. */
  readonly cdn: string;
  readonly requests: readonly HubRequest[];
  readonly commits: readonly PushedCommit[];
  /** A repository with its commits and discussions: `models/org/name`. */
  repo(key: string): HubRepo;
  fault(fault: Fault): void;
  close(): Promise<void>;
}

/** Starts a Hub on this machine; see README.md beside this file. */
export async function startHub(fixture: HubFixture = {}): Promise<HubServer> {
  const repos = new Map<string, HubRepo>();
  for (const kind of ['model', 'dataset', 'space'] as const) {
    for (const [id, repo] of Object.entries(fixture[`${kind}s`] ?? {})) {
      repos.set(`${kind}s/${id}`, repository(kind, id, repo));
    }
  }
  const requests: HubRequest[] = [];
  const commits: PushedCommit[] = [];
  const faults: { readonly fault: Fault; left: number }[] = [];

  async function serve(
    incoming: IncomingMessage,
    response: ServerResponse,
    host: HubRequest['host'],
    answer: (request: HubRequest) => Answer,
  ): Promise<void> {
    const parts: Buffer[] = [];
    for await (const piece of incoming) parts.push(piece as Buffer);
    const request: HubRequest = {
      host,
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers as HubRequest['headers'],
      body: Buffer.concat(parts).toString(),
    };
    requests.push(request);
    const due = faults.find(({ fault, left }) => left > 0 && fits(fault, request));
    if (due !== undefined) due.left -= 1;
    const wrong = due?.fault.answer;
    if (wrong === 'hang') return;
    if (wrong === 'close') {
      incoming.socket.destroy();
      return;
    }
    if (typeof wrong === 'object') {
      await send(response, wrong);
      return;
    }
    const right = answer(request);
    if (wrong === undefined) await send(response, right);
    else sendHalf(response, right, wrong);
  }

  const hub = createServer((incoming, response) => {
    void serve(incoming, response, 'hub', (request) =>
      answerHub(request, { endpoint, cdn, fixture, repos, commits }),
    );
  });
  const store = createServer((incoming, response) => {
    void serve(incoming, response, 'cdn', (request) => {
      const sha256 = /^\/repos\/([0-9a-f]{64})\?/.exec(request.path)?.[1];
      const stored = [...repos.values()]
        .flatMap((repo) => [...repo.revisions.values()])
        .flatMap(({ files }) => [...files.values()])
        .find((file) => file.sha256 === sha256);
      if (stored === undefined) return { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };
      return part(request, stored.bytes, { etag: `"${sha256}"`, 'content-type': 'binary/octet-stream' });
    });
  });
  const endpoint = await listen(hub, '127.0.0.1');
  // Another name of this machine, so that it is another host for everybody.
  const cdn = (await listen(store, '127.0.0.1')).replace('127.0.0.1', 'localhost');
  return {
    endpoint,
    cdn,
    requests,
    commits,
    repo(key) {
      const repo = repos.get(key);
      if (repo === undefined) throw new Error(`There is no ${key} on this Hub.`);
      return repo;
    },
    fault(fault) {
      faults.push({ fault, left: fault.times ?? 1 });
    },
    async close() {
      await Promise.all([stop(hub), stop(store)]);
    },
  };
}

function fits({ path, host, method }: Fault, request: HubRequest): boolean {
  return (
    (host === undefined || host === request.host) &&
    (method === undefined || method === request.method) &&
    (typeof path === 'string' ? request.path.includes(path) : path.test(request.path))
  );
}

async function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    response.end(body);
    return;
  }
  response.writeHead(status, headers);
  for (const piece of body) {
    if (response.destroyed) return;
    if (!response.write(piece)) {
      await new Promise<void>((done) => {
        const go = () => {
          response.off('drain', go).off('close', go);
          done();
        };
        response.on('drain', go).on('close', go);
      });
    }
  }
  response.end();
}

function sendHalf(response: ServerResponse, { status, headers = {}, body = '' }: Answer, how: string): void {
  const bytes = Buffer.from(typeof body === 'string' || body instanceof Uint8Array ? body : '');
  response.writeHead(status, { 'content-length': bytes.length, ...headers });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    if (how === 'cut') setTimeout(() => response.destroy(), 20);
  });
}

async function listen(server: Server, host: string): Promise<string> {
  await new Promise<void>((done) => server.listen(0, host, done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://${host}:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}
