import { discussions, preupload, pushCommit, revisionNotFound } from './discussions.js';
import { resolveFile } from './download.js';
import type { Answer, FixtureToken, HubFixture, HubRequest, PushedCommit } from './hub-server.js';
import { entriesOf, type HubRepo, infoOf, revisionOf } from './repository.js';

/** What the routes look at and change. */
export interface HubState {
  readonly endpoint: string;
  readonly cdn: string;
  readonly fixture: HubFixture;
  readonly repos: ReadonlyMap<string, HubRepo>;
  readonly commits: PushedCommit[];
}

const JSON_TYPE = 'application/json; charset=utf-8';

function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) };
}

function refusal(status: number, code: string | undefined, error: string): Answer {
  return {
    status,
    headers: {
      'content-type': JSON_TYPE,
      ...(code === undefined ? {} : { 'x-error-code': code }),
      'x-error-message': error,
    },
    body: JSON.stringify({ error }),
  };
}

/** Answers a request to the Hub itself. */
export function answerHub(request: HubRequest, state: HubState): Answer {
  const { fixture } = state;
  const tokens: Readonly<Record<string, FixtureToken>> = fixture.tokens ?? {};
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const readers = [...state.repos.values()].flatMap((repo) => repo.fixture.readers ?? []);
  if (token !== undefined && tokens[token] === undefined && !readers.includes(token)) {
    return refusal(401, undefined, 'Invalid credentials in Authorization header');
  }
  const [path = '', query = ''] = request.path.split('?');
  if (path === '/api/whoami-v2') {
    const who = token === undefined ? undefined : tokens[token];
    if (who === undefined) return refusal(401, undefined, 'Invalid username or password.');
    return json({
      type: 'user',
      id: '5f0c746619cb630495b814fd',
      name: who.name,
      fullname: who.name,
      email: null,
      isPro: false,
      orgs: [],
      auth: { type: 'access_token', accessToken: { displayName: 'test', role: who.role ?? 'write' } },
    });
  }
  if (path === '/api/validate-yaml') {
    const { content = '', repoType = 'model' } = JSON.parse(request.body) as Record<string, string>;
    const { errors = [], warnings = [] } = fixture.validateYaml?.(content, repoType) ?? {};
    const messages = (list: readonly string[]) => list.map((message) => ({ message }));
    return {
      ...json({ errors: messages(errors), warnings: messages(warnings) }),
      status: errors.length > 0 ? 400 : 200,
    };
  }
  const api =
    /^\/api\/(model|dataset|space)s\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path) ??
    // Names of old have no owner; the Hub redirects from them.
    /^\/api\/(model|dataset)s\/([^/]+)$/.exec(path);
  const cached = /^\/api\/resolve-cache\/(model)s\/([^/]+\/[^/]+)\/([^/]+\/.*)$/.exec(path);
  const file = /^\/(?:(dataset|space)s\/)?([^/]+\/[^/]+)\/(?:resolve|raw)\/(.+)$/.exec(path);
  const [, kind = 'model', id = '', rest = ''] = cached ?? api ?? file ?? [];
  if (id === '') return refusal(404, undefined, 'Sorry, this page is not to be found.');
  const repo = state.repos.get(`${kind}s/${id}`);
  const allowed = token !== undefined && (repo?.fixture.readers ?? []).includes(token);
  if (repo === undefined || (repo.fixture.private && !allowed)) {
    // The Hub does not tell strangers whether a repository exists.
    return token === undefined
      ? refusal(401, 'RepoNotFound', 'Repository not found')
      : refusal(404, 'RepoNotFound', 'Repository not found');
  }
  const { renamedTo, gated, disabled } = repo.fixture;
  if (renamedTo !== undefined) {
    const location = path.replace(id, renamedTo) + (query === '' ? '' : `?${query}`);
    return { status: 307, headers: { location, 'content-type': 'text/plain' }, body: 'Temporary Redirect' };
  }
  if (disabled) return refusal(403, undefined, 'Access to this resource is disabled.');
  const isFile = file !== null || cached !== null;
  if (gated !== undefined && !allowed && (isFile || rest.startsWith('tree/'))) {
    return token === undefined
      ? refusal(
          401,
          'GatedRepo',
          `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
        )
      : refusal(
          403,
          'GatedRepo',
          `Access to model ${id} is restricted and you are not in the authorized list. Visit https://huggingface.co/${id} to ask for access.`,
        );
  }
  if (isFile) return fileOf(request, repo, rest, state);
  const author = tokens[token ?? '']?.name ?? 'someone';
  if (rest === 'discussions' || rest.startsWith('discussions/')) {
    return discussions(request, repo, rest.slice('discussions'.length), author);
  }
  const [verb = '', ...steps] = rest.split('/');
  if (request.method === 'POST' && (verb === 'commit' || verb === 'preupload')) {
    if (token === undefined) return refusal(401, undefined, 'Invalid username or password.');
    if ((tokens[token]?.role ?? 'write') === 'read') {
      return refusal(
        403,
        undefined,
        'Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request',
      );
    }
    const revision = decodeURIComponent(steps.join('/'));
    return verb === 'commit' ? pushCommit(request, repo, revision, author, state) : preupload(request);
  }
  const expand = new URLSearchParams(query)
    .getAll('expand')
    .concat(new URLSearchParams(query).getAll('expand[]'));
  if (verb === '' || verb === 'revision') {
    const revision = decodeURIComponent(steps.join('/')) || 'main';
    const commit = revisionOf(repo, revision);
    return commit === undefined ? revisionNotFound(revision) : json(infoOf(repo, commit, expand));
  }
  return verb === 'tree'
    ? treeOf(repo, steps.join('/'), query, path, state)
    : refusal(404, undefined, 'Not found');
}

/** Finds the revision that an address begins with, and what follows it. */
function split(repo: HubRepo, address: string): { readonly revision: string; readonly path: string } {
  const known = [...repo.revisions.keys(), ...[...repo.revisions.values()].map(({ oid }) => oid)];
  for (const revision of known) {
    for (const written of [revision, encodeURIComponent(revision)]) {
      if (address === written) return { revision, path: '' };
      if (address.startsWith(`${written}/`)) {
        return { revision, path: decodeURIComponent(address.slice(written.length + 1)) };
      }
    }
  }
  const slash = address.indexOf('/');
  return { revision: decodeURIComponent(slash < 0 ? address : address.slice(0, slash)), path: '' };
}

function fileOf(request: HubRequest, repo: HubRepo, address: string, state: HubState): Answer {
  const { revision, path } = split(repo, address);
  const commit = revisionOf(repo, revision);
  if (commit === undefined) return revisionNotFound(revision);
  const file = commit.files.get(path);
  if (file === undefined) return refusal(404, 'EntryNotFound', 'Entry not found');
  const { endpoint: hub, cdn, fixture } = state;
  return resolveFile(request, repo, commit, file, { hub, cdn, cached: fixture.resolveCache ?? true });
}

/** A page of the listing, with the address of the next one in `Link`. */
function treeOf(repo: HubRepo, address: string, query: string, path: string, state: HubState): Answer {
  const { revision, path: folder } = split(repo, address);
  const commit = revisionOf(repo, revision);
  if (commit === undefined) return revisionNotFound(revision);
  const search = new URLSearchParams(query);
  const entries = entriesOf(commit, folder, search.get('recursive') === 'true');
  const size = state.fixture.pageSize ?? 1000;
  const start = Number(search.get('cursor') ?? 0);
  const end = start + size;
  search.set('cursor', String(end));
  const next = `<${state.endpoint}${path}?${search.toString()}>; rel="next"`;
  return json(entries.slice(start, end), end < entries.length ? { link: next } : {});
}
