import type { RepoFile } from '../../repo/repo.js';

/** The quantization in the name of a GGUF file, such as `Q4_K_M`, `F16` or `IQ2_XS`. */
const QUANTIZATION = /[.-]((?:I?Q\d(?:_[0-9A-Z]+)*|T?Q\d_\d|BF16|F16|F32|MXFP4))\.gguf$/i;
/** A part of a model that was split, but not the first one; llama.cpp finds the others by itself. */
const LATER_PART = /-(?!0*1-of-)\d{5}-of-\d{5}\.gguf$/;
/** Files that only help a model: the part that sees pictures, importance matrices. */
const NO_MODEL = /(?:^|\/)(?:mmproj|imatrix)[^/]*\.gguf$/i;

/** A GGUF file with its quantization. */
export interface GgufFile {
  readonly file: RepoFile;
  /** Upper case; `gguf` when the name does not say. */
  readonly dtype: string;
}

/**
 * The GGUF models of a repository, one for each quantization, the smallest first: they were all made of the same weights, and
 * the smallest shows soonest whether the file is sound.
 */
export function findGguf(files: readonly RepoFile[]): readonly GgufFile[] {
  return files
    .filter(({ path }) => path.endsWith('.gguf') && !LATER_PART.test(path) && !NO_MODEL.test(path))
    .map((file) => ({ file, dtype: QUANTIZATION.exec(file.path)?.[1]?.toUpperCase() ?? 'gguf' }))
    .sort((a, b) => a.file.size - b.file.size);
}
