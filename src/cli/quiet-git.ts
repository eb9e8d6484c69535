import type { Host } from './host.js';

/**
 * The environment for git in which no hook, no transport and none of the filters is left that settings of the checkout name.
 * @param filters Keys of those settings.
 */
export function quietEnv(env: Host['env'], filters: readonly string[]): NodeJS.ProcessEnv {
  const settings: readonly (readonly [string, string])[] = [
    ['core.hooksPath', '/dev/null'],
    ...filters.map((key) => [key, key.endsWith('.required') ? 'false' : ''] as const),
  ];
  return {
    ...env,
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
