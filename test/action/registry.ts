import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A registry of packages on this machine, and what was asked of it. */
export interface Registry {
  readonly url: string;
  readonly requests: readonly string[];
  /** Answers with other bytes than the integrity says from now on. */
  readonly tamper: () => void;
  readonly close: () => Promise<void>;
}

const VERSION = '1.0.0';

/** A package whose install script would leave a file, as npm unpacks it. */
function tarball(name: string, text: string): Buffer {
  const manifest = {
    name,
    version: VERSION,
    scripts: { install: `node -e "require('fs').writeFileSync('script-ran', '')"` },
  };
  const files = { 'package/package.json': JSON.stringify(manifest), 'package/index.js': text };
  const parts = Object.entries(files).flatMap(([path, content]) => {
    const body = Buffer.from(content);
    return [header(path, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html (ustar) */
function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The lockfile entry of a package of the registry. */
export function integrity(name: string): string {
  return `sha512-${createHash('sha512').update(tarball(name, '')).digest('base64')}`;
}

/** Serves the packages at 127.0.0.1. */
export async function startRegistry(names: readonly string[]): Promise<Registry> {
  const requests: string[] = [];
  let text = '';
  let url = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const name = names.find((one) => path === `/${one}` || path === `/${one}.tgz`);
    if (name === undefined) response.writeHead(404).end('{}');
    else if (path.endsWith('.tgz')) response.end(tarball(name, text));
    else {
      const dist = { tarball: `${url}/${name}.tgz`, integrity: integrity(name) };
      const versions = { [VERSION]: { name, version: VERSION, dist } };
      response.end(JSON.stringify({ name, 'dist-tags': { latest: VERSION }, versions }));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The registry has no port');
  url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    requests,
    tamper: () => {
      text = 'tampered';
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
