import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes answers whose connection is gone while they wait for the one before them on it (pipelining); Node closes only that one. All that is kept for a
 * request, such as the room of its body, is given back when its answer closes. The function is to be called with each request when it comes.
 */
export function queuedAnswers(): (request: IncomingMessage, answer: ServerResponse) => void {
  /** Those that are not closed, by connection. */
  const open = new WeakMap<Socket, Set<ServerResponse>>();

  const answersOf = (socket: Socket): Set<ServerResponse> => {
    const known = open.get(socket);
    if (known !== undefined) return known;
    const answers = new Set<ServerResponse>();
    open.set(socket, answers);
    socket.once('close', () => {
      for (const answer of answers) {
        // One whose turn it is has the connection, and hears of its end.
        if (answer.socket !== null) continue;
        answer.destroy();
        answer.emit('close');
      }
    });
    return answers;
  };

  return ({ socket }, answer) => {
    const answers = answersOf(socket);
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  };
}
