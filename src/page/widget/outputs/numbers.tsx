import { scoreText } from '../scores.js';
import type { Tensor } from '../view.js';

const WIDTH = 320;
const HEIGHT = 60;

/** Numbers by their shape, and the first of them. */
export function Numbers({ tensor: { shape, head, count } }: { readonly tensor: Tensor }) {
  return (
    <>
      <p>
        {shape === null
          ? `${count.toLocaleString('en')} numbers in lists of different lengths`
          : `Shape ${shape.map((size) => size.toLocaleString('en')).join(' × ')}`}
      </p>
      {head.length > 2 && shape?.every((size) => size === 1 || size === count) ? (
        <Curve numbers={head} />
      ) : null}
      <p class="widget-numbers">
        {head.map((number, index) => (
          <span key={index}>{scoreText(number)} </span>
        ))}
        {count > head.length ? '…' : ''}
      </p>
    </>
  );
}

/** The numbers as a line. */
function Curve({ numbers }: { readonly numbers: readonly number[] }) {
  const low = Math.min(...numbers);
  const range = Math.max(...numbers) - low || 1;
  const points = numbers.map(
    (one, index) =>
      `${(index * WIDTH) / (numbers.length - 1)},${HEIGHT - 3 - ((HEIGHT - 6) * (one - low)) / range}`,
  );
  return (
    <svg
      class="widget-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`A line through the first ${numbers.length} numbers, from ${scoreText(low)} to ${scoreText(low + range)}`}
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
