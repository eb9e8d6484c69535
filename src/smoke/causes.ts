import { sep } from 'node:path';
import type { Device } from './report.js';

/** Folders whose absolute paths must not stand in a message. */
export interface KnownFolders {
  /** Of the repository; its files are named relative to it. */
  readonly root: string;
  /** Others, such as the child’s temporary folder. */
  readonly others: readonly string[];
}

interface Cause {
  readonly pattern: RegExp;
  readonly say: (match: RegExpExecArray) => string;
}

/** What the runtimes say, and what it means to the author of a model. Texts of onnxruntime 1.30 and transformers.js 4.3. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /Opset (\d+) is under development.*?official support for domain (\S+) is till opset (\d+)/s,
    say: ([, opset, domain, last]) =>
      `The graph declares opset ${opset} of ${domain}, but this runtime knows opsets up to ${last}. Export it again with opset ${last} or lower.`,
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    say: ([, version, last]) =>
      `The graph has IR version ${version}, but this runtime reads up to ${last}. Export it with an older onnx package.`,
  },
  {
    pattern: /Protobuf parsing failed/,
    say: () => 'The graph cannot be read: the file is cut off or damaged. Export and upload it again.',
  },
  {
    pattern: /ModelProto does not have a graph/,
    say: () => 'The file holds no graph. Export and upload it again.',
  },
  {
    pattern: /External data path does not exist: "?([^"\n]+?)"?(?:\s|$)/,
    say: ([, path]) =>
      `The weights ${path}, which the graph refers to, are missing. Upload them beside the graph.`,
  },
  {
    pattern:
      /Got invalid dimensions for input: (\S+) for the following indices\s+index: (\d+) Got: (\d+) Expected: (\d+)/,
    say: ([, input, index, got, expected]) =>
      `The graph takes ${expected} values in dimension ${index} of ${input}, but got ${got}: it was exported with a fixed shape, or the preprocessing does not fit it.`,
  },
  {
    pattern:
      /indices element out of data bounds, idx=(-?\d+) must be within the inclusive range \[-\d+,(\d+)\]/,
    say: ([, index, last]) =>
      `A lookup asks for row ${index} of a table whose last row is ${last}. If it is the embedding, the tokenizer knows more tokens than the model: resize the embedding, or upload the tokenizer that the model was trained with.`,
  },
  {
    pattern:
      /(\S{1,200})\(-?\d+\) is not a registered function\/op|No [Oo]p registered for (\S+) with domain_version of (\d+)/,
    say: ([, operator, other]) =>
      `The graph uses the operator ${operator ?? other}, which onnxruntime does not have. Export it with standard operators.`,
  },
  {
    pattern: /Could not find an implementation for (\S+)\(/,
    say: ([, operator]) => `The runtime has no implementation of the operator ${operator} for these types.`,
  },
  {
    pattern: /Missing the following inputs: ([^."]+)/,
    say: ([, names]) =>
      `The graph has inputs that this pipeline does not fill: ${names}. Export it for the task that the card names.`,
  },
  {
    pattern: /Failed to allocate memory|bad_alloc|Failed to allocate/,
    say: () => 'The model asked for more memory than there is.',
  },
  {
    pattern: /Unsupported model type: (\S+)/,
    say: ([, type]) => `transformers.js does not know the model type ${type} (model_type in config.json).`,
  },
  {
    pattern: /file was not found locally at "([^"]+)"/,
    say: ([, path = '']) =>
      /_data(?:_\d+)?$/.test(path)
        ? `${path} is missing, which transformers.js_config in config.json asks for. Upload it, or take use_external_data_format out of config.json.`
        : `${path} is missing, which transformers.js looks for. Upload it.`,
  },
  {
    pattern: /NetworkBlockedError|may not use the network/,
    say: () =>
      'The runtime tried to fetch something from the network; everything it needs must be in the repository.',
  },
];

/**
 * Turns an error of the runtime into something an author can act on: a plain sentence where the cause is known, and what the
 * runtime said, without absolute paths, source locations and line breaks.
 */
export function explain(message: string, folders: KnownFolders): string {
  const plain = shorten(message, folders);
  for (const { pattern, say } of CAUSES) {
    const match = pattern.exec(plain);
    if (match !== null) return `${say(match)} (${cut(plain, 300)})`;
  }
  const cutPlain = cut(plain, 600);
  return /[.!?)]$/.test(cutPlain) ? cutPlain : `${cutPlain}.`;
}

/** How much of a message is looked at, in characters. */
const LONGEST_MESSAGE = 4_000;

/** Makes absolute paths relative, drops C++ source locations, and puts everything on one line. */
export function shorten(message: string, { root, others }: KnownFolders): string {
  let text = message;
  for (const folder of [root, ...others]) {
    if (folder === '' || folder === sep) continue;
    text = text.replaceAll(`${folder}${sep}`, '').replaceAll(folder, folder === root ? '.' : '<temp>');
  }
  return (
    // Names in a graph may be as long as their author likes, and made to slow down the search for what to leave out.
    cut(text, LONGEST_MESSAGE)
      // `/onnxruntime_src/…/file.cc:461 ReturnType namespace::function(arguments)::<lambda()> ` before the reason.
      .replace(
        /(?<![^\s:'"(])\/[^\s:]{0,300}\.(?:cc|h|cpp):\d+ [^\n]{0,2000}?\)(?: const)?(?:::<[^>]{0,300}>){0,10}:? ?/g,
        '',
      )
      .replace(/(?<![^\s"'():=])(?:[A-Za-z]:)?[\\/][^\s"':]*[\\/]node_modules[\\/]/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** What an error of a device means, in a few words without a full stop. */
export function explainDeviceError(device: Device, message: string): string {
  if (/No supported adapters|Failed to get a WebGPU adapter/.test(message)) {
    return 'WebGPU finds no GPU with a driver that it can use';
  }
  if (/backend not found|no available backend/.test(message)) {
    return `onnxruntime-node has no ${device} on ${process.platform} ${process.arch}`;
  }
  if (/Failed to load shared library/.test(message)) return `the libraries of ${device} are not installed`;
  return cut(shorten(message, { root: '', others: [] }), 200).replace(/\.$/, '');
}

/** What it means that a signal ended the child, as the rest of a sentence. */
export function explainSignal(signal: string): string {
  switch (signal) {
    case 'SIGFPE':
      return 'the runtime crashed on an arithmetic error of the graph (SIGFPE), such as the division of integers by zero';
    case 'SIGSEGV':
    case 'SIGBUS':
      return `the runtime crashed on a wrong memory access (${signal})`;
    case 'SIGABRT':
      return 'the runtime gave up (SIGABRT), most often for lack of memory';
    case 'SIGILL':
      return 'the runtime crashed on an instruction that this processor does not have (SIGILL)';
    case 'SIGKILL':
      return 'the system killed the process (SIGKILL), most often for lack of memory';
    default:
      return `the process was ended by ${signal}`;
  }
}
