/**
 * Asks the installed onnxruntime-node what it can load, and writes scripts/sources/onnxruntime.json: highest IR version, highest
 * opset of each domain, every operator with the opsets it is known in. Run after a new version of onnxruntime-node:
 * npx tsx scripts/probe-onnxruntime.ts, then npm run tables. Takes some minutes.
 *
 * Nothing lists the operators of a build, but the runtime tells a node of an unknown type from one of a known type with
 * wrong inputs. The names to try are the words in its libraries, of which it has the same operators on every platform.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PbfWriter } from 'pbf';

const require = createRequire(import.meta.url);
const ROOT = join(dirname(require.resolve('onnxruntime-node')), '..');
const TARGET = join(dirname(fileURLToPath(import.meta.url)), 'sources/onnxruntime.json');
/** Domains that onnxruntime names in its sources (core/graph/constants.h), the empty one being ai.onnx. */
const DOMAINS = [
  '',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.dml',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
];
const HIGHEST_TRIED = 200;

interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ release(): Promise<void> }>;
  };
}
const { InferenceSession } = require('onnxruntime-node') as Ort;

/** Why a graph of one node cannot be loaded; the empty string when it can. */
async function refusal(ir: number, opsets: Record<string, number>, domain: string, operator: string) {
  const writer = new PbfWriter();
  writer.writeVarintField(1, ir);
  for (const [name, version] of Object.entries(opsets)) {
    writer.writeMessage(
      8,
      (_: null, opset?: PbfWriter) => {
        opset?.writeStringField(1, name);
        opset?.writeVarintField(2, version);
      },
      null,
    );
  }
  writer.writeMessage(
    7,
    (_: null, graph?: PbfWriter) => {
      graph?.writeMessage(
        1,
        (__: null, node?: PbfWriter) => {
          if (operator === 'Relu') node?.writeStringField(1, 'x');
          node?.writeStringField(2, 'y');
          node?.writeStringField(4, operator);
          node?.writeStringField(7, domain);
        },
        null,
      );
      graph?.writeStringField(2, 'probe');
      for (const [field, name] of [
        [11, 'x'],
        [12, 'y'],
      ] as const) {
        graph?.writeMessage(
          field,
          (__: null, value?: PbfWriter) => {
            value?.writeStringField(1, name);
            value?.writeMessage(
              2,
              (___: null, type?: PbfWriter) =>
                type?.writeMessage(
                  1,
                  (____: null, tensor?: PbfWriter) => tensor?.writeVarintField(1, 1),
                  null,
                ),
              null,
            );
          },
          null,
        );
      }
    },
    null,
  );
  try {
    const session = await InferenceSession.create(writer.finish().slice(), {
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 4,
    });
    await session.release();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The first opset in which an operator has the meaning it has in `version`; null when it has none there. */
async function sinceVersion(domain: string, operator: string, version: number): Promise<number | null> {
  const opsets = domain === '' ? { '': version } : { '': highest[''] ?? 1, [domain]: version };
  const text = await refusal(8, opsets, domain, operator);
  const since = /Node with schema\([^:]*::\w+:(\d+)\)/.exec(text)?.[1];
  if (since !== undefined) return Number(since);
  if (/No Op registered|is not a registered|is deprecated|No opset import/.test(text)) return null;
  // Without inputs such an operator is whole, or fails for another reason: it is known all the same. A Constant of
  // whatever domain is taken for the one of ai.onnx.
  return operator === 'Constant' && domain !== '' ? null : 1;
}

function libraries(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return libraries(path);
    return /^(?:lib)?onnxruntime\.(?:so|dll|.*dylib)/.test(entry.name) ? [path] : [];
  });
}

/** Words in the libraries, and what they end with: linkers store `Add` as the end of `BiasAdd`. */
function words(): Set<string> {
  const found = new Set<string>();
  for (const path of libraries(join(ROOT, 'bin'))) {
    const text = readFileSync(path).toString('latin1');
    for (const [word] of text.matchAll(/(?<![\w@$?.])[A-Za-z][A-Za-z0-9]{1,47}(?=\0)/g)) {
      for (const { index } of word.matchAll(/[A-Z]/g))
        if (word.length - index > 1) found.add(word.slice(index));
    }
  }
  return found;
}

let irVersion = 1;
while ((await refusal(irVersion + 1, { '': 14 }, '', 'Relu')) === '') irVersion++;

const highest: Record<string, number> = {};
for (const domain of DOMAINS) {
  let version = domain === '' ? 14 : 0;
  while (version < HIGHEST_TRIED) {
    const opsets = domain === '' ? { '': version + 1 } : { '': 14, [domain]: version + 1 };
    if ((await refusal(8, opsets, '', 'Relu')) !== '') break;
    version++;
  }
  // A domain that the runtime does not know has no highest opset.
  if (version < HIGHEST_TRIED) highest[domain] = version;
}

const candidates = words();
const operators: Record<string, Record<string, number[]>> = {};
for (const [domain, last] of Object.entries(highest)) {
  const known = new Set<string>();
  // What was taken out later is found in an older opset.
  for (const version of new Set([last, Math.min(last, 9), Math.min(last, 6), Math.min(last, 3), 1])) {
    for (const name of candidates) {
      if (!known.has(name) && (await sinceVersion(domain, name, version)) !== null) known.add(name);
    }
  }
  const spans: Record<string, number[]> = {};
  for (const name of [...known].sort()) {
    let first: number | undefined;
    let end = 0;
    for (let version = 1; version <= last; version++) {
      if ((await sinceVersion(domain, name, version)) === null) continue;
      first ??= version;
      end = version;
    }
    if (first !== undefined) spans[name] = end === last ? [first] : [first, end];
  }
  if (known.size > 0) operators[domain] = spans;
  console.log(`${domain || 'ai.onnx'} ${last}: ${known.size} operators`);
}

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const previous = JSON.parse(readFileSync(TARGET, 'utf8')) as Record<string, unknown>;
const text = JSON.stringify(
  { ...previous, package: { name: 'onnxruntime-node', version }, irVersion, opsets: highest, operators },
  null,
  1,
);
// One operator a line.
writeFileSync(
  TARGET,
  `${text.replace(/\[\s+(\d+)(?:,\s+(\d+))?\s+\]/g, (_, first, last) => (last ? `[${first}, ${last}]` : `[${first}]`))}\n`,
);
