import { ServeError, serverStops } from './serve-error.js';
import { WorkerError } from './worker-error.js';

/** What is told of a model that was not loaded: nothing of this machine. */
export function notLoaded({ message }: WorkerError, id: string, closed: boolean): ServeError {
  return closed ? serverStops() : new ServeError(500, `${id} cannot be loaded: ${withoutPaths(message)}`);
}

/** What a client is told of an inference that failed: nothing of this machine. */
export function asServeError(error: unknown, id: string): unknown {
  if (!(error instanceof WorkerError)) return error;
  switch (error.fault) {
    case 'inference':
      // Runtimes hand tokens over as arguments, of which there can only be so many.
      if (/Maximum call stack size exceeded/.test(error.message)) {
        return new ServeError(
          400,
          'The model cannot answer this: the input is too long for its runtime. Shorten it.',
        );
      }
      return new ServeError(400, `The model cannot answer this: ${withoutPaths(error.message)}`);
    case 'left':
      return new ServeError(499, 'The client went away.');
    case 'over-time':
      return new ServeError(
        504,
        `${id} took too long, and was stopped. Ask for less at a time, or start the server with a longer --timeout.`,
      );
    case 'over-memory':
      return new ServeError(
        500,
        `${id} took more memory than it may. Its process was stopped, and starts anew with the next request.`,
      );
    case 'ended':
    case 'memory':
    case 'idle':
    case 'changed':
      return new ServeError(500, `The process of ${id} ended. It starts anew with the next request.`);
    case 'closed':
      // Nothing starts anew here.
      return serverStops();
  }
}

/** A message of a runtime without the paths in it. */
function withoutPaths(message: string): string {
  const [line = ''] = message.split('\n');
  return (
    line
      // In quotes a path may hold spaces.
      .replace(/(['"`])(?:file:\/\/)?(?:[A-Za-z]:)?[\\/][^'"`]*\1/g, '$1…$1')
      .replace(/(?<![\w.])(?:file:\/\/)?(?:[A-Za-z]:)?[\\/][^\s'"`:,;()]+/g, '…')
      .slice(0, 500)
  );
}
