import type {
  LlamaSession,
  Media,
  OnnxSession,
  Processor,
  Tokenizer,
  TransformersSession,
} from '../../src/smoke/session.js';
import type { Answer, Inference, ModelFacts, Task } from '../../src/tasks/task.js';

function missing(what: string): never {
  throw new Error(`The test gave no ${what}.`);
}

const media: Media = {
  picture: () => missing('picture'),
  sound: () => missing('sound'),
  video: () => missing('video'),
  png: () => missing('png'),
  jpeg: () => missing('jpeg'),
  webp: () => missing('webp'),
  wav: () => missing('wav'),
  flac: () => missing('flac'),
};

/** Media of which only sounds work: one second of a tone of 440 Hz, whatever the source, and WAV files that are empty. */
export function sounds(): Media {
  return {
    ...media,
    sound: async (_, sampleRate) => ({ samples: tone(sampleRate), sampleRate }),
    wav: async () => new Uint8Array(),
  };
}

/** One second of a tone of 440 Hz. */
export function tone(sampleRate: number): Float32Array {
  return Float32Array.from(
    { length: sampleRate },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * 440 * index) / sampleRate),
  );
}

/** A transformers.js session of which only the parts given work. */
export function transformersSession(parts: Partial<TransformersSession> = {}): TransformersSession {
  return {
    runner: 'transformers',
    config: {},
    inputs: [],
    json: {},
    media,
    call: () => missing('pipeline'),
    model: () => missing('model'),
    generationConfig: {},
    generate: () => missing('generation'),
    get tokenizer(): Tokenizer {
      return missing('tokenizer');
    },
    get processor(): Processor {
      return missing('processor');
    },
    toPicture: () => missing('picture'),
    ...parts,
  };
}

/** A session of bare graphs of which only the parts given work. */
export function onnxSession(parts: Partial<OnnxSession> = {}): OnnxSession {
  return {
    runner: 'onnx',
    config: null,
    inputs: [],
    outputs: [],
    run: () => missing('graph'),
    graphs: {},
    json: {},
    media,
    get tokenizer(): Tokenizer {
      return missing('tokenizer');
    },
    get processor(): Processor {
      return missing('processor');
    },
    ...parts,
  };
}

/** What is known of a model, nothing but the parts given. */
export function modelFacts(parts: Partial<ModelFacts> = {}): ModelFacts {
  return { config: null, graph: null, graphs: {}, json: {}, ...parts };
}

/** Runs a task on a session, the way that fits the session's runner. */
export function runOn<Input, Facts>(
  task: Task<Input, Facts>,
  session: TransformersSession | OnnxSession | LlamaSession,
  inference: Inference<Input>,
): Promise<Answer<Facts>> {
  for (const way of task.ways) {
    if (way.runner === 'transformers' && session.runner === 'transformers')
      return way.run(session, inference);
    if (way.runner === 'onnx' && session.runner === 'onnx') return way.run(session, inference);
    if (way.runner === 'llama' && session.runner === 'llama') return way.run(session, inference);
  }
  throw new Error(`${task.tag} does not run on ${session.runner}.`);
}
