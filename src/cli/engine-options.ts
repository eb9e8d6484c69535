import { join, resolve } from 'node:path';
import type { OnlineOptions } from '../online/card-questions.js';
import type { SmokeOptions } from '../smoke/smoke.js';
import { cacheFolder } from './cache-folder.js';
import type { Host } from './host.js';
import { readInputs } from './inputs.js';
import type { JudgedBy } from './judging.js';
import type { RunOptions } from './run-options.js';

/** How the options say that findings are judged. */
export function judgedBy(options: RunOptions, { cwd }: Host): JudgedBy {
  const { config, trustConfig, failLevel, baseline, updateBaseline } = options;
  return {
    cwd,
    ...(config === undefined ? {} : { config }),
    ...(trustConfig ? { trust: true } : {}),
    ...(failLevel === undefined ? {} : { failLevel }),
    ...(baseline === undefined ? {} : { baseline }),
    updateBaseline,
  };
}

/** How the options say that the Hub is asked about a card. */
export function onlineOptions({ onlineBudget }: RunOptions, host: Host): OnlineOptions {
  const folder = cacheFolder(host);
  return {
    ...(onlineBudget === undefined ? {} : { budget: onlineBudget }),
    ...(folder === undefined ? {} : { cacheFolder: join(folder, 'hub') }),
  };
}

/** How the options say that a model is run; reads the files of inputs. Throws `UsageError`. */
export async function smokeOptions(options: RunOptions, host: Host): Promise<SmokeOptions> {
  const { device, dtypes, optimize, saveOutputs, timeoutMs, memoryLimitBytes } = options;
  const inputs = await readInputs(options.inputs, host.cwd);
  return {
    ...(device === undefined ? {} : { device }),
    ...(dtypes === undefined ? {} : { dtypes }),
    ...(optimize ? { optimize } : {}),
    ...(saveOutputs === undefined ? {} : { saveOutputs: resolve(host.cwd, saveOutputs) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    ...(inputs.length === 0 ? {} : { inputs }),
  };
}
