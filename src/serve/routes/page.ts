import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TOOL } from '../../version.js';
import { modelOf } from '../asked-model.js';
import { heldBytes } from '../held-bytes.js';
import { OWN_FOLDERS } from '../own-addresses.js';
import { ownPageOnly } from '../own-page.js';
import { ASSETS, type PageFile, pageReader } from '../page-files.js';
import { ASSET_HEADERS, FILE_HEADERS, PAGE_HEADERS } from '../page-headers.js';
import { type NamedFile, namedModel, pathOf, resolvedFile } from '../path.js';
import { listedFile, shownFile } from '../repository-file.js';
import { noSuchAddress, ServeError } from '../serve-error.js';
import type { ServerParts } from '../server-parts.js';
import { summaries } from './models.js';

/** Bytes of files of repositories that are sent at a time. */
const MOST_HELD = 128 * 1024 * 1024;

/**
 * `/`, `/usage` and `/{id}` for people, `/_page/{file}`: what these load, `/{id}/resolve/main/{path}`: files of a repository. The page needs no
 * token, as it says nothing of the models; what it asks the server then does.
 */
export function addPage(app: FastifyInstance, parts: ServerParts): void {
  const page = pageReader(parts.settings.pageFolder);
  const hold = heldBytes(MOST_HELD);

  app.get('/', { config: { openTo: isPerson } }, async (request, reply) => {
    reply.header('vary', 'accept');
    return isPerson(request) ? sendDocument(request, reply, 200) : { tool: TOOL, models: summaries(parts) };
  });

  app.get('/usage', { config: { openTo: isPerson } }, async (request, reply) => {
    if (!isPerson(request)) throw noSuchAddress();
    return sendDocument(request, reply, 200);
  });

  app.get(`/${ASSETS}/*`, { config: { openTo: () => true } }, async (request, reply) => {
    const file = (await page())?.assets.get(pathOf(request.url));
    if (file === undefined) throw new ServeError(404, 'The page has no such file; load the page anew.');
    return sendPageFile(file, request, reply.headers(ASSET_HEADERS));
  });

  // Whoever has the pass of a model may read its files, and only that.
  const isOpen = (request: FastifyRequest) => {
    const named = resolvedFile(pathOf(request.url));
    return named === null ? isPerson(request) : parts.passes.opens(request, named.id);
  };
  app.get('/*', { config: { openTo: isOpen } }, async (request, reply) => {
    const path = pathOf(request.url);
    const named = resolvedFile(path);
    if (named !== null) return sendFile(request, reply, named);
    if (!isPerson(request)) throw noSuchAddress();
    const { id } = namedModel('models', path);
    // Who has no token is not told which models there are.
    const known = parts.catalog.has(id) || parts.settings.serveToken !== undefined;
    return sendDocument(request, reply, known ? 200 : 404);
  });

  // A model may be called as one of the folders of the server's own addresses.
  for (const id of OWN_FOLDERS) {
    app.get(`/${id}/resolve/main/*`, { config: { openTo: isOpen } }, async (request, reply) => {
      const named = resolvedFile(pathOf(request.url));
      if (named === null) throw noSuchAddress();
      return sendFile(request, reply, named);
    });
  }

  async function sendFile(request: FastifyRequest, reply: FastifyReply, { id, path }: NamedFile) {
    ownPageOnly(request, reply, parts.settings.serveToken);
    const model = modelOf(parts.catalog, id);
    const file = listedFile(model, path);
    hold(reply, file.size);
    const { mediaType, bytes } = await shownFile(model, file);
    return reply.headers(FILE_HEADERS).type(mediaType).send(Buffer.from(bytes));
  }

  async function sendDocument(request: FastifyRequest, reply: FastifyReply, status: number) {
    const built = await page();
    if (built === null) {
      return reply
        .code(503)
        .headers(PAGE_HEADERS)
        .type('text/plain; charset=utf-8')
        .send('The page is not built. Run: npm run page\n');
    }
    return sendPageFile(
      built.document,
      request,
      ownPageOnly(request, reply, parts.settings.serveToken).code(status).headers(PAGE_HEADERS),
    );
  }
}

/** Whether somebody looks at an address with a browser. */
function isPerson({ headers }: FastifyRequest): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '');
}

function sendPageFile(file: PageFile, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const zipped = /\bgzip\b/i.test(headers['accept-encoding'] ?? '');
  if (zipped) reply.header('content-encoding', 'gzip');
  return reply.type(file.mediaType).send(zipped ? file.gzipped : file.bytes);
}
