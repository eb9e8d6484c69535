import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './fixture.js';

it('takes the network away, whichever way it is asked for', () => {
  const script = join(temporaryFolder(), 'try.mts');
  const guard = pathToFileURL(join(process.cwd(), 'src/smoke/network.ts')).href;
  writeFileSync(
    script,
    `import dgram from 'node:dgram';
     import dns, { lookup } from 'node:dns';
     import { resolve4 } from 'node:dns/promises';
     import http from 'node:http';
     import https from 'node:https';
     import http2 from 'node:http2';
     import net, { connect } from 'node:net';
     import tls from 'node:tls';
     const { blockNetwork } = await import(${JSON.stringify(guard)});
     blockNetwork();
     const ways = {
       fetch: () => fetch('http://127.0.0.1:9'),
       net: () => net.connect(9, '127.0.0.1'),
       'imported net': () => connect(9, '127.0.0.1'),
       socket: () => new net.Socket().connect(9, '127.0.0.1'),
       pipe: () => new net.Socket().connect('/var/run/docker.sock'),
       tls: () => tls.connect(9, '127.0.0.1'),
       http: () => new Promise((_, reject) => http.get('http://127.0.0.1:9').on('error', reject)),
       https: () => new Promise((_, reject) => https.get('https://127.0.0.1:9').on('error', reject)),
       http2: () => new Promise((_, reject) => http2.connect('http://127.0.0.1:9').on('error', reject)),
       lookup: () => lookup('localhost', () => undefined),
       dns: () => dns.resolve('localhost', () => undefined),
       'dns promises': () => resolve4('localhost'),
       udp: () => dgram.createSocket('udp4'),
       WebSocket: () => typeof WebSocket === 'undefined' ? Promise.reject({ name: 'NetworkBlockedError' }) : new WebSocket('ws://127.0.0.1:9'),
     };
     const results = {};
     for (const [name, way] of Object.entries(ways)) {
       results[name] = await Promise.resolve().then(way).then(() => 'open', (error) => error.cause?.name ?? error.name);
     }
     console.log(JSON.stringify(results));
     process.exit(0);`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stdout, stderr).not.toBe('');
  const results = JSON.parse(stdout) as Record<string, string>;
  for (const [way, result] of Object.entries(results)) expect(result, way).toBe('NetworkBlockedError');
  expect(Object.keys(results)).toHaveLength(14);
});
