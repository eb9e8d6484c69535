import { parseYamlFile } from '../../card/yaml-file.js';
import { NO_ANSWERS } from '../../hub/facts.js';
import type { LintOptions } from '../../lint.js';
import { isMapping } from '../../mapping.js';
import { readJson } from '../../repo/json-file.js';
import { type BrokenJsonFile, isEvalResult } from '../../repo/surroundings.js';
import type { RuleExample } from '../rule.js';

/** The repository around an example, as `lintCard` takes it. A file with a text is as long as its text, others one byte. */
export function imagined({
  files,
  contents = {},
  media,
  weightFaults = [],
  repoId,
  cardFile,
  required,
  hubFacts,
}: Omit<RuleExample, 'text'>): LintOptions {
  const paths = files === undefined && Object.keys(contents).length === 0 ? undefined : new Set(files);
  for (const path of Object.keys(contents)) paths?.add(path);
  const brokenJson: BrokenJsonFile[] = [];
  const json = (path: string) => {
    const text = contents[path];
    if (text === undefined) return null;
    const reading = readJson(text);
    if (reading.kind !== 'value') brokenJson.push({ path, broken: reading });
    else if (isMapping(reading.value)) return reading.value;
    else brokenJson.push({ path, broken: { kind: 'no-object', value: reading.value } });
    return null;
  };
  return {
    ...(paths === undefined
      ? {}
      : { files: [...paths].sort().map((path) => ({ path, size: contents[path]?.length ?? 1 })) }),
    modelConfig: json('config.json'),
    tokenizerConfig: json('tokenizer_config.json'),
    adapterConfig: json('adapter_config.json'),
    modelIndex: json('model_index.json'),
    brokenJson,
    repoId: repoId ?? null,
    gitAttributes: contents['.gitattributes'] ?? null,
    evalResults: Object.entries(contents)
      .filter(([path]) => isEvalResult(path))
      .map(([path, text]) => parseYamlFile(path, text)),
    media: new Map(Object.entries(media ?? {})),
    weightFaults,
    ...(cardFile === undefined ? {} : { cardFile }),
    hubFacts: hubFacts === undefined ? null : { ...NO_ANSWERS, ...hubFacts },
    ...(required === undefined ? {} : { config: { required } }),
  };
}
