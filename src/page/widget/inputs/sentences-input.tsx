import { FieldFault, inputId } from './field-input.js';

interface Props {
  readonly label: string;
  /** What one of them is called. */
  readonly each: string;
  readonly sentences: readonly string[];
  readonly fault: string | null;
  readonly onChange: (sentences: readonly string[]) => void;
}

/** Sentences that can be added and taken away. */
export function SentencesInput({ label, each, sentences, fault, onChange }: Props) {
  return (
    <fieldset class="widget-field">
      <legend>{label}</legend>
      {sentences.map((sentence, index) => (
        <div class="widget-line" key={index}>
          <input
            class="field"
            type="text"
            dir="auto"
            {...(index === 0 ? { id: inputId('sentences') } : {})}
            aria-label={`${each} ${index + 1}`}
            value={sentence}
            onInput={(event) => onChange(sentences.with(index, event.currentTarget.value))}
          />
          {sentences.length > 1 ? (
            <button
              type="button"
              class="button small"
              aria-label={`Remove ${each.toLowerCase()} ${index + 1}`}
              onClick={({ currentTarget }) => {
                onChange(sentences.toSpliced(index, 1));
                // The button may go with its sentence, and the focus with it.
                const inputs = currentTarget.closest('fieldset')?.querySelectorAll('input');
                inputs?.[Math.min(index, sentences.length - 2)]?.focus();
              }}
            >
              ×
            </button>
          ) : null}
        </div>
      ))}
      <button type="button" class="button small" onClick={() => onChange([...sentences, ''])}>
        Add {each.toLowerCase()}
      </button>
      <FieldFault id="widget-sentences-fault" fault={fault} />
    </fieldset>
  );
}
