import type { Config, FailLevel, Judgement } from './config.js';
import { compileGlobs } from './glob.js';

/** The judgement of one file, everything filled in. */
export interface Policy extends Required<Judgement> {
  /** Findings in the file are dropped. */
  readonly ignored: boolean;
}

/** The part of the settings that is about findings. */
export type PolicyConfig = Pick<Config, 'rules' | 'required' | 'failLevel' | 'ignores' | 'overrides'>;

/**
 * What the settings say about each file of a repository, by repository-relative path.
 * @param basePath Path of the repository seen from the folder that globs are relative to; empty for that folder itself.
 */
export function policyOf(config?: PolicyConfig, basePath = ''): (file: string) => Policy {
  if (config === undefined) return untouched;
  const { ignores = [], overrides = [] } = config;
  const everywhere: Policy = {
    ignored: false,
    rules: config.rules ?? {},
    required: config.required ?? [],
    failLevel: config.failLevel ?? 'error',
  };
  if (ignores.length === 0 && overrides.length === 0) return () => everywhere;
  const isIgnored = compileGlobs(ignores);
  const compiled = overrides.map((override) => ({ override, applies: compileGlobs(override.paths) }));
  const policies = new Map<string, Policy>();
  return (file) => {
    const known = policies.get(file);
    if (known !== undefined) return known;
    const path = basePath === '' ? file : `${basePath}/${file}`;
    let policy = { ...everywhere, ignored: isIgnored(path) };
    for (const { override, applies } of compiled) {
      if (!applies(path)) continue;
      const { paths: _, rules, ...rest } = override;
      policy = { ...policy, ...rest, rules: { ...policy.rules, ...rules } };
    }
    policies.set(file, policy);
    return policy;
  };
}

const UNTOUCHED: Policy = { ignored: false, rules: {}, required: [], failLevel: 'error' };

function untouched(): Policy {
  return UNTOUCHED;
}

/** The fail level, one for all files where the settings make no difference between them. */
export type FailLevels = FailLevel | ((file: string) => FailLevel);

/** The fail level that the settings ask for. */
export function failLevelsOf(config: PolicyConfig, basePath = ''): FailLevels {
  if (!config.overrides?.some(({ failLevel }) => failLevel !== undefined)) return config.failLevel ?? 'error';
  const policy = policyOf(config, basePath);
  return (file) => policy(file).failLevel;
}

/** The fail level of one file. */
export function failLevelOf(levels: FailLevels, file: string): FailLevel {
  return typeof levels === 'string' ? levels : levels(file);
}
