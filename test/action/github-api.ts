import { createServer } from 'node:http';

/** A comment as the API gives it. */
export interface ApiComment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string; readonly login: string };
  readonly author_association: string;
  readonly html_url: string;
}

/** A request the API got. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** The part of GitHub's API that comments need, on this machine, with one pull request. */
export interface GitHubApi {
  readonly url: string;
  readonly comments: ApiComment[];
  readonly requests: ApiRequest[];
  /** Answers everything so from now on. */
  refuse: (status: number, body?: string, headers?: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
}

/** https://docs.github.com/rest/issues/comments */
export async function startGitHub(repository: string, number: number): Promise<GitHubApi> {
  const comments: ApiComment[] = [];
  const requests: ApiRequest[] = [];
  let refusal: readonly [number, string, Readonly<Record<string, string>>] | undefined;
  const list = `/api/v3/repos/${repository}/issues/${number}/comments`;
  const one = new RegExp(`^/api/v3/repos/${repository}/issues/comments/(\\d+)$`);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://local');
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const { method = '', headers } = request;
      requests.push({ method, path: pathname, headers, body });
      const send = (status: number, value: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      const said = typeof body === 'object' && body !== null && 'body' in body ? String(body.body) : '';
      if (refusal !== undefined) {
        response.writeHead(refusal[0], refusal[2]).end(refusal[1]);
      } else if (headers.authorization !== 'Bearer the-token') {
        send(401, { message: 'Bad credentials' });
      } else if (method === 'GET' && pathname === list) {
        const size = Number(searchParams.get('per_page') ?? 30);
        const from = (Number(searchParams.get('page') ?? 1) - 1) * size;
        send(200, comments.slice(from, from + size));
      } else if (method === 'POST' && pathname === list) {
        const id = comments.length + 1000;
        const made = {
          id,
          body: said,
          user: { type: 'Bot', login: 'github-actions[bot]' },
          author_association: 'NONE',
          html_url: `https://github.example/${repository}/pull/${number}#issuecomment-${id}`,
        };
        comments.push(made);
        send(201, made);
      } else if (method === 'PATCH' && one.test(pathname)) {
        const found = comments.find(({ id }) => String(id) === one.exec(pathname)?.[1]);
        if (found === undefined) send(404, { message: 'Not Found' });
        else {
          found.body = said;
          send(200, found);
        }
      } else send(404, { message: 'Not Found' });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The API has no port');
  return {
    url: `http://127.0.0.1:${address.port}/api/v3`,
    comments,
    requests,
    refuse: (status, body = '{}', headers = {}) => {
      refusal = [status, body, headers];
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
