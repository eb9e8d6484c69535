import { own } from '../../mapping.js';
import { escapeText } from '../../preview.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { GraphValue } from '../../smoke/session.js';

/** What an axis of an input stands for. `other` is part of the model, such as the number of channels. */
type Axis = 'batch' | 'sequence' | 'height' | 'width' | 'samples' | 'frames' | 'other';

/** The axes of inputs by name, and by rank where they differ. */
const AXES: readonly (readonly [name: RegExp, axes: readonly Axis[]])[] = [
  [
    /^(?:decoder_)?(?:input_ids|attention_mask)$|^(?:token_type_ids|position_ids|encoder_attention_mask)$/,
    ['batch', 'sequence'],
  ],
  [/^(?:inputs_embeds|encoder_hidden_states)$/, ['batch', 'sequence', 'other']],
  [/^pixel_values$/, ['batch', 'other', 'height', 'width']],
  [/^pixel_values$/, ['batch', 'other', 'other', 'height', 'width']],
  [/^pixel_mask$/, ['batch', 'height', 'width']],
  [/^input_values$/, ['batch', 'samples']],
  [/^input_(?:features|values)$/, ['batch', 'other', 'frames']],
  [/^past_key_values\./, ['batch', 'other', 'sequence', 'other']],
];

interface Fixed {
  readonly input: string;
  readonly axis: Axis;
  readonly size: number;
}

/**
 * Whether a graph takes inputs of any size. A fixed size of pictures is no fault when the processor makes that size
 * (`preprocessor`: the parsed preprocessor_config.json). Nothing for a graph without inputs of known meaning.
 */
export function checkDynamicShape(
  graph: { readonly inputs: readonly GraphValue[] },
  path = 'The graph',
  preprocessor?: unknown,
): readonly SmokeCheck[] {
  const id = 'dynamic-shape';
  const known = graph.inputs.flatMap(axesOf);
  if (known.length === 0) return [];
  const fixed = known.filter((one): one is Fixed => typeof one.size === 'number');
  const find = (...axes: readonly Axis[]) => fixed.find(({ axis }) => axes.includes(axis));

  const sequence = find('sequence');
  if (sequence !== undefined) {
    return [
      {
        id,
        status: 'failed',
        message: `${path} takes exactly ${sequence.size} tokens (${escapeText(sequence.input)}): it was exported with fixed shapes. Export it again with dynamic axes for batch and sequence (Optimum does so by default).`,
      },
    ];
  }
  const batch = fixed.find(({ axis, size }) => axis === 'batch' && size > 1);
  if (batch !== undefined) {
    return [
      {
        id,
        status: 'failed',
        message: `${path} takes exactly ${batch.size} inputs at once (${escapeText(batch.input)}): it was exported with a fixed batch. Export it again with a dynamic batch axis.`,
      },
    ];
  }
  const picture = pictureCheck(fixed, path, preprocessor);
  if (picture !== null) return [{ id, ...picture }];
  const sound = find('samples', 'frames');
  if (sound !== undefined && !fixesLength(preprocessor)) {
    return [
      {
        id,
        status: 'warning',
        message: `${path} takes sounds of exactly ${sound.size} ${sound.axis} (${escapeText(sound.input)}), and preprocessor_config.json does not say that they are padded to that length. Export it with a dynamic length, or write \`max_length\` and \`padding\` there.`,
      },
    ];
  }
  const one = find('batch');
  if (one !== undefined) {
    return [
      {
        id,
        status: 'warning',
        message: `${path} takes one input at a time (${escapeText(one.input)} has a batch of 1). Export it again with a dynamic batch axis.`,
      },
    ];
  }
  const texts = known.some(({ axis }) => axis === 'sequence');
  return [
    {
      id,
      status: 'passed',
      message: texts ? `${path} takes texts of any length.` : `${path} takes inputs of any number.`,
    },
  ];
}

function axesOf({
  name,
  shape,
}: GraphValue): readonly { input: string; axis: Axis; size: number | string }[] {
  const axes = AXES.find(([pattern, list]) => pattern.test(name) && list.length === shape?.length)?.[1];
  return axes === undefined || shape === null
    ? []
    : axes.flatMap((axis, index) =>
        axis === 'other' ? [] : [{ input: name, axis, size: shape[index] ?? '' }],
      );
}

/** What a fixed size of pictures means; null when none is fixed, or the processor makes it. */
function pictureCheck(
  fixed: readonly Fixed[],
  path: string,
  preprocessor: unknown,
): Pick<SmokeCheck, 'status' | 'message'> | null {
  const height = fixed.find(({ axis }) => axis === 'height');
  const width = fixed.find(({ axis }) => axis === 'width');
  if (height === undefined && width === undefined) return null;
  const takes = `${path} takes pictures of exactly ${width?.size ?? 'any'} × ${height?.size ?? 'any'} pixels (width × height)`;
  const made = madeSize(preprocessor);
  if (made === 'varies') return null;
  if (made === null) {
    return {
      status: 'warning',
      message: `${takes}, and preprocessor_config.json does not say that it makes them. Write \`do_resize\` and \`size\` there, or export with dynamic height and width.`,
    };
  }
  if ((height?.size ?? made.height) === made.height && (width?.size ?? made.width) === made.width)
    return null;
  return {
    status: 'failed',
    message: `${takes}, but preprocessor_config.json makes them ${made.width} × ${made.height}. Correct \`size\` there, or export with dynamic height and width.`,
  };
}

/** What makes the size depend on the picture, or come out of several steps. */
const VARIES = ['do_pad', 'do_thumbnail', 'keep_aspect_ratio', 'size_divisor', 'size_divisibility'];

/** The one size a processor makes of all pictures; null when it does not say. */
function madeSize(
  preprocessor: unknown,
): { readonly height: number; readonly width: number } | 'varies' | null {
  const crops = own(preprocessor, 'do_center_crop') === true;
  const size = own(preprocessor, crops ? 'crop_size' : 'size') ?? own(preprocessor, 'size');
  if (!crops && VARIES.some((key) => Boolean(own(preprocessor, key)))) return 'varies';
  if (!crops && own(preprocessor, 'do_resize') === false) return null;
  if (typeof size === 'number') return { height: size, width: size };
  const height = own(size, 'height');
  const width = own(size, 'width');
  return typeof height === 'number' && typeof width === 'number' ? { height, width } : null;
}

/** Whether a feature extractor pads or cuts sounds to one length. */
function fixesLength(preprocessor: unknown): boolean {
  return [
    'nb_max_frames',
    'max_length',
    'n_samples',
    'chunk_length',
    'chunk_length_s',
    'nb_max_samples',
  ].some((key) => typeof own(preprocessor, key) === 'number');
}
