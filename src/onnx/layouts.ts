import type { RepoFile } from '../repo/repo.js';
import { DTYPE_SUFFIXES, type Dtype } from '../smoke/dtypes.js';

/** A way in which exporters split a model into graphs. */
export interface KnownLayout {
  /** What it holds, for messages. */
  readonly name: string;
  /** Graphs that must be there, by role: the name without folder, or a path with folders; without the suffix of a dtype. */
  readonly graphs: Readonly<Record<string, string>>;
  /** Graphs that may be there too. */
  readonly optional?: Readonly<Record<string, string>>;
}

/**
 * The layouts that Optimum writes and transformers.js 4.3 loads (models/session_config.js), and those of diffusers. One whose
 * graphs are among those of another stands after it.
 */
export const LAYOUTS: readonly KnownLayout[] = [
  {
    name: 'a model of texts, pictures and sounds',
    graphs: {
      vision: 'vision_encoder',
      audio: 'audio_encoder',
      embedding: 'embed_tokens',
      decoder: 'decoder_model_merged',
    },
  },
  {
    name: 'a model of texts and pictures',
    graphs: { vision: 'vision_encoder', embedding: 'embed_tokens', decoder: 'decoder_model_merged' },
    optional: { encoder: 'encoder_model' },
  },
  {
    name: 'a model of texts and sounds',
    graphs: { audio: 'audio_encoder', embedding: 'embed_tokens', decoder: 'decoder_model_merged' },
  },
  {
    name: 'a model of texts and pictures with its own embedding graph',
    graphs: { vision: 'vision_encoder', embedding: 'prepare_inputs_embeds', decoder: 'model' },
  },
  {
    name: 'a model that reads and makes pictures',
    graphs: {
      embedding: 'prepare_inputs_embeds',
      decoder: 'language_model',
      head: 'lm_head',
      imageHead: 'gen_head',
      imageEmbedding: 'gen_img_embeds',
      imageDecoder: 'image_decode',
    },
  },
  {
    name: 'a speech model with a voice to copy',
    graphs: {
      embedding: 'embed_tokens',
      speech: 'speech_encoder',
      decoder: 'language_model',
      vocoder: 'conditional_decoder',
    },
  },
  {
    name: 'a speech model that removes noise step by step',
    graphs: { encoder: 'text_encoder', denoiser: 'latent_denoiser', vocoder: 'voice_decoder' },
  },
  {
    name: 'a music model',
    graphs: { encoder: 'text_encoder', decoder: 'decoder_model_merged', vocoder: 'encodec_decode' },
  },
  {
    name: 'a mask generator',
    graphs: { encoder: 'vision_encoder', decoder: 'prompt_encoder_mask_decoder' },
  },
  {
    name: 'an encoder and a decoder',
    graphs: { encoder: 'encoder_model', decoder: 'decoder_model_merged' },
  },
  {
    name: 'an encoder and a decoder, the decoder in two graphs',
    graphs: {
      encoder: 'encoder_model',
      decoder: 'decoder_model',
      decoderWithPast: 'decoder_with_past_model',
    },
  },
  {
    name: 'an encoder and a decoder without a cache',
    graphs: { encoder: 'encoder_model', decoder: 'decoder_model' },
  },
  {
    name: 'a decoder with its embedding in a graph of its own',
    graphs: { embedding: 'embed_tokens', decoder: 'decoder_model_merged' },
  },
  {
    name: 'a diffusion pipeline',
    graphs: { encoder: 'text_encoder/model', denoiser: 'unet/model', decoder: 'vae_decoder/model' },
    optional: {
      encoder2: 'text_encoder_2/model',
      imageEncoder: 'vae_encoder/model',
      safetyChecker: 'safety_checker/model',
    },
  },
  {
    name: 'a diffusion pipeline with a transformer',
    graphs: { encoder: 'text_encoder/model', denoiser: 'transformer/model', decoder: 'vae_decoder/model' },
    optional: {
      encoder2: 'text_encoder_2/model',
      encoder3: 'text_encoder_3/model',
      imageEncoder: 'vae_encoder/model',
    },
  },
  { name: 'a denoiser of pictures', graphs: { denoiser: 'unet/model' } },
  {
    name: 'a model of texts and one of pictures, side by side',
    graphs: { text: 'text_model', vision: 'vision_model' },
  },
  { name: 'a decoder', graphs: { decoder: 'decoder_model_merged' } },
  {
    name: 'a decoder in two graphs',
    graphs: { decoder: 'decoder_model', decoderWithPast: 'decoder_with_past_model' },
  },
  { name: 'a decoder without a cache', graphs: { decoder: 'decoder_model' } },
  { name: 'a single graph', graphs: { model: 'model' } },
];

/** A graph in one dtype. */
export interface GraphVariant {
  readonly dtype: Dtype;
  readonly file: RepoFile;
}

/** The graphs among some files by path. */
export type GraphIndex = ReadonlyMap<string, RepoFile>;

/** Collects the graphs among some files; for asking more than once. */
export function indexGraphs(files: readonly RepoFile[]): GraphIndex {
  const index = new Map<string, RepoFile>();
  for (const file of files) if (file.path.endsWith('.onnx')) index.set(file.path, file);
  return index;
}

/** Folders that a graph without a folder in its name is looked for in. */
export const FOLDERS = ['onnx/', ''];
const DTYPES = Object.entries(DTYPE_SUFFIXES) as readonly (readonly [Dtype, string])[];

/** All dtypes of a graph at exactly this path, without suffix and ending; in the order of `DTYPE_SUFFIXES`. */
export function variantsAt(index: GraphIndex, path: string): readonly GraphVariant[] {
  return DTYPES.flatMap(([dtype, suffix]) => {
    const file = index.get(`${path}${suffix}.onnx`);
    return file === undefined ? [] : [{ dtype, file }];
  });
}

/** A layout that is there. */
export interface FoundLayout {
  readonly layout: KnownLayout;
  /** Where its graphs are: `onnx/`, or nothing for the root and for graphs in folders of their own. */
  readonly folder: string;
  /** The variants of each graph, by role. */
  readonly graphs: Readonly<Record<string, readonly GraphVariant[]>>;
}

/** The graphs of a repository. */
export interface FoundLayouts {
  /** The most specific first; one that has no graph of its own beside those before it is left out. */
  readonly layouts: readonly FoundLayout[];
  /** Paths of graphs that belong to none. */
  readonly others: readonly string[];
}

/** Finds the known layouts among some files, in `onnx/` and at the root, in time proportional to the number of files. */
export function findGraphs(files: readonly RepoFile[]): FoundLayouts {
  const index = indexGraphs(files);
  const taken = new Set<string>();
  const layouts: FoundLayout[] = [];
  for (const folder of FOLDERS) {
    for (const layout of LAYOUTS) {
      const found = findLayout(index, layout, folder);
      if (found === null) continue;
      const paths = Object.values(found.graphs).flatMap((variants) => variants.map(({ file }) => file.path));
      if (paths.every((path) => taken.has(path))) continue;
      for (const path of paths) taken.add(path);
      layouts.push(found);
    }
  }
  return { layouts, others: [...index.keys()].filter((path) => !taken.has(path)) };
}

function findLayout(index: GraphIndex, layout: KnownLayout, folder: string): FoundLayout | null {
  const graphs: Record<string, readonly GraphVariant[]> = {};
  for (const [role, base] of Object.entries({ ...layout.graphs, ...layout.optional })) {
    const variants = variantsAt(index, `${folder}${base}`);
    if (variants.length > 0) graphs[role] = variants;
    else if (Object.hasOwn(layout.graphs, role)) return null;
  }
  return { layout, folder, graphs };
}
