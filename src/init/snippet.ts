import { architecture } from '../hub/architectures.js';
import { defaultInputs } from '../hub/default-inputs.js';
import { REPO_ID } from '../hub/repo-id.js';
import { TABLES } from '../hub/tables.js';
import { isMapping, own } from '../mapping.js';
import type { Sources } from './sources.js';

/** Code that loads the model, in the language of its fence. */
export interface Snippet {
  readonly language: 'python' | 'js' | 'sh';
  readonly code: string;
}

/** What the snippet rests on: the card's own words. */
export interface Card {
  readonly library: string | undefined;
  readonly task: string | undefined;
  readonly baseModel: string | undefined;
}

/** Pipelines that transformers 5 no longer has (REMOVED_IN_V5_TRANSFORMERS_PIPELINES of @huggingface/tasks). */
const NOT_IN_5: ReadonlySet<string> = new Set(['image-to-text', 'summarization', 'translation']);

/** The class a peft adapter's base model is loaded with, by `task_type`. */
const PEFT: Readonly<Record<string, string>> = {
  CAUSAL_LM: 'CausalLM',
  SEQ_2_SEQ_LM: 'Seq2SeqLM',
  TOKEN_CLS: 'TokenClassification',
  SEQ_CLS: 'SequenceClassification',
};

/**
 * How to load and run the model, after the snippets the Hub shows (model-libraries-snippets.ts of @huggingface/tasks);
 * undefined for a library without one here.
 */
export function snippetOf(sources: Sources, card: Card): Snippet | undefined {
  const id = JSON.stringify(modelId(sources));
  switch (card.library) {
    case 'transformers':
      return python(transformers(sources, card, id));
    case 'transformers.js':
      return transformersJs(card, id);
    case 'sentence-transformers':
      return python(
        card.task === 'text-ranking' || card.task === 'text-classification'
          ? [
              'from sentence_transformers import CrossEncoder',
              '',
              `model = CrossEncoder(${id})`,
              'scores = model.predict([("Which planet is red?", "Mars is the red planet."), ("Which planet is red?", "Venus is hot.")])',
              'print(scores)',
            ]
          : [
              'from sentence_transformers import SentenceTransformer',
              '',
              `model = SentenceTransformer(${id})`,
              'embeddings = model.encode(["It is a sunny day.", "The sun is shining.", "He drove to the station."])',
              'print(model.similarity(embeddings, embeddings))',
            ],
      );
    case 'diffusers':
      return sources.modelIndex !== null ? python(diffusers(card, id)) : undefined;
    case 'peft':
      return peft(sources, card, id);
    case 'timm':
      return python([
        'import timm',
        '',
        `model = timm.create_model(${JSON.stringify(`hf_hub:${modelId(sources)}`)}, pretrained=True)`,
      ]);
    case 'gguf':
      return card.task === 'text-generation' || card.task === 'image-text-to-text'
        ? { language: 'sh', code: `llama-server -hf ${modelId(sources)}` }
        : undefined;
    case 'onnx':
      return onnx(sources, id);
    default:
      return undefined;
  }
}

/** The model's id on the Hub; where it is not known, with an owner to fill in. */
function modelId({ repoId, name }: Sources): string {
  if (repoId !== null) return repoId;
  const plain = name
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 90);
  return `your-name/${REPO_ID.test(plain) ? plain : 'your-model'}`;
}

function python(lines: readonly string[]): Snippet {
  return { language: 'python', code: lines.join('\n') };
}

function transformers(sources: Sources, { task }: Card, id: string): readonly string[] {
  const remote = isMapping(own(sources.modelConfig, 'auto_map')) ? ', trust_remote_code=True' : '';
  const warning = remote === '' ? [] : ['# This runs Python code of the repository: read it first.'];
  if (task !== undefined && TABLES.libraryTasks.get('transformers')?.has(task) === true) {
    const call = pipelineCall(sources, task);
    return [
      ...(NOT_IN_5.has(task) ? ['# Needs transformers 4: version 5 no longer has this pipeline.'] : []),
      'from transformers import pipeline',
      '',
      ...warning,
      `pipe = pipeline("${task}", model=${id}${remote})`,
      ...(call === undefined ? [] : [`print(pipe(${call}))`]),
    ];
  }
  const classes = own(sources.modelConfig, 'architectures');
  const named: unknown = Array.isArray(classes) ? classes[0] : undefined;
  const name = typeof named === 'string' && architecture(named) !== undefined ? named : 'AutoModel';
  return [
    `from transformers import ${name}`,
    '',
    ...warning,
    `model = ${name}.from_pretrained(${id}${remote})`,
  ];
}

/** Arguments of a pipeline with an example: the Hub's default input, a chat for a model with a chat template. */
function pipelineCall(sources: Sources, task: string): string | undefined {
  if (task === 'text-generation' && own(sources.tokenizerConfig, 'chat_template') !== undefined) {
    return '[{"role": "user", "content": "Who are you?"}]';
  }
  const input = defaultInputs(task)?.inputs[0];
  if (typeof input === 'string' && TEXT_TASKS.has(task)) return JSON.stringify(input);
  if (task === 'fill-mask' && typeof input === 'string') {
    return `${JSON.stringify(input)}.replace("<mask>", pipe.tokenizer.mask_token)`;
  }
  const [text, context] = [own(input, 'text'), own(input, 'context')];
  if (task === 'question-answering' && typeof text === 'string' && typeof context === 'string') {
    return `question=${JSON.stringify(text)}, context=${JSON.stringify(context)}`;
  }
  return undefined;
}

const TEXT_TASKS: ReadonlySet<string> = new Set([
  'text-classification',
  'token-classification',
  'text-generation',
  'translation',
  'feature-extraction',
]);

function transformersJs({ task }: Card, id: string): Snippet | undefined {
  if (task === undefined) return undefined;
  const input = defaultInputs(task)?.inputs[0];
  const call =
    typeof input === 'string' && TEXT_TASKS.has(task)
      ? `console.log(await pipe(${JSON.stringify(input)}));`
      : undefined;
  return {
    language: 'js',
    code: [
      '// npm install @huggingface/transformers',
      "import { pipeline } from '@huggingface/transformers';",
      '',
      `const pipe = await pipeline('${task}', ${id});`,
      ...(call === undefined ? [] : [call]),
    ].join('\n'),
  };
}

function diffusers({ task }: Card, id: string): readonly string[] {
  const load = [
    'from diffusers import DiffusionPipeline',
    '',
    `pipe = DiffusionPipeline.from_pretrained(${id})`,
  ];
  if (task === 'text-to-image') return [...load, 'image = pipe("a lighthouse on a cliff at dawn").images[0]'];
  return task === 'unconditional-image-generation' ? [...load, 'image = pipe().images[0]'] : load;
}

function peft({ adapterConfig }: Sources, { baseModel }: Card, id: string): Snippet | undefined {
  const type = own(adapterConfig, 'task_type');
  const auto = typeof type === 'string' && Object.hasOwn(PEFT, type) ? PEFT[type] : undefined;
  if (auto === undefined || baseModel === undefined) return undefined;
  return python([
    'from peft import PeftModel',
    `from transformers import AutoModelFor${auto}`,
    '',
    `base = AutoModelFor${auto}.from_pretrained(${JSON.stringify(baseModel)})`,
    `model = PeftModel.from_pretrained(base, ${id})`,
  ]);
}

function onnx({ files }: Sources, id: string): Snippet | undefined {
  const path = files.find((file) => file.path.endsWith('.onnx'))?.path;
  if (path === undefined || !/^[\w./-]+$/.test(path)) return undefined;
  return python([
    'import onnxruntime',
    'from huggingface_hub import hf_hub_download',
    '',
    `session = onnxruntime.InferenceSession(hf_hub_download(${id}, ${JSON.stringify(path)}))`,
    'print([(tensor.name, tensor.type, tensor.shape) for tensor in session.get_inputs()])',
  ]);
}
