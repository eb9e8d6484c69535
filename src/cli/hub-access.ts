import { UsageError } from '../errors.js';
import type { HubAccess } from '../repo/hub.js';

/**
 * How the environment says to reach the Hub, in the variables all its tools share: `HF_ENDPOINT` and `HF_TOKEN`. Empty ones
 * count as absent. Throws `UsageError`; its messages repeat neither.
 */
export function hubAccess(env: Readonly<Record<string, string | undefined>>): HubAccess {
  const endpoint = env.HF_ENDPOINT?.trim() || undefined;
  const token = env.HF_TOKEN?.trim() || undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^\s?#@]+$/.test(endpoint)) {
    throw new UsageError('hub-endpoint', 'HF_ENDPOINT is no address of a Hub.', {
      hint: 'Set it to something like https://huggingface.co, or unset it.',
    });
  }
  if (token !== undefined && !/^hf_[\x21-\x7e]+$/.test(token)) {
    throw new UsageError('hub-token', 'HF_TOKEN is no access token of the Hub: those begin with hf_.', {
      hint: 'Set it to a token from https://huggingface.co/settings/tokens, or unset it.',
    });
  }
  return {
    ...(endpoint === undefined ? {} : { endpoint: endpoint.replace(/\/+$/, '') }),
    ...(token === undefined ? {} : { token }),
  };
}
