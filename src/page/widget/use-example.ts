import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelInfo, PageExample } from '../../serve/model-info.js';
import { get } from '../api.js';
import { type FilledExample, fillExample } from './examples.js';
import type { TaskForm } from './tasks.js';
import type { Values } from './values.js';

/** The example that was chosen last. */
export interface ChosenExample {
  readonly index: number;
  readonly example: PageExample;
  /** The values that it filled in; other values mean that somebody changed them. */
  readonly values: Values;
  /** Why its file is not there; null where nothing is missing. */
  readonly problem: string | null;
}

/** Fills the form with examples: with the first one at the beginning, and anew when the card changes what was not touched. */
export function useExample(
  form: TaskForm,
  { examples, support }: Pick<ModelInfo, 'examples' | 'support'>,
  current: Values,
  onFill: (filled: FilledExample) => void,
): { readonly chosen: ChosenExample | null; readonly choose: (index: number) => void } {
  const [chosen, setChosen] = useState<ChosenExample | null>(null);
  const latest = useRef(0);

  const choose = (index: number) => {
    const example = examples[index];
    if (example === undefined) return;
    const turn = ++latest.current;
    const filled = fillExample(form, example);
    const show = (values: Values, problem: string | null) => {
      if (turn !== latest.current) return;
      setChosen({ index, example, values, problem });
      onFill({ ...filled, values });
    };
    const remote =
      example.remote === null ? null : `${example.remote} is elsewhere: the page loads nothing from there.`;
    show(filled.values, remote);
    if (filled.src === null) return;
    const name = decodeURIComponent(filled.src.split('/').at(-1) ?? '');
    bring(filled.src).then(
      (blob) => show({ ...filled.values, media: { name, blob } }, null),
      () => show(filled.values, `The file of this example, ${name}, could not be loaded.`),
    );
  };

  const untouched = chosen === null || chosen.values === current;
  const key = JSON.stringify([examples, support.api.parameters]);
  const refill = useRef<() => void>(() => {});
  refill.current = () => {
    if (untouched) choose(chosen?.index ?? 0);
  };
  useEffect(() => refill.current(), [key]);
  return { chosen, choose };
}

async function bring(src: string): Promise<Blob> {
  const response = await get(src);
  return response.blob();
}
