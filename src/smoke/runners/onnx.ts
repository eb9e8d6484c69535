import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Task } from '../../tasks/task.js';
import type { InferenceJob } from '../protocol.js';
import type { GraphValue, OnnxSession, TensorType, TensorView } from '../session.js';
import { type OpenedModel, summarize } from './opened.js';
import { loadOnnxRuntime, readPlacement, sessionOptions } from './runtime.js';

/**
 * Prepares a bare graph on onnxruntime-node. Resolves when the runtime is imported, to a function that loads the graph;
 * both throw what the runtime throws.
 */
export async function openOnnx(job: InferenceJob, task: Task): Promise<() => Promise<OpenedModel>> {
  const ort = loadOnnxRuntime();
  const way = task.runs.onnx;
  if (way === undefined) throw new Error(`${task.tag} does not run on a bare graph.`);

  return async () => {
    const session = await ort.InferenceSession.create(join(job.root, job.model), sessionOptions(job.device));
    const outputs = session.outputMetadata.map(graphValue);
    // Asking for an output that is no tensor makes the run fail.
    const wanted = outputs.filter(({ type }) => type !== null).map(({ name }) => name);
    let last: Readonly<Record<string, TensorView>> = {};
    const opened: OnnxSession = {
      runner: 'onnx',
      config: job.config,
      inputs: session.inputMetadata.map(graphValue),
      outputs,
      async run(feeds) {
        const tensors = Object.fromEntries(
          Object.entries(feeds).map(([name, view]) => [name, toTensor(ort.Tensor, view)]),
        );
        last = viewsOf(await session.run(tensors, wanted));
        return last;
      },
    };
    return {
      run: (inference) => way.run(opened, inference),
      summaries: () => summarize(last),
      placement() {
        session.endProfiling();
        return readPlacement();
      },
    };
  };
}

/** Tensors of the runtime as plain views. */
export function viewsOf(tensors: Readonly<Record<string, Tensor>>): Readonly<Record<string, TensorView>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, dims, data }]) => [
      name,
      { type: type as TensorType, dims, data: data as TensorView['data'] },
    ]),
  );
}

function graphValue(value: InferenceSession.ValueMetadata): GraphValue {
  return value.isTensor
    ? { name: value.name, type: value.type as TensorType, shape: value.shape }
    : { name: value.name, type: null, shape: null };
}

function toTensor(TensorClass: typeof Tensor, { type, dims, data }: TensorView): Tensor {
  return new TensorClass(type as 'float32', data as Float32Array, dims);
}
