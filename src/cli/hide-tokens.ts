import { withoutSecrets } from '../secrets/mask.js';
import { hubAccess } from './hub-access.js';

/**
 * Makes a function that puts stars in the place of access tokens: of those that this run was given, in an option, the environment
 * or the file of `hf auth login`, and of whatever else looks like one.
 */
export function tokenHider(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const given = argv.flatMap((one, index) => {
    if (argv[index - 1] === '--token') return [one];
    return one.startsWith('--token=') ? [one.slice('--token='.length)] : [];
  });
  const tokens = [...given, env.HF_TOKEN, env.HUGGING_FACE_HUB_TOKEN, ofLogin(env)]
    .map((token) => token?.trim() ?? '')
    // Shorter ones are none, and would hide half of what is said.
    .filter((token) => token.length > 3)
    .sort((a, b) => b.length - a.length);
  return (text) => withoutSecrets(tokens.reduce((hidden, token) => hidden.replaceAll(token, '***'), text));
}

function ofLogin(env: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    return hubAccess({
      ...env,
      HF_TOKEN: undefined,
      HUGGING_FACE_HUB_TOKEN: undefined,
      HF_ENDPOINT: undefined,
    }).token;
  } catch {
    return undefined;
  }
}
