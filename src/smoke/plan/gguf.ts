import { LLAMA_CPP_ARCHITECTURES, LLAMA_CPP_RELEASE } from '../../gguf/architectures.js';
import { type GgufHead, readGgufHead } from '../../gguf/gguf-head.js';
import { bitsOf } from '../../gguf/quantization.js';
import { preview } from '../../preview.js';
import type { Repo, RepoFile } from '../../repo/repo.js';
import type { SmokeCheck } from '../report.js';
import { findOutside, findPointer } from './files.js';

/** The quantization in the name of a GGUF file, such as `Q4_K_M`, `F16` or `IQ2_XS`. */
const QUANTIZATION =
  /[.-]((?:I?Q\d(?:_[0-9A-Z]+)*|T?Q\d_\d|BF16|F16|F32|MXFP4(?:_MOE)?))(?:-\d{5}-of-\d{5})?\.gguf$/i;
/** A model that was split: its name, the number of the part, and how many there are. */
const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;
/** Files that only help a model: the part that sees pictures, importance matrices. */
const NO_MODEL = /(?:^|\/)(?:mmproj|imatrix)[^/]*\.gguf$/i;
/** How many bits a weight may have more or fewer than the name says, as a factor: tables of tokens are quantized less. */
const MORE_BITS = 1.8;
const FEWER_BITS = 0.7;

/** A GGUF model with its quantization. */
export interface GgufModel {
  /** The only part, or the first one; llama.cpp finds the others by itself. */
  readonly file: RepoFile;
  /** Upper case; `gguf` when the name does not say, the name itself when another model has the same. */
  readonly dtype: string;
}

/**
 * The GGUF models of a repository, one for each quantization, the smallest first: they were all made of the same weights, and
 * the smallest shows soonest whether the file is sound.
 */
export function findGguf(files: readonly RepoFile[]): readonly GgufModel[] {
  const all = files.filter(({ path }) => path.endsWith('.gguf'));
  const sizes = new Map<string, number>();
  for (const { path, size } of all) {
    const model = modelOf(path);
    sizes.set(model, (sizes.get(model) ?? 0) + size);
  }
  const models = all
    .filter(({ path }) => !NO_MODEL.test(path) && partOf(path).number === 1)
    .map((file) => ({ file, size: sizes.get(modelOf(file.path)) ?? file.size }))
    .sort((a, b) => a.size - b.size || (a.file.path < b.file.path ? -1 : 1));
  const taken = new Set<string>();
  return models.map(({ file }) => {
    const named = QUANTIZATION.exec(file.path)?.[1]?.toUpperCase() ?? 'gguf';
    const dtype = taken.has(named) ? file.path.replace(/\.gguf$/, '') : named;
    taken.add(dtype);
    return { file, dtype };
  });
}

/** The same for all parts of a model, and for nothing else. */
function modelOf(path: string): string {
  return PART.test(path) ? path.replace(PART, '$1-of-$3') : path;
}

function partOf(path: string): { readonly name: string; readonly number: number; readonly of: number } {
  const [, name, number, of] = PART.exec(path) ?? [];
  return name === undefined
    ? { name: path, number: 1, of: 1 }
    : { name, number: Number(number), of: Number(of) };
}

/** All parts of a model that are there. */
function partsOf({ path }: RepoFile, files: readonly RepoFile[]): readonly RepoFile[] {
  const model = modelOf(path);
  return files.filter((file) => file.path.endsWith('.gguf') && modelOf(file.path) === model);
}

/** What was read of a GGUF model, or why it cannot be loaded. */
export interface ReadGguf {
  /** The parts beside the first one. */
  readonly files: readonly RepoFile[];
  readonly fault: string | null;
  readonly head?: GgufHead;
}

/** Reads the head of a GGUF model, and looks whether all its parts are there and whole. */
export async function readGguf(repo: Repo, file: RepoFile, files: readonly RepoFile[]): Promise<ReadGguf> {
  const parts = partsOf(file, files);
  const others = parts.filter((part) => part !== file);
  const broken = (fault: string): ReadGguf => ({ files: others, fault });
  const { of, name } = partOf(file.path);
  if (parts.length < of) {
    const there = new Set(parts.map(({ path }) => partOf(path).number));
    const missing = Array.from({ length: Math.min(of, 99_999) }, (_, index) => index + 1).filter(
      (number) => !there.has(number),
    );
    return broken(
      `${name} was split into ${of} parts, but ${missing.length === 1 ? 'part' : 'parts'} ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''} ${missing.length === 1 ? 'is' : 'are'} missing. Upload all of them.`,
    );
  }
  const paths = parts.map(({ path }) => path);
  const unfit = (await findOutside(repo, paths)) ?? (await findPointer(repo, parts));
  if (unfit !== null) return broken(unfit);
  const first = await readPart(repo, file);
  if (typeof first === 'string') return broken(first);
  if (first.architecture === null) {
    return broken(
      `${file.path} does not say which architecture it has (general.architecture). Convert it again with convert_hf_to_gguf.py of llama.cpp.`,
    );
  }
  const told = first.split?.parts ?? 1;
  if (told !== of) {
    return broken(
      `${file.path} says that it is one of ${told} parts, but its name says ${of}. Name the parts as gguf-split did (…-00001-of-${String(told).padStart(5, '0')}.gguf).`,
    );
  }
  for (const part of others) {
    const head = await readPart(repo, part);
    if (typeof head === 'string') return broken(head);
  }
  return { files: others, fault: null, head: first };
}

/** The head of one part; a sentence when it cannot be read. */
async function readPart(repo: Repo, part: RepoFile): Promise<GgufHead | string> {
  const read = await readGgufHead({
    size: part.size,
    read: async (start, length) => (await repo.readRange(part.path, start, length)) ?? new Uint8Array(0),
  });
  switch (read.kind) {
    case 'head':
      return read.head;
    case 'truncated':
      return `${part.path} is cut off: it has ${part.size} bytes${read.bytes === null ? '' : `, but its tensors reach to byte ${read.bytes}`}. Upload it again.`;
    case 'not-gguf':
      return `${part.path} is no GGUF file that can be read: ${read.detail}. Convert it again.`;
  }
}

/** What the head of a GGUF file shows. */
export function checkGguf(head: GgufHead, path: string): readonly SmokeCheck[] {
  return [checkArchitecture(head), ...checkQuantization(head, path), ...checkContext(head)];
}

function checkArchitecture({ architecture }: GgufHead): SmokeCheck {
  const id = 'gguf-architecture';
  const known = architecture !== null && LLAMA_CPP_ARCHITECTURES.has(architecture);
  return known
    ? { id, status: 'passed', message: `llama.cpp knows the architecture ${architecture}.` }
    : {
        id,
        status: 'warning',
        message: `llama.cpp ${LLAMA_CPP_RELEASE} does not know the architecture ${preview(architecture)}; a newer one may. Say in the card which version is needed.`,
      };
}

/** Whether the weights have the quantization that the name of the file promises. */
function checkQuantization(head: GgufHead, path: string): readonly SmokeCheck[] {
  const id = 'quantization';
  const named = QUANTIZATION.exec(path)?.[1]?.toUpperCase();
  const { bitsPerWeight, mainType, fileType } = head;
  const bits = named === undefined ? null : bitsOf(named);
  if (named === undefined || bits === null || bitsPerWeight === null) return [];
  const seen = `most of the weights are ${mainType}, ${Number(bitsPerWeight.toFixed(1))} bits each on average`;
  if (bitsPerWeight > bits * MORE_BITS || bitsPerWeight < bits * FEWER_BITS) {
    return [
      {
        id,
        status: 'failed',
        message: `The name says ${named}, but ${seen}. Rename the file, or quantize it again.`,
      },
    ];
  }
  // Unsloth’s mixtures (`UD-`) and others keep the number of the quantization they began with.
  const contradicts =
    fileType !== null && named !== fileType && bitsOf(fileType) !== null && bitsOf(fileType) !== bits;
  return [
    contradicts
      ? {
          id,
          status: 'warning',
          message: `The name says ${named}, the file itself ${fileType} (general.file_type); ${seen}. Rename the file, or convert it again.`,
        }
      : { id, status: 'passed', message: `The name says ${named}, and ${seen}.` },
  ];
}

function checkContext({ contextLength, architecture }: GgufHead): readonly SmokeCheck[] {
  const id = 'context-length';
  if (contextLength !== null) {
    return [{ id, status: 'passed', message: `The model takes texts of up to ${contextLength} tokens.` }];
  }
  return [
    {
      id,
      status: 'warning',
      message: `The file does not say how long a text may be (${architecture}.context_length). Convert it again.`,
    },
  ];
}
