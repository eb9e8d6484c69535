/** Why there is no answer. */
export type WorkerFault =
  /** The model or its input made the inference fail; the process lives. */
  | 'inference'
  /** The process ended by itself, or said what none should. */
  | 'ended'
  /** Put away for another model. */
  | 'memory'
  /** Put away because nobody asked. */
  | 'idle'
  /** Put away because its files were changed. */
  | 'changed'
  /** The server stops. */
  | 'closed'
  /** Nobody wanted the answer any more. */
  | 'left'
  | 'over-time'
  | 'over-memory';

/** An inference that failed, in words for the log: they may name paths of this machine. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';

  constructor(
    readonly fault: WorkerFault,
    message: string,
  ) {
    super(message);
  }
}

/** Why a process ends whose memory another model needs, or whose load is of no use. */
export function putAway(): WorkerError {
  return new WorkerError('memory', 'The model was put away.');
}

/** Why a process ends whose files are no longer what would be loaded now. */
export function filesChanged(): WorkerError {
  return new WorkerError('changed', 'The files of the model were changed.');
}

/** Why the processes of a server end that stops. */
export function serverClosed(): WorkerError {
  return new WorkerError('closed', 'The server stops.');
}
