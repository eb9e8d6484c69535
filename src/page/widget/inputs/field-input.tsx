import type { TaskForm } from '../tasks.js';
import type { Values } from '../values.js';
import { GridInput } from './grid-input.js';
import { MediaInput } from './media-input.js';
import { SentencesInput } from './sentences-input.js';

/** What every input of the form needs. */
export interface FieldProps {
  readonly field: TaskForm['fields'][number];
  readonly values: Values;
  /** What is wrong with it; null where nothing is. */
  readonly fault: string | null;
  /** Something that stands under it. */
  readonly hint: string | null;
  readonly onChange: (values: Values) => void;
}

/** Id of the input of a field; that of the first one where there are several. */
export function inputId(field: string): string {
  return `widget-${field}`;
}

/** One input of the form, with its label. */
export function FieldInput({ field, values, fault, hint, onChange }: FieldProps) {
  switch (field.kind) {
    case 'text':
    case 'line':
      return (
        <TextField
          id={inputId(field.key)}
          label={field.label}
          value={values[field.key]}
          lines={field.kind === 'text' ? 4 : 1}
          fault={fault}
          hint={hint}
          onInput={(value) => onChange({ ...values, [field.key]: value })}
        />
      );
    case 'labels':
      return (
        <TextField
          id={inputId('labels')}
          label={field.label}
          value={values.labels}
          lines={1}
          fault={fault}
          hint={hint}
          onInput={(labels) => onChange({ ...values, labels })}
        />
      );
    case 'json':
      return (
        <TextField
          id={inputId('json')}
          label={field.label}
          value={values.json}
          lines={4}
          code
          fault={fault}
          hint={field.hint}
          onInput={(json) => onChange({ ...values, json })}
        />
      );
    case 'sentences':
      return (
        <SentencesInput
          label={field.label}
          each={field.each}
          sentences={values.sentences}
          fault={fault}
          onChange={(sentences) => onChange({ ...values, sentences })}
        />
      );
    case 'grid':
      return (
        <GridInput
          label={field.label}
          grid={values.grid}
          fault={fault}
          onChange={(grid) => onChange({ ...values, grid })}
        />
      );
    case 'media':
      return (
        <MediaInput
          kind={field.media}
          label={field.label}
          media={values.media}
          fault={fault}
          onChange={(media) => onChange({ ...values, media })}
        />
      );
  }
}

interface TextProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly lines: number;
  readonly code?: boolean;
  readonly fault: string | null;
  readonly hint: string | null;
  readonly onInput: (value: string) => void;
}

function TextField({ id, label, value, lines, code, fault, hint, onInput }: TextProps) {
  const described = [...(hint === null ? [] : [`${id}-hint`]), ...(fault === null ? [] : [`${id}-fault`])];
  const common = {
    id,
    value,
    spellcheck: false,
    autocomplete: 'off',
    'aria-invalid': fault !== null,
    ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
    dir: 'auto',
    class: code === true ? 'field widget-code' : 'field',
    onInput: (event: { readonly currentTarget: { readonly value: string } }) =>
      onInput(event.currentTarget.value),
  } as const;
  return (
    <div class="widget-field">
      <label for={id}>{label}</label>
      {lines === 1 ? <input type="text" {...common} /> : <textarea rows={lines} {...common} />}
      {hint === null ? null : (
        <p class="aside" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldFault id={`${id}-fault`} fault={fault} />
    </div>
  );
}

/** What is wrong with an input, under it. */
export function FieldFault({ id, fault }: { readonly id: string; readonly fault: string | null }) {
  return fault === null ? null : (
    <p class="fault" id={id} role="alert">
      {fault}
    </p>
  );
}
