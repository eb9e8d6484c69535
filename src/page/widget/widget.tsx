import './widget.css';
import './outputs/outputs.css';
import './outputs/tones.css';
import type { ModelInfo } from '../../serve/model-info.js';
import { Prose } from '../prose.js';
import { RecordedExamples } from './recorded-examples.js';
import { TaskWidget } from './task-widget.js';
import { taskForm } from './tasks.js';
import { isRefused, VerdictNote } from './verdict-note.js';

/** Asks the model, as the widget on the page of the Hub does. */
export function Widget({ model }: { readonly model: ModelInfo }) {
  const tag = tagOf(model);
  const form = tag === null ? undefined : taskForm(tag);
  return (
    <section class="panel widget" aria-labelledby="widget-title">
      <h2 id="widget-title">{form?.name ?? 'Widget'}</h2>
      <VerdictNote model={model} served={form !== undefined} />
      {form === undefined ? (
        <p>
          {tag === null
            ? 'No task is known of this model, so there is nothing to ask it. '
            : `There is no form for ${tag}. `}
          <Prose text={model.support.task.detail} />
        </p>
      ) : isRefused(model) ? (
        <RecordedExamples key={`${model.id} ${form.tag}`} model={model} form={form} />
      ) : (
        <TaskWidget key={`${model.id} ${form.tag}`} model={model} form={form} />
      )}
    </section>
  );
}

/** The task that is asked for: the one of the Hub, else one that only the card names and the server can do. */
function tagOf({ pipeline_tag: tag, cardData }: ModelInfo): string | null {
  if (tag !== null) return tag;
  const named = cardData?.pipeline_tag;
  return typeof named === 'string' && taskForm(named) !== undefined ? named : null;
}
