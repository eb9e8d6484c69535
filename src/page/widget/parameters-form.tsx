import { limitsOf, type ParameterField, type ParameterTexts } from './parameters.js';

interface Props {
  readonly fields: readonly ParameterField[];
  readonly texts: ParameterTexts;
  /** The parameter that cannot be sent, and why. */
  readonly fault: { readonly name: string; readonly message: string } | null;
  /** Parameters of the card or example that have no field. */
  readonly others: Readonly<Record<string, unknown>>;
  /** Null where answers are never kept: those that are seen as they are written. */
  readonly useCache: boolean | null;
  readonly onChange: (texts: ParameterTexts) => void;
  readonly onUseCache: (useCache: boolean) => void;
}

/** The parameters of a task; an empty one is not sent. */
export function ParametersForm({ fields, texts, fault, others, useCache, onChange, onUseCache }: Props) {
  const given = Object.values(texts).filter((text) => text.trim() !== '').length + Object.keys(others).length;
  return (
    <details class="widget-details">
      <summary>Parameters{given === 0 ? '' : ` (${given})`}</summary>
      <div class="widget-parameters">
        {fields.map((field) => (
          <Parameter
            key={field.name}
            field={field}
            text={texts[field.name] ?? ''}
            fault={fault?.name === field.name ? fault.message : null}
            onInput={(text) => onChange({ ...texts, [field.name]: text })}
          />
        ))}
      </div>
      {Object.keys(others).length === 0 ? null : (
        <p class="aside">
          The card says to send these too: <code>{JSON.stringify(others).slice(0, 500)}</code>
        </p>
      )}
      {useCache === null ? null : (
        <label class="widget-check">
          <input
            type="checkbox"
            checked={useCache}
            onChange={(event) => onUseCache(event.currentTarget.checked)}
          />
          An answer that the server has kept will do
        </label>
      )}
    </details>
  );
}

/** Id of the input of a parameter. */
export function parameterId(name: string): string {
  return `widget-parameter-${name}`;
}

interface ParameterProps {
  readonly field: ParameterField;
  readonly text: string;
  readonly fault: string | null;
  readonly onInput: (text: string) => void;
}

function Parameter({ field, text, fault, onInput }: ParameterProps) {
  const id = parameterId(field.name);
  return (
    <div class="widget-field">
      <label for={id}>
        <code>{field.name}</code>
      </label>
      <Entry id={id} field={field} text={text} wrong={fault !== null} onInput={onInput} />
      <p class="aside" id={`${id}-hint`}>
        {hintOf(field)}
      </p>
      {fault === null ? null : (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

interface EntryProps {
  readonly id: string;
  readonly field: ParameterField;
  readonly text: string;
  readonly wrong: boolean;
  readonly onInput: (text: string) => void;
}

function Entry({ id, field, text, wrong, onInput }: EntryProps) {
  const common = {
    id,
    value: text,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': wrong,
    class: 'field',
    onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
      onInput(event.currentTarget.value),
  };
  switch (field.kind) {
    case 'number':
      return (
        <input
          type="number"
          min={field.least}
          step={field.whole ? 1 : 'any'}
          {...(field.most === undefined ? {} : { max: field.most })}
          {...common}
        />
      );
    case 'yes-no':
    case 'choice':
      return (
        <select {...common}>
          <option value="">as usual</option>
          {(field.kind === 'choice' ? field.choices : ['true', 'false']).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      );
    case 'list':
    case 'text':
      return <input type="text" autocomplete="off" spellcheck={false} {...common} />;
  }
}

function hintOf(field: ParameterField): string {
  if (field.kind === 'number') return `${field.hint}: ${limitsOf(field)}`;
  return field.kind === 'list' ? `${field.hint}, with commas between them` : field.hint;
}
