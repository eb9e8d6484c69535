import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** What a library gets that tries to reach the network during a smoke inference. */
class NetworkBlockedError extends Error {
  override readonly name = 'NetworkBlockedError';

  constructor() {
    super('A smoke inference may not use the network.');
  }
}

/**
 * Takes the network away from the JavaScript of this process: sockets, datagrams, name look-ups and fetch throw
 * `NetworkBlockedError`. http, https, tls and http2 all connect through `net`. Native code is not covered:
 * onnxruntime’s telemetry is turned off by the environment of the process (sandbox.ts), and it opens no other connections.
 */
export function blockNetwork(): void {
  // No arrow function: some of what it replaces is called with `new`.
  function refuse(): never {
    throw new NetworkBlockedError();
  }
  net.Socket.prototype.connect = refuse;
  net.connect = refuse;
  net.createConnection = refuse;
  dgram.createSocket = refuse;
  const lookups: Record<string, unknown> = dns as unknown as Record<string, unknown>;
  const promises = dns.promises as unknown as Record<string, unknown>;
  for (const target of [lookups, promises]) {
    for (const name of Object.keys(target)) {
      if (/^(?:lookup|resolve|reverse)/.test(name)) target[name] = refuse;
    }
  }
  globalThis.fetch = async () => refuse();
  for (const name of ['WebSocket', 'EventSource', 'XMLHttpRequest']) {
    if (name in globalThis) Object.defineProperty(globalThis, name, { value: refuse, writable: false });
  }
  syncBuiltinESMExports();
}
