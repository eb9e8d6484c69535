import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelInfo, PageExample } from '../../serve/model-info.js';
import { get } from '../api.js';
import { type FilledExample, fillExample } from './examples.js';
import type { TaskForm } from './tasks.js';
import { type Media, NO_VALUES, type Values } from './values.js';

/** The example that was chosen last. */
export interface ChosenExample {
  readonly index: number;
  readonly example: PageExample;
  /** What it sends, to be compared. */
  readonly inputs: string;
  /** The values that it filled in; other values mean that somebody changed them. */
  readonly values: Values;
  /** Why its file is not there; null where nothing is missing. */
  readonly problem: string | null;
}

/** What stands in the form. */
interface Entered {
  readonly values: Values;
  /** Whether something beside the values is no longer as the example filled it in. */
  readonly touched: boolean;
}

/** Who is told of what. */
interface Listeners {
  readonly onFill: (filled: FilledExample) => void;
  /** The file of an example came, and all else is as it was entered. */
  readonly onValues: (values: Values) => void;
}

/**
 * Fills the form with examples: with the first one at the beginning, and anew when the card changes what was not touched. Where only the title or the
 * stated answer of an example changes, nothing is filled in, so that an answer that is there stays.
 */
export function useExample(
  form: TaskForm,
  { examples, support }: Pick<ModelInfo, 'examples' | 'support'>,
  entered: Entered,
  { onFill, onValues }: Listeners,
): { readonly chosen: ChosenExample | null; readonly choose: (index: number) => void } {
  const [chosen, setChosen] = useState<ChosenExample | null>(null);
  const latest = useRef(0);
  const values = useRef(entered.values);
  values.current = entered.values;
  const inputsOf = ({ example, remote }: PageExample) =>
    JSON.stringify([example, remote, support.api.parameters]);

  const choose = (index: number) => {
    const example = examples[index];
    if (example === undefined) return;
    const turn = ++latest.current;
    const filled = fillExample(form, example);
    const problem =
      example.remote === null ? null : `${example.remote} is elsewhere: the page loads nothing from there.`;
    setChosen({ index, example, inputs: inputsOf(example), values: filled.values, problem });
    onFill(filled);
    if (filled.src === null) return;
    const name = decodeURIComponent(filled.src.split('/').at(-1) ?? '');
    const arrive = (media: Media | null) => {
      if (turn !== latest.current) return;
      const { current } = values;
      // A file that the user gave meanwhile stays.
      const now = media === null || current.media !== null ? current : { ...current, media };
      const own = current === filled.values ? now : { ...filled.values, media };
      const missing = media === null ? `The file of this example, ${name}, could not be loaded.` : null;
      setChosen((last) => (last === null ? null : { ...last, values: own, problem: missing }));
      onValues(now);
    };
    bring(filled.src).then(
      (blob) => arrive({ name, blob }),
      () => arrive(null),
    );
  };

  const untouched = !entered.touched && (chosen?.values ?? NO_VALUES) === entered.values;
  const key = JSON.stringify([examples, support.api.parameters]);
  const refill = useRef<() => void>(() => {});
  refill.current = () => {
    const example = examples[chosen?.index ?? 0];
    if (chosen !== null && example !== undefined && inputsOf(example) === chosen.inputs)
      setChosen({ ...chosen, example });
    else if (untouched && examples.length === 0) setChosen(null);
    else if (untouched) choose(example === undefined ? 0 : (chosen?.index ?? 0));
  };
  useEffect(() => refill.current(), [key]);
  return { chosen, choose };
}

async function bring(src: string): Promise<Blob> {
  const response = await get(src);
  return response.blob();
}
