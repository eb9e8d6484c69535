import { ARCHITECTURES } from './tables/architectures.generated.js';

/** What is known of a class name in config.json `architectures`. */
export interface Architecture {
  /**
   * The task transformers publishes the class under; null for a class without a task (a backbone, say). Not every
   * one is a pipeline tag of the Hub: `pretraining`, or `text2text-generation` (retired).
   */
  readonly task: string | null;
  /** Whether the task stands in the published table, or is what the pipeline registry loads the class with. */
  readonly from: 'table' | 'registry';
}

/** Looks a class name up among the nearly 2,000 of transformers (PyTorch, TensorFlow and Flax). */
export function architecture(className: string): Architecture | undefined {
  if (!/^\w{1,100}$/.test(className)) return undefined;
  const found = ARCHITECTURES.indexOf(` ${className} `);
  if (found === -1) return undefined;
  const lineStart = ARCHITECTURES.lastIndexOf('\n', found) + 1;
  const label = ARCHITECTURES.slice(lineStart, ARCHITECTURES.indexOf(' ', lineStart));
  if (label === 'none') return { task: null, from: 'table' };
  return label.endsWith('?')
    ? { task: label.slice(0, -1), from: 'registry' }
    : { task: label, from: 'table' };
}

/** Ends of class names for a head that does one task and no other. */
const HEAD =
  /For(?:SequenceClassification|TokenClassification|QuestionAnswering(?:Simple)?|MaskedLM|ImageClassification\w*|ObjectDetection|AudioClassification|CTC|SemanticSegmentation|DepthEstimation|VideoClassification)$/;

/** The task of a class whose head does one task only; undefined for generative classes, backbones and unknown ones. */
export function headTask(className: string): string | undefined {
  return className.length <= 100 && HEAD.test(className)
    ? (architecture(className)?.task ?? undefined)
    : undefined;
}
