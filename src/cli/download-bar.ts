import { bytes } from '../report/quantities.js';

/** Cells of the bar. */
const CELLS = 20;
/** No speed is told before, in milliseconds. */
const SPEED_AFTER = 1000;

/** How far a download is, in bytes. */
export interface DownloadState {
  readonly done: number;
  readonly total: number;
  /** What came in the time that has passed; the rest was there before. */
  readonly received: number;
  readonly elapsedMs: number;
}

/** How far a download is, for a line on a terminal or in a log: a bar, the bytes, the speed and the time left. */
export function downloadInWords(
  { done, total, received, elapsedMs }: DownloadState,
  unicode: boolean,
): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const [full, empty] = unicode ? ['━', '─'] : ['#', '-'];
  const cells = Math.round(share * CELLS);
  const bar = full.repeat(cells) + empty.repeat(CELLS - cells);
  const speed = elapsedMs < SPEED_AFTER ? 0 : received / (elapsedMs / 1000);
  const left =
    speed === 0 || done >= total ? '' : `, ${bytes(speed)}/s, ${duration((total - done) / speed)} left`;
  return `${bar} ${Math.floor(share * 100)} %, ${bytes(done)} of ${bytes(total)}${left}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
