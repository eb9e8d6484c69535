import { findTask } from '../tasks/index.js';
import { PICTURE_TYPES, SOUND_TYPES } from '../tasks/made-file.js';

const MADE = { picture: PICTURE_TYPES, sound: SOUND_TYPES } as const;

/** Other names of types. */
const SAME: Readonly<Record<string, string>> = {
  'audio/vnd.wave': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/x-wav': 'audio/wav',
  'image/jpg': 'image/jpeg',
};

/**
 * The type in which the picture or sound of an answer is made: the one that the header `Accept` likes best of those that can be made, else JPEG
 * or FLAC, which the Inference API gives. Undefined for tasks that are answered with none, or whose files are of one type.
 */
export function fileTypeFor(task: string, accept: string): string | undefined {
  const made = findTask(task)?.makes;
  if (made === undefined) return undefined;
  const types: readonly string[] = MADE[made];
  const ranges = rangesOf(accept);
  const makeable = types.filter((type) => !ranges.some(({ range, refused }) => refused && range === type));
  for (const { range, refused } of ranges) {
    if (refused) continue;
    const found = makeable.find((type) => range === type || range === '*/*' || range === `${kindOf(type)}/*`);
    if (found !== undefined) return found;
  }
  return types[0];
}

interface Range {
  readonly range: string;
  readonly weight: number;
  readonly refused: boolean;
}

/** The types of an `Accept` header, the one that is liked best first; those that are liked as much keep their order. */
function rangesOf(accept: string): readonly Range[] {
  return accept
    .split(',')
    .slice(0, MOST_RANGES)
    .map((part): Range => {
      const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
      const stated = parameters.find((one) => one.startsWith('q='));
      const weight = stated === undefined ? 1 : Number(stated.slice(2));
      return {
        range: (Object.hasOwn(SAME, name) ? SAME[name] : undefined) ?? name,
        weight,
        refused: !(weight > 0),
      };
    })
    .sort((a, b) => (b.weight || 0) - (a.weight || 0));
}

/** Most types of a header that are looked at. */
const MOST_RANGES = 64;

function kindOf(type: string): string {
  return type.slice(0, type.indexOf('/'));
}
