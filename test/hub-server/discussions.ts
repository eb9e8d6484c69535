import type { Answer, HubRequest, PushedCommit } from './hub-server.js';
import { commitOf, type Discussion, type HubRepo, revisionOf, type StoredFile, store } from './repository.js';

/** Discussions a page of the list holds on the Hub. */
const PAGE = 20;

function json(body: unknown, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

/** `POST /api/models/{id}/preupload/{revision}`: everything small goes into the commit itself. */
export function preupload(request: HubRequest): Answer {
  const { files = [] } = JSON.parse(request.body) as { files?: { path: string; size: number }[] };
  return json({
    files: files.map(({ path, size }) => ({
      path,
      uploadMode: size > 10_000_000 ? 'lfs' : 'regular',
      shouldIgnore: false,
    })),
  });
}

/** `POST /api/models/{id}/commit/{revision}[?create_pr=1]`: lines of JSON, a header and the operations. */
export function pushCommit(
  request: HubRequest,
  repo: HubRepo,
  revision: string,
  author: string,
  hub: { readonly endpoint: string; readonly commits: PushedCommit[] },
): Answer {
  const base = revisionOf(repo, revision);
  if (base === undefined) return revisionNotFound(revision);
  const lines = request.body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { key: string; value: Record<string, string> });
  const header = lines.find(({ key }) => key === 'header')?.value ?? {};
  if (header.parentCommit !== undefined && revisionOf(repo, header.parentCommit) !== base) {
    return json({ error: 'A commit has happened since. Please refresh and try again.' }, 412);
  }
  const files = new Map<string, StoredFile>(base.files);
  const changed: Record<string, string | null> = {};
  for (const { key, value } of lines) {
    const { path = '', content = '', encoding = 'utf-8' } = value;
    if (key === 'file') {
      const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
      files.set(path, store(path, bytes));
      changed[path] = bytes.toString();
    }
    if (key === 'deletedFile') {
      files.delete(path);
      changed[path] = null;
    }
  }
  const next = commitOf([...files.values()]);
  const createPr = new URLSearchParams(request.path.split('?')[1]).get('create_pr') === '1';
  const { summary = '', description = '' } = header;
  const answer = {
    success: true,
    commitOid: next.oid,
    commitUrl: `${hub.endpoint}/${repo.id}/commit/${next.oid}`,
    hookOutput: '',
  };
  const pushed = {
    repo: repo.id,
    revision,
    title: summary,
    description,
    files: changed,
    oid: next.oid,
    author,
  };
  if (!createPr) {
    repo.revisions.set(revision, next);
    hub.commits.push({ ...pushed, pullRequest: null });
    return json(answer);
  }
  const num = repo.discussions.length + 1;
  repo.discussions.push({
    num,
    title: summary,
    status: 'open',
    isPullRequest: true,
    author,
    comments: [{ author, text: description }],
  });
  repo.revisions.set(`refs/pr/${num}`, next);
  hub.commits.push({ ...pushed, pullRequest: num });
  return json({ ...answer, pullRequestUrl: `${hub.endpoint}/${repo.id}/discussions/${num}` });
}

/** `/api/models/{id}/discussions…`: the list, one of them, a comment, another status or title. */
export function discussions(request: HubRequest, repo: HubRepo, rest: string, author: string): Answer {
  const [num, action] = rest.split('?')[0]?.split('/').filter(Boolean) ?? [];
  const query = new URLSearchParams(request.path.split('?')[1]);
  if (num === undefined) {
    const type = query.get('type') ?? 'all';
    const status = query.get('status') ?? 'all';
    const found = repo.discussions
      .filter(({ isPullRequest }) => type === 'all' || (type === 'pull_request') === isPullRequest)
      .filter((one) => status === 'all' || (status === 'open') === (one.status === 'open'))
      .filter((one) => !query.has('author') || one.author === query.get('author'))
      .toReversed();
    const start = Number(query.get('p') ?? 0) * PAGE;
    return json({
      discussions: found.slice(start, start + PAGE).map((one) => summaryOf(repo, one)),
      count: found.length,
      start,
      numClosedDiscussions: repo.discussions.filter(({ status: is }) => is !== 'open').length,
    });
  }
  const one = repo.discussions.find((each) => each.num === Number(num));
  if (one === undefined) return json({ error: 'Discussion not found' }, 404);
  if (request.method === 'POST') {
    const body = JSON.parse(request.body) as { comment?: string; status?: 'open' | 'closed'; title?: string };
    if (action === 'comment' && body.comment !== undefined) one.comments.push({ author, text: body.comment });
    if (action === 'status' && body.status !== undefined) one.status = body.status;
    if (action === 'title' && body.title !== undefined) one.title = body.title;
  }
  return json({
    ...summaryOf(repo, one),
    ...(one.isPullRequest ? { changes: { base: 'refs/heads/main' }, filesWithConflicts: [] } : {}),
    events: one.comments.map(({ author: name, text }, index) => ({
      id: `${one.num}-${index}`,
      type: 'comment',
      createdAt: '2026-01-02T03:04:05.000Z',
      author: { name },
      data: {
        edited: false,
        hidden: false,
        latest: { raw: text, html: '', updatedAt: '2026-01-02T03:04:05.000Z' },
      },
    })),
  });
}

function summaryOf(repo: HubRepo, { num, title, status, isPullRequest, author }: Discussion): object {
  return {
    num,
    title,
    status,
    isPullRequest,
    author: { name: author, type: 'user' },
    createdAt: '2026-01-02T03:04:05.000Z',
    repo: { name: repo.id, type: repo.kind },
  };
}

/** 404 with the Hub's code for a revision that is not there. */
export function revisionNotFound(revision: string): Answer {
  const error = `Invalid rev id: ${revision}`;
  return {
    status: 404,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-error-code': 'RevisionNotFound',
      'x-error-message': error,
    },
    body: JSON.stringify({ error }),
  };
}
