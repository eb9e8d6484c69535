import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Follows the connections of a server; the function closes those on which nothing came yet. Browsers open some ahead of need, and Node counts them as
 * busy: the end of the server would wait for them.
 */
export function silentConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}
