import { useState } from 'preact/hooks';
import type { ModelInfo } from '../../serve/model-info.js';
import { ExamplesMenu } from './examples-menu.js';
import { FieldInput } from './inputs/field-input.js';
import { Stated } from './outputs/stated.js';
import { fieldId } from './request.js';
import type { TaskForm } from './tasks.js';
import { useExample } from './use-example.js';
import { NO_VALUES, type Values } from './values.js';

interface Props {
  readonly model: ModelInfo;
  readonly form: TaskForm;
}

/** The examples of a model that nobody may ask, with the answers that the card states, as the Hub shows them; nothing where it states none. */
export function RecordedExamples({ model, form }: Props) {
  const examples = model.examples.filter(({ output }) => output !== undefined);
  const [values, setValues] = useState<Values>(NO_VALUES);
  const { chosen, choose } = useExample(
    form,
    { ...model, examples },
    { values, touched: false },
    { onFill: (filled) => setValues(filled.values), onValues: setValues },
  );
  if (chosen === null || examples.length === 0) return null;
  return (
    <>
      <ExamplesMenu examples={examples} chosen={chosen.index} onChoose={choose} />
      <fieldset class="widget-recorded" disabled>
        <legend class="visually-hidden">Input of the example</legend>
        {form.fields.map((field) => (
          <FieldInput
            key={fieldId(field)}
            field={field}
            values={values}
            fault={null}
            hint={null}
            onChange={() => undefined}
          />
        ))}
      </fieldset>
      <Stated
        task={form.tag}
        output={form.output}
        stated={chosen.example.output}
        real={null}
        prompt={form.streams === 'further-text' ? values.text : ''}
        values={chosen.values}
      />
    </>
  );
}
