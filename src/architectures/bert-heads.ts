import { preview } from '../preview.js';
import type { Head } from './architecture.js';
import type { ModelConfig } from './config.js';
import { byText } from './encoder.js';
import { labelCount } from './labels.js';
import { activate, type Building, layerNorm, linear } from './layers.js';
import { Contradiction, missingTensor, Unsupported } from './refusal.js';
import { storedName, type Weights } from './weights.js';

/** What a head must know of the encoder that it is put on. */
interface EncodedShape {
  /** `model_type`. */
  readonly type: string;
  readonly vocabulary: number;
  /** Width of the embeddings. */
  readonly embedded: number;
  readonly width: number;
  readonly activation: string;
  readonly epsilon: number;
  /** The activation of the layer before the labels, where config.json tells it. */
  readonly pooled?: string;
}

/** An encoder that a head is put on. */
export interface Encoded {
  readonly building: Building;
  readonly config: ModelConfig;
  readonly shape: EncodedShape;
  /** What the names of the encoder’s tensors begin with. */
  readonly base: string;
  /** The last hidden states, rows of tokens × width. */
  readonly states: string;
  readonly batch: string;
  readonly length: string;
}

const HEADS: Readonly<Partial<Record<Head, (encoded: Encoded) => void>>> = {
  Model: hiddenStates,
  ForSequenceClassification: sequenceClassification,
  ForTokenClassification: tokenClassification,
  ForQuestionAnswering: questionAnswering,
  ForMaskedLM: maskedLanguageModel,
};

const TEXT = ['batch_size', 'sequence_length'] as const;

/** Throws `Unsupported` for a class that no graph is built of, `Contradiction` for one with another head. */
export function expectHead(
  className: string,
  { className: family }: { readonly className: string },
  head: Head,
): void {
  const kind = className.startsWith(family) ? className.slice(family.length) : '';
  if (!Object.hasOwn(HEADS, kind)) throw new Unsupported(`its class is ${preview(className)}`);
  if (head === 'Model' || kind === head) return;
  throw new Contradiction(`config.json names the class ${className}, and the task needs ${family}${head}`);
}

/** Puts a head on the encoder and declares its outputs. Throws `Contradiction` for weights that do not fit. */
export function addHead(head: Head, encoded: Encoded): void {
  HEADS[head]?.(encoded);
}

/** The state of the first token of each text. */
function first(encoded: Encoded): string {
  const { graph } = encoded.building;
  const { width } = encoded.shape;
  return graph.node('Gather', [byText(encoded.building, encoded, encoded.states, width), graph.integers(0)], {
    axis: 1,
  });
}

function labels({ config, building: { weights } }: Encoded, layer: string): number {
  return labelCount(config, weights, layer);
}

function hiddenStates(encoded: Encoded): void {
  const { building, states, shape } = encoded;
  const output = byText(encoded.building, encoded, states, shape.width);
  building.graph.output('last_hidden_state', 'float32', [...TEXT, shape.width], output);
  // Heads of the model that it was trained as.
  building.weights.leaveOut(
    /(?:^|\.)pooler\.dense\.|^(?:classifier|pre_classifier|qa_outputs|cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector|discriminator_predictions|generator_predictions|generator_lm_head)\./,
  );
}

function sequenceClassification(encoded: Encoded): void {
  const { building, shape, base } = encoded;
  const { width, type } = shape;
  const state = first(encoded);
  const dense = (name: string, activation: string) =>
    activate(building, linear(building, state, name, width, width), activation);
  let logits: string;
  let count: number;
  const pooler = poolerOf(shape, base);
  if (pooler !== null) {
    count = labels(encoded, 'classifier');
    logits = linear(building, dense(...pooler), 'classifier', count, width);
  } else {
    count = labels(encoded, 'classifier.out_proj');
    const hidden = dense('classifier.dense', type === 'electra' ? 'gelu' : 'tanh');
    logits = linear(building, hidden, 'classifier.out_proj', count, width);
    building.weights.leaveOut(/^(?:roberta|mpnet)\.pooler\./);
  }
  building.graph.output('logits', 'float32', ['batch_size', count], logits);
}

/** The layer before the labels and its activation, where it belongs to the encoder or has its name. */
function poolerOf({ type, pooled = 'gelu' }: EncodedShape, base: string): readonly [string, string] | null {
  switch (type) {
    case 'bert':
      return [`${base}pooler.dense`, 'tanh'];
    case 'albert':
      return [`${base}pooler`, 'tanh'];
    case 'distilbert':
      return ['pre_classifier', 'relu'];
    case 'deberta':
    case 'deberta-v2':
      return ['pooler.dense', pooled];
    default:
      return null;
  }
}

function tokenClassification(encoded: Encoded): void {
  const { building, states, shape } = encoded;
  const count = labels(encoded, 'classifier');
  const logits = byText(
    encoded.building,
    encoded,
    linear(building, states, 'classifier', count, shape.width),
    count,
  );
  building.graph.output('logits', 'float32', [...TEXT, count], logits);
  building.weights.leaveOut(/\.pooler\.dense\./);
}

function questionAnswering(encoded: Encoded): void {
  const { building, states, shape } = encoded;
  const { graph, weights } = building;
  const both = byText(encoded.building, encoded, linear(building, states, 'qa_outputs', 2, shape.width), 2);
  for (const [index, name] of ['start_logits', 'end_logits'].entries()) {
    graph.output(name, 'float32', TEXT, graph.node('Gather', [both, graph.integers(index)], { axis: 2 }));
  }
  weights.leaveOut(/\.pooler\.dense\./);
}

/** Where a model type keeps what makes tokens of states. */
interface VocabularyHead {
  readonly dense: string;
  readonly norm: string;
  /** The table of tokens; absent where it is that of the embeddings. */
  readonly decoder: string;
  /** Names that the bias of the tokens may have. */
  readonly biases: readonly [string, ...string[]];
  /** The activation; that of the encoder when absent. */
  readonly activation?: string;
}

const LM_HEAD: VocabularyHead = {
  dense: 'lm_head.dense',
  norm: 'lm_head.layer_norm',
  decoder: 'lm_head.decoder',
  biases: ['lm_head.bias', 'lm_head.decoder.bias'],
  activation: 'gelu',
};

const CLS: VocabularyHead = {
  dense: 'cls.predictions.transform.dense',
  norm: 'cls.predictions.transform.LayerNorm',
  decoder: 'cls.predictions.decoder',
  biases: ['cls.predictions.bias', 'cls.predictions.decoder.bias'],
};

const VOCABULARY_HEADS: Readonly<Record<string, VocabularyHead>> = {
  bert: CLS,
  deberta: CLS,
  'deberta-v2': CLS,
  albert: {
    dense: 'predictions.dense',
    norm: 'predictions.LayerNorm',
    decoder: 'predictions.decoder',
    biases: ['predictions.bias', 'predictions.decoder.bias'],
  },
  distilbert: {
    dense: 'vocab_transform',
    norm: 'vocab_layer_norm',
    decoder: 'vocab_projector',
    biases: ['vocab_projector.bias'],
  },
  electra: {
    dense: 'generator_predictions.dense',
    norm: 'generator_predictions.LayerNorm',
    decoder: 'generator_lm_head',
    biases: ['generator_lm_head.bias'],
    activation: 'gelu',
  },
};

function vocabularyHead(type: string): VocabularyHead {
  return Object.hasOwn(VOCABULARY_HEADS, type) ? (VOCABULARY_HEADS[type] ?? LM_HEAD) : LM_HEAD;
}

/** Where the table of words is stored: with the embeddings, or only as that of the head, which is tied to it. */
export function wordTable(weights: Weights, base: string, type: string, head: Head): string {
  const own = `${base}embeddings.word_embeddings.weight`;
  return head === 'ForMaskedLM' ? storedName(weights, [own, `${vocabularyHead(type).decoder}.weight`]) : own;
}

function maskedLanguageModel(encoded: Encoded): void {
  const { building, states, shape, base } = encoded;
  const { graph, weights } = building;
  const { vocabulary, embedded, width, type } = shape;
  const names = vocabularyHead(type);
  const dense = activate(
    building,
    linear(building, states, names.dense, embedded, width),
    names.activation ?? shape.activation,
  );
  const state = layerNorm(building, dense, names.norm, embedded, shape.epsilon);
  // As release 5 of transformers has it, which keeps a table of the head’s own where its numbers differ; releases before tie and forget it.
  const own = `${names.decoder}.weight`;
  const table = weights.has(own) ? own : `${base}embeddings.word_embeddings.weight`;
  const bias = names.biases.find((name) => weights.has(name));
  if (bias === undefined) throw missingTensor(names.biases[0]);
  const logits = graph.node(
    'Gemm',
    [state, weights.take(table, [vocabulary, embedded]), weights.take(bias, [vocabulary])],
    { transB: 1 },
  );
  graph.output(
    'logits',
    'float32',
    [...TEXT, vocabulary],
    byText(encoded.building, encoded, logits, vocabulary),
  );
  // The bias is often stored under both of its names.
  for (const name of names.biases) weights.leaveOut(new RegExp(`^${name.replaceAll('.', '\\.')}$`));
  weights.leaveOut(/\.pooler\.dense\.|^cls\.seq_relationship\.|^discriminator_predictions\./);
}
