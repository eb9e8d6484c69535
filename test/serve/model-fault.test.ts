import { describe, expect, it } from 'vitest';
import { asServeError } from '../../src/serve/model-fault.js';
import { ServeError } from '../../src/serve/serve-error.js';
import { WorkerError, type WorkerFault } from '../../src/serve/worker-error.js';

it.each([
  ["ENOENT: no such file, open '/home/Anna Smith/models/x.onnx'", "ENOENT: no such file, open '…'"],
  ['Load model from /srv/models/x.onnx failed: bad', 'Load model from … failed: bad'],
  ['Load model from /model.onnx failed', 'Load model from … failed'],
  ['Cannot read C:\\models\\x.onnx, sorry', 'Cannot read …, sorry'],
  ['at file:///srv/app/worker.js:3:1', 'at …:3:1'],
  ['inputs and/or masks: 3 / 4\n    at run (/srv/app/worker.js:3:1)', 'inputs and/or masks: 3 / 4'],
])('an inference that failed with %j names no path', (message, told) => {
  const { message: given } = asServeError(new WorkerError('inference', message), 'model') as Error;
  expect(given).toBe(`The model cannot answer this: ${told}`);
});

describe('what is told of an inference whose process failed by', () => {
  const ENDED = 'The process of a-model ended. It starts anew with the next request.';
  const TOLD: Readonly<Record<WorkerFault, readonly [number, string]>> = {
    inference: [400, 'The model cannot answer this: open … failed'],
    left: [499, 'The client went away.'],
    'over-time': [
      504,
      'a-model took too long, and was stopped. Ask for less at a time, or start the server with a longer --timeout.',
    ],
    'over-memory': [
      500,
      'a-model took more memory than it may. Its process was stopped, and starts anew with the next request.',
    ],
    ended: [500, ENDED],
    memory: [500, ENDED],
    idle: [500, ENDED],
    changed: [500, ENDED],
    closed: [503, 'The server stops.'],
  };

  it.each(Object.entries(TOLD))('%s', (fault, [status, message]) => {
    const error = asServeError(new WorkerError(fault as WorkerFault, 'open /srv/x failed'), 'a-model');
    expect(error).toBeInstanceOf(ServeError);
    expect(error).toMatchObject({ status, message });
  });

  it('its input, which was too long for the runtime', () => {
    const error = asServeError(new WorkerError('inference', 'Maximum call stack size exceeded'), 'a-model');
    expect(error).toMatchObject({ status: 400, message: expect.stringContaining('Shorten it') });
  });

  it('nothing that is known here, which stays as it is', () => {
    const error = new Error('Not of a model');
    expect(asServeError(error, 'a-model')).toBe(error);
  });
});
