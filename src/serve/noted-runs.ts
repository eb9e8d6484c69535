import type { ComputeType } from './compute-type.js';
import type { WorkerAnswer } from './model-worker.js';
import { faultFacts, type RequestFacts } from './request-facts.js';
import type { RunAnswer } from './shared-runs.js';
import type { StreamPart } from './token-stream.js';

type Note = (facts: RequestFacts) => void;

/** An answer, and what computed it. */
export interface Computed {
  readonly answer: WorkerAnswer;
  readonly computeType: ComputeType | 'cache';
  /** In milliseconds. */
  readonly computeMs: number;
}

/** Notes of a run what the owner of the server wants to know; `compute` is asked when there is an answer. */
export async function noted(
  run: Promise<RunAnswer>,
  compute: () => ComputeType,
  note: Note,
): Promise<Computed> {
  const began = performance.now();
  const { answer, cached, shared } = await run;
  if (cached) {
    note({ computeType: 'cache' });
    return { answer, computeType: 'cache', computeMs: 0 };
  }
  if (shared) note({ shared: true });
  const computeMs = answer.latencyMs;
  const computeType = compute();
  note({
    computeType,
    computeMs,
    queueMs: Math.max(0, performance.now() - began - computeMs),
    ...tokensOf(answer),
  });
  return { answer, computeType, computeMs };
}

/** The same of a stream: its tokens as they come, the rest when it ends. */
export async function* notedStream(
  parts: AsyncGenerator<StreamPart, void, undefined>,
  compute: () => ComputeType,
  note: Note,
): AsyncGenerator<StreamPart, void, undefined> {
  const began = performance.now();
  let counted = 0;
  try {
    for await (const part of parts) {
      if (part.kind === 'token') {
        counted++;
        note({ tokens: 1 });
      } else {
        const computeMs = part.answer.latencyMs;
        const { tokens = counted } = tokensOf(part.answer);
        note({
          computeType: compute(),
          computeMs,
          queueMs: Math.max(0, performance.now() - began - computeMs),
          tokens: tokens - counted,
        });
      }
      yield part;
    }
  } catch (error) {
    note(faultFacts(error));
    throw error;
  }
}

function tokensOf({ written }: WorkerAnswer): Pick<RequestFacts, 'tokens'> {
  return written.length === 0 ? {} : { tokens: written.reduce((sum, { tokens }) => sum + tokens, 0) };
}
