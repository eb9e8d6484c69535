import { own } from '../../mapping.js';
import { libraryTraces, type Trace } from '../../support/traces.js';
import type { Clue } from '../clue.js';
import type { Sources } from '../sources.js';

/** The library that loads the model; none when no file tells. */
export function libraryClues(sources: Sources): readonly Clue[] {
  const { files, modelConfig, safetensors } = sources;
  const clue = (value: string, certainty: Clue['certainty'], evidence: string): readonly Clue[] => [
    { key: 'library_name', value, certainty, evidence },
  ];
  if (isCrossEncoder(sources)) {
    return clue('sentence-transformers', 'told', 'sentence_transformers in config.json');
  }
  if (isStableBaselines(sources)) return clue('stable-baselines3', 'likely', 'policy_class in config.json');

  const trace = libraryTraces(files, modelConfig)[0];
  if (safetensors !== null && own(safetensors.metadata, 'format') === 'mlx') {
    return clue('mlx', 'told', `format in ${safetensors.path}`);
  }
  const gguf = files.find(({ path }) => path.endsWith('.gguf'));
  const onlyGguf = gguf !== undefined && !files.some(({ path }) => OTHER_WEIGHTS.test(path));
  if (onlyGguf && (trace === undefined || trace.library === 'transformers')) {
    return clue('gguf', 'likely', `${gguf.path}, and no weights in another format`);
  }
  if (trace !== undefined && (trace.library !== 'transformers.js' || looksLikeTransformers(sources))) {
    return clue(trace.library, CERTAINTY[trace.by], traceText(trace));
  }
  // A config.json that cannot be read may be that of any library.
  const unread = sources.brokenJson.some(({ path }) => path === 'config.json');
  const onnx = unread ? undefined : files.find(({ path }) => path.endsWith('.onnx'));
  return onnx === undefined ? [] : clue('onnx', 'likely', onnx.path);
}

/** What the Hub or the tool itself goes by is told; what merely looks like a library is not. */
const CERTAINTY = { hub: 'told', tool: 'told', inferred: 'likely' } as const;

const OTHER_WEIGHTS = /\.(?:safetensors|bin|h5|msgpack|pt|pth|ckpt|onnx)$/;

function traceText(trace: Trace): string {
  if (trace.library === 'transformers.js') return `config.json, and weights in ONNX alone`;
  return trace.key === undefined ? trace.file : `${trace.key} in ${trace.file}`;
}

/** Whether ONNX weights beside a config.json come from transformers: with a class, or what prepares the inputs. */
function looksLikeTransformers({ modelConfig, files }: Sources): boolean {
  return (
    Array.isArray(own(modelConfig, 'architectures')) ||
    files.some(({ path }) =>
      /^(?:tokenizer|tokenizer_config|preprocessor_config|processor_config)\.json$/.test(path),
    )
  );
}

/** Whether sentence-transformers saved the model as a cross encoder: it notes itself in config.json (since 4.0). */
export function isCrossEncoder({ modelConfig, files }: Sources): boolean {
  const noted = own(modelConfig, 'sentence_transformers');
  return noted !== undefined && noted !== null && !files.some(({ path }) => path === 'modules.json');
}

/** Whether huggingface_sb3 wrote config.json: the arguments of an algorithm. */
export function isStableBaselines({ modelConfig }: Sources): boolean {
  return ['policy_class', 'observation_space', 'action_space'].every(
    (key) => own(modelConfig, key) !== undefined,
  );
}
