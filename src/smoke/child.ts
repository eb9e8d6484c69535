/**
 * The child process of a smoke inference. It loads one model, runs it, and tells the parent each step on file descriptor 3.
 * Whatever happens here, to the memory, the thread or the whole process, the parent lives on.
 */
import { readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { findTask } from '../tasks/index.js';
import type { Answer, Inference, MadeFile } from '../tasks/task.js';
import { describeError } from './describe-error.js';
import { fenceFiles } from './fence.js';
import { lookForNonFinite } from './finite.js';
import { finiteCheck } from './finite-check.js';
import { parseJsonFile } from './json.js';
import { blockNetwork } from './network.js';
import { addOnDevice } from './probe.js';
import type { AnswerRole, InferenceJob, Job, Message, ProbeJob } from './protocol.js';
import { MAX_MESSAGE_BYTES, MAX_REPEATS, SERVE_FLAG } from './protocol.js';
import { builtTokenizer } from './runners/built-tokenizer.js';
import { importRuntime, openModel } from './runners/open.js';
import type { OpenedModel } from './runners/opened.js';
import { RuntimeMissingError } from './runners/runtime.js';
import { pause, say, wouldBlock } from './say.js';
import { checkVocabulary } from './vocabulary.js';
import { dieFirst, leave, startWatchdog } from './watchdog.js';

/** Keeps what was compiled for the next run (compiled.ts); absent when it is kept already, and where this runs from source. */
declare const keepCompiled: (() => void) | null | undefined;

/** The parent at the start: when another process takes its place, it is gone. */
const parent = process.ppid;

/** For how long the first case is begun once more, in milliseconds. */
const REPEAT_MS = 25;

/** For how long the numbers of weights are looked at, in milliseconds: a gigabyte or so. */
const LOOK_MS = 1000;

/** How far the job has come, for errors that reach nobody’s `catch`. */
let stage: 'setup' | 'load' | 'run' = 'setup';

// A promise that a runtime forgot, or an error in one of its callbacks, would end the process without a word.
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error) => say({ type: 'failed', stage, error: describeError(error) }));
}

// No `await` here: the child is bundled as CommonJS, which starts sooner and has none at the top.
void main();

async function main(): Promise<void> {
  try {
    blockNetwork();
    dieFirst();
    say({ type: 'stage', stage: 'setup' });
    // The parent still plans, and guesses what the job will need.
    await importRuntime(process.argv[2]);
    if (process.argv.includes(SERVE_FLAG)) {
      const { serveModel } = await import('../serve/worker.js');
      return await serveModel(parent);
    }
    const text = readStandardInput();
    // The parent died before it had a job; there is nobody to tell it to.
    if (text === '') return leave();
    const job = JSON.parse(text) as Job;
    await (job.kind === 'probe' ? probe(job) : infer(job));
  } catch (error) {
    say({ type: 'failed', stage: 'setup', error: describeError(error) });
  }
  // The parent kills the process; ending it any earlier would only cost the time that native libraries take to unload.
}

/** Waits for the end of standard input, also where a runtime that looked at it has made it one that does not block. */
function readStandardInput(): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    try {
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks).toString('utf8');
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      if (!wouldBlock(error)) throw error;
      pause();
    }
  }
}

async function probe({ device, memoryLimitBytes }: ProbeJob): Promise<void> {
  startWatchdog(memoryLimitBytes, parent);
  try {
    say({ type: 'placement', nodes: await addOnDevice(device) });
    done();
  } catch (error) {
    say({
      type: 'failed',
      stage: error instanceof RuntimeMissingError ? 'setup' : 'load',
      error: describeError(error),
    });
  }
}

async function infer(job: InferenceJob): Promise<void> {
  const task = findTask(job.task);
  const way = task?.ways[job.way];
  if (task === undefined || way === undefined) throw new Error(`No definition of ${job.task}.`);
  const open = await openModel(job, way);
  fenceFiles(job.root, job.fences, (error) => say({ type: 'failed', stage, error: describeError(error) }));
  // Before anything of the model is loaded: from then on the time is measured, and what this process writes is not to be trusted.
  if (typeof keepCompiled === 'function') keepCompiled();
  // From here on native code may block this thread.
  startWatchdog(job.memoryLimitBytes, parent);
  stage = 'load';
  say({ type: 'stage', stage });
  let model: OpenedModel;
  try {
    checkFiles(job);
    const start = performance.now();
    model = await open();
    say({ type: 'loaded', loadMs: performance.now() - start });
    stage = 'run';
  } catch (error) {
    say({ type: 'failed', stage: 'load', error: describeError(error) });
    return;
  }

  const answers: Answer[] = [];
  let placed = job.device === 'cpu';
  const answer = async (role: AnswerRole, index: number, inference: Inference): Promise<boolean> => {
    say({ type: 'running', role, index });
    const start = performance.now();
    let message: Message;
    try {
      const { output, facts, files = [] } = await model.run(inference);
      const latencyMs = performance.now() - start;
      if (role !== 'repeat') answers.push({ output, facts });
      if (role === 'case' && job.wantFiles) await sayFiles(files, index);
      message = { type: 'answer', role, index, latencyMs, output, facts, tensors: model.summaries() };
    } catch (error) {
      message = { type: 'no-answer', role, index, error: describeError(error) };
    }
    sayAnswer(message, role, index);
    if (!placed && message.type === 'answer') {
      placed = true;
      say({ type: 'placement', nodes: model.placement() });
    }
    return message.type === 'answer';
  };

  const answered: Inference[] = [];
  for (const [index, inference] of job.cases.entries()) {
    if (await answer('case', index, inference)) answered.push(inference);
  }
  const varied =
    new Set(answers.flatMap((one) => task.vectors(one).map((vector) => JSON.stringify(vector)))).size > 1 &&
    (task.sameAnswer?.(answers) ?? null) === null;
  const [again] = answered;
  if (again !== undefined) {
    // Once for the same answer; the quick ones more often, for a median of their times.
    const start = performance.now();
    for (let runs = 0; runs < MAX_REPEATS && (runs === 0 || performance.now() - start < REPEAT_MS); runs++) {
      // What the card shows plays no part in it, and must not in its time.
      const { input, parameters } = again;
      if (!(await answer('repeat', job.cases.indexOf(again), { input, parameters }))) break;
    }
    if (!varied)
      for (const [index, inference] of job.probes.entries()) await answer('probe', index, inference);
  }
  done();
}

/** Checks the numbers of weights, and the tokenizer’s files, which may be too large for the parent to parse. Throws `BrokenJsonError` and `BrokenTokenizerError`. */
function checkFiles(job: InferenceJob): void {
  const { root, json, tokenRows } = job;
  if (job.built !== undefined && job.built.numbers.length > 0) {
    const { numbers, fits } = job.built;
    say({ type: 'check', check: finiteCheck(fits, lookForNonFinite(root, numbers, LOOK_MS)) });
  }
  const built = builtTokenizer(job);
  if (built !== null) {
    for (const check of checkVocabulary(built.json, tokenRows, 'The tokenizer'))
      say({ type: 'check', check });
  }
  for (const path of json) {
    const value = parseJsonFile(path, readFileSync(join(root, path), 'utf8'));
    if (path !== 'tokenizer.json') continue;
    for (const check of checkVocabulary(value, tokenRows)) say({ type: 'check', check });
  }
}

/** Encodes and hands over the pictures and sounds of an answer. */
async function sayFiles(files: readonly MadeFile[], index: number): Promise<void> {
  for (const { name, mediaType, encode } of files) {
    const base64 = Buffer.from(await encode()).toString('base64');
    try {
      say({ type: 'file', index, name, mediaType, base64 });
    } catch (error) {
      // A file that is too long is left out; the answer still names it.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

function sayAnswer(message: Message, role: AnswerRole, index: number): void {
  try {
    say(message);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say({
      type: 'no-answer',
      role,
      index,
      error: { name: 'TooLarge', message: `The answer is larger than ${MAX_MESSAGE_BYTES} bytes.` },
    });
  }
}

function done(): void {
  say({ type: 'done', peakRssBytes: process.resourceUsage().maxRSS * 1024 });
}
