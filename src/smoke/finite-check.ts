import { escapeText } from '../preview.js';
import type { FiniteReport } from './finite.js';
import type { SmokeCheck } from './report.js';

/** Tensors that a message names. */
const MOST_NAMED = 3;
const LONGEST_NAME = 100;

/** The check of weights with what a look at their numbers showed; `fits` is what was known before, in a sentence. */
export function finiteCheck(fits: string, { bytes, of, found }: FiniteReport): SmokeCheck {
  const share =
    bytes < of ? `of their ${size(of)}, ${size(bytes)} were looked at, spread over all tensors` : '';
  if (found.length === 0) {
    const all =
      share === ''
        ? `All their numbers are finite (${size(of)}).`
        : `${capital(share)}: all numbers there are finite.`;
    return { id: 'weights', status: 'passed', message: `${fits} ${all}` };
  }
  const named = found
    .slice(0, MOST_NAMED)
    .map(
      ({ tensor, index, value }) => `${escapeText(tensor, LONGEST_NAME)}[${index.join(', ')}] is ${value}`,
    );
  const more = found.length - named.length;
  const others =
    more > 0 ? `, and ${more} more ${more === 1 ? 'tensor has' : 'tensors have'} such numbers` : '';
  return {
    id: 'weights',
    status: 'failed',
    message: `The weights hold numbers that are not finite: ${named.join(', ')}${others}. ${share === '' ? '' : `${capital(share)}. `}Save the model from a checkpoint before it diverged, or store it as bfloat16 or float32 where float16 overflowed.`,
  };
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

function size(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}
