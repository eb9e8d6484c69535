import type { PageExample } from '../../serve/model-info.js';
import { groupsOf } from './examples.js';

interface Props {
  readonly examples: readonly PageExample[];
  /** Index of the one that was chosen last; null for none. */
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
}

/** The card’s examples, in their groups. */
export function ExamplesMenu({ examples, chosen, onChoose }: Props) {
  if (examples.length === 0) return null;
  const choices = ({ examples: inIt }: { readonly examples: readonly PageExample[] }) =>
    inIt.map((example) => {
      const index = examples.indexOf(example);
      return (
        <option key={index} value={index}>
          {example.title}
        </option>
      );
    });
  return (
    <label class="widget-examples">
      Examples
      <select
        class="field"
        value={chosen ?? ''}
        onChange={(event) => {
          if (event.currentTarget.value !== '') onChoose(Number(event.currentTarget.value));
        }}
      >
        <option value="">Choose one</option>
        {groupsOf(examples).map((group) =>
          group.name === null ? (
            choices(group)
          ) : (
            <optgroup key={group.name} label={group.name}>
              {choices(group)}
            </optgroup>
          ),
        )}
      </select>
    </label>
  );
}
