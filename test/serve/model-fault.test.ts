import { expect, it } from 'vitest';
import { asServeError } from '../../src/serve/model-fault.js';
import { WorkerError } from '../../src/serve/model-worker.js';

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
