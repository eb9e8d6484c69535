import './widget.css';
import type { ModelInfo } from '../../serve/model-info.js';
import { TaskWidget } from './task-widget.js';
import { taskForm } from './tasks.js';
import { isRefused, VerdictNote } from './verdict-note.js';

/** Asks the model, as the widget on the page of the Hub does. */
export function Widget({ model }: { readonly model: ModelInfo }) {
  const { pipeline_tag: tag } = model;
  const form = tag === null ? undefined : taskForm(tag);
  return (
    <section class="widget" aria-labelledby="widget-title">
      <h2 id="widget-title">{form?.name ?? 'Widget'}</h2>
      <VerdictNote model={model} />
      {form === undefined ? (
        <p>
          {tag === null
            ? `No task is known of this model, so there is nothing to ask it. ${model.support.task.detail}`
            : `There is no form for ${tag} here; other tasks have one.`}
        </p>
      ) : isRefused(model) ? null : (
        <TaskWidget key={`${model.id} ${form.tag}`} model={model} form={form} />
      )}
    </section>
  );
}
