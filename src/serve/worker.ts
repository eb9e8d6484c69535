/**
 * The process that a served model lives in: the one of smoke inferences, which loads one model, but answers until it is killed.
 * Whatever happens here, the server lives on.
 */

import { describeError } from '../smoke/describe-error.js';
import { fenceFiles } from '../smoke/fence.js';
import { linesOf } from '../smoke/lines.js';
import { secondsHeard } from '../smoke/runners/media.js';
import { openModel } from '../smoke/runners/open.js';
import type { OpenedModel } from '../smoke/runners/opened.js';
import { say, sayInTurn } from '../smoke/say.js';
import { leave, startWatchdog } from '../smoke/watchdog.js';
import { findTask } from '../tasks/index.js';
import type { Way } from '../tasks/task.js';
import type { AnsweredFile, Ask, ServeJob, Stop, WorkerMessage } from './worker-messages.js';

/** Serves the model that the first line on standard input names; settles when the parent closed it. */
export async function serveModel(parent: number): Promise<void> {
  const lines = linesOf(process.stdin);
  const first = await lines.next();
  // The parent died before it had a job.
  if (first.done) return leave();
  const { model: job } = JSON.parse(first.value) as ServeJob;
  const wayOf = (task: string) => findTask(task)?.ways[job.way];
  const way = wayOf(job.task);
  if (way === undefined) throw new Error(`No definition of ${job.task}.`);
  const open = await openModel(job, way);
  fenceFiles(job.root, job.fences, (error) =>
    say<WorkerMessage>({ type: 'failed', error: describeError(error) }),
  );
  startWatchdog(job.memoryLimitBytes, parent);
  const start = performance.now();
  const model = await open();
  const together = model.together === true;
  const onCpu = job.device === 'cpu' || model.onCpu === true;
  say<WorkerMessage>({ type: 'loaded', loadMs: performance.now() - start, together, onCpu });
  /** Those that nobody wants. */
  const stopped = new Set<number>();
  let busy: Promise<void> = Promise.resolve();
  // What comes is read while the model runs: the runtimes give way between tokens.
  for await (const line of lines) {
    const message = JSON.parse(line) as Ask | Stop;
    if ('stop' in message) stopped.add(message.stop);
    else {
      const run = () => answer(model, message, wayOf(message.inference.task), () => stopped.has(message.id));
      if (together) void run();
      else busy = busy.then(run);
    }
  }
  leave();
}

async function answer(
  model: OpenedModel,
  { id, inference, tokens }: Ask,
  way: Way | undefined,
  stopped: () => boolean,
): Promise<void> {
  try {
    if (way === undefined) throw new Error(`No definition of ${inference.task}.`);
    const start = performance.now();
    const before = secondsHeard();
    const {
      output,
      files = [],
      written = [],
      tokensRead = 0,
    } = await model.run(
      inference,
      {
        stopped,
        ...(tokens ? { token: (token) => say<WorkerMessage>({ type: 'token', id, token }) } : {}),
      },
      way,
    );
    const latencyMs = performance.now() - start;
    const made: AnsweredFile[] = [];
    for (const { name, mediaType: usual, types = [], encode } of files) {
      const mediaType = types.find((type) => type === inference.fileType) ?? usual;
      made.push({ name, mediaType, base64: Buffer.from(await encode(mediaType)).toString('base64') });
    }
    sayInTurn<WorkerMessage>({
      type: 'answer',
      id,
      latencyMs,
      heardSeconds: secondsHeard() - before,
      output,
      files: made,
      written,
      tokensRead,
    });
  } catch (error) {
    sayInTurn<WorkerMessage>({ type: 'no-answer', id, error: describeError(error) });
  }
}
