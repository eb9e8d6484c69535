import type { Metadata } from '../card/card.js';
import type { DetectionRule } from '../hub/table-shapes.js';
import { DETECTION_RULES } from '../hub/tables/detection.generated.js';
import { own } from '../mapping.js';
import type { RepoFile } from '../repo/repo.js';

/** A sign of a library in the files of the repository. */
export interface Trace {
  readonly library: string;
  readonly by: DetectionRule['by'];
  /** The file that shows it. */
  readonly file: string;
  /** Key of config.json, where that is what shows it. */
  readonly key?: string;
}

/** Signs of libraries in files and config.json, most specific first, one for each library. */
export function libraryTraces(files: readonly RepoFile[] | null, config: Metadata | null): readonly Trace[] {
  const paths = new Set(files?.map((file) => file.path));
  const traces: Trace[] = [];
  for (const rule of DETECTION_RULES) {
    if (traces.some((trace) => trace.library === rule.library)) continue;
    const place = match(rule, paths, config);
    if (place !== undefined) traces.push({ library: rule.library, by: rule.by, ...place });
  }
  return onlyOnnxWeights(files) ? traces.map(asTransformersJs) : traces;
}

function match(
  rule: DetectionRule,
  paths: ReadonlySet<string>,
  config: Metadata | null,
): { file: string; key?: string } | undefined {
  if (rule.path !== undefined) return paths.has(rule.path) ? { file: rule.path } : undefined;
  if (rule.paths !== undefined) {
    return rule.paths.every((path) => paths.has(path)) ? { file: rule.paths[0] ?? '' } : undefined;
  }
  if (rule.extension !== undefined) {
    for (const path of paths) if (path.endsWith(rule.extension)) return { file: path };
    return undefined;
  }
  const has = (key: string) => own(config, key) !== undefined && own(config, key) !== null;
  if (rule.configAll !== undefined) {
    return rule.configAll.every(has) ? { file: 'config.json', key: rule.configAll[0] ?? '' } : undefined;
  }
  if (rule.architecture !== undefined) {
    const classes = own(config, 'architectures');
    return Array.isArray(classes) && classes.includes(rule.architecture)
      ? { file: 'config.json', key: 'architectures' }
      : undefined;
  }
  const key = rule.config?.find(has);
  return key === undefined ? undefined : { file: 'config.json', key };
}

/** Weights transformers itself can load; it cannot load ONNX. */
const TRANSFORMERS_WEIGHTS = /\.(?:safetensors|bin|h5|msgpack|pt|pth|gguf)$/;

function onlyOnnxWeights(files: readonly RepoFile[] | null): boolean {
  if (files === null) return false;
  return (
    files.some((file) => file.path.endsWith('.onnx')) &&
    !files.some((file) => TRANSFORMERS_WEIGHTS.test(file.path))
  );
}

function asTransformersJs(trace: Trace): Trace {
  return trace.library === 'transformers' ? { ...trace, library: 'transformers.js', by: 'inferred' } : trace;
}
