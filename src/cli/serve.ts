import { join } from 'node:path';
import { encodedPath } from '../encoded-path.js';
import { EXIT, type ExitCode } from '../errors.js';
import { targetAround } from '../repo/find-repositories.js';
import { visible, visibleJson } from '../report/text.js';
import type { ServerEvent } from '../serve/events.js';
import type { ServedModels, ServerOptions } from '../serve/server-options.js';
import { installCommand } from '../smoke/install-command.js';
import type { Host } from './host.js';
import { accessOf } from './hub-access.js';
import { eventInWords } from './serve-log.js';
import type { ServeOptions } from './serve-options.js';
import { inLog } from './shown.js';
import { stateFolder } from './state-folder.js';

/** How long the server has to end, in milliseconds: ten seconds for what is under way, and some for its processes and figures. */
const END_MS = 15_000;

/** Names the token where the option does not. */
const TOKEN = 'VALIDATE_CARD_TOKEN';

/** What is told even where little should be. */
const URGENT: ReadonlySet<ServerEvent['event']> = new Set(['fault', 'usage-file']);

/** Serves models until it is interrupted; what is under way is answered first. Throws `UserError`. */
export async function serve(options: ServeOptions, host: Host): Promise<ExitCode> {
  const { createServer } = await import('../serve/model-server.js');
  const say = (text: string) => host.stderr.write(inLog(`${visible(text)}\n`, host));
  const tell = options.json
    ? (event: object) =>
        host.stderr.write(`${visibleJson(JSON.stringify({ at: new Date().toISOString(), ...event }))}\n`)
    : null;
  const onEvent = (event: ServerEvent) => {
    if (options.quiet && !URGENT.has(event.event)) return;
    if (tell !== null) return tell(event);
    const words = eventInWords(event);
    return words === null ? undefined : say(`${timeOfDay(new Date())} ${words}`);
  };
  const { targets, maxMemory } = options;
  // Other users of the machine see the arguments of a command, not its environment.
  const token = options.token ?? (host.env[TOKEN] || undefined);
  const usageFile = options.usage === undefined ? usageFileOf(host) : options.usage;
  const settings: ServerOptions = {
    cwd: host.cwd,
    watch: true,
    targets: targets.length === 0 ? [await targetAround(host.cwd)] : targets,
    offline: options.offline,
    hub: accessOf({}, host, say),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(token === undefined ? {} : { serveToken: token }),
    ...(options.device === undefined ? {} : { device: options.device }),
    ...(maxMemory === undefined ? {} : { maxMemory }),
    pin: options.pin,
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
    ...(options.inferenceMs === undefined ? {} : { inferenceMs: options.inferenceMs }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    quantized: options.quantized,
    ...(options.queue === undefined ? {} : { queue: options.queue }),
    ...(usageFile === null ? {} : { usageFile }),
    onEvent,
  };
  const server = await createServer(settings, host.signal).catch((error: unknown) => {
    // Interrupted while pinned models were loaded.
    if (host.signal?.aborted && error === host.signal.reason) return null;
    throw error;
  });
  if (server === null) return EXIT.ok;
  host.endsWithin?.(END_MS);
  if (tell === null) sayReady(server, say);
  else {
    const { url, models, withoutPage, missingRuntimes } = server;
    tell({
      event: 'ready',
      url,
      models,
      ...(withoutPage.length === 0 ? {} : { withoutPage }),
      ...(missingRuntimes.length === 0 ? {} : { missingRuntimes }),
    });
  }
  await interrupted(host.signal);
  await server.close();
  return EXIT.ok;
}

/** `09:05:07`, by the clock of this machine. */
function timeOfDay(now: Date): string {
  return [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** The file of usage figures of the user; null where there is no place for it. */
function usageFileOf(host: Host): string | null {
  const folder = stateFolder(host);
  return folder === undefined ? null : join(folder, 'usage.json');
}

function sayReady(
  { url, models, withoutPage, missingRuntimes }: ServedModels,
  say: (text: string) => void,
): void {
  const shown = models.slice(0, 20).map((id) => `  ${url}/models/${encodedPath(id)}`);
  if (models.length > shown.length) shown.push(`  and ${models.length - shown.length} more: ${url}/`);
  say(`Serving ${models.length === 1 ? 'a model' : `${models.length} models`} at ${url}`);
  for (const line of shown) say(line);
  for (const id of withoutPage.slice(0, 20)) {
    say(`The page of ${id} cannot be shown: /${id} is an address of the server itself. Rename its folder.`);
  }
  for (const command of new Set(missingRuntimes.map(installCommand))) {
    const names = missingRuntimes.filter((name) => installCommand(name) === command);
    const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
    say(`${names.join(' and ')} ${are} not installed: models that need ${them} cannot answer.`);
    say('Stop the server, run this in a folder of its own, and start the server from there:');
    say(`  ${command}`);
  }
}

function interrupted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
