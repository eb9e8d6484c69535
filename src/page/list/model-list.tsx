import { useEffect, useState } from 'preact/hooks';
import { visible } from '../../report/text.js';
import { counted } from '../../report/wording.js';
import type { ModelSummary } from '../../serve/model-info.js';
import { pageOf } from '../address.js';
import { Busy, Failed, News } from '../notices.js';
import { StateText } from '../state-text.js';
import { useAnswer } from '../use-answer.js';
import { useEvents } from '../use-events.js';
import { apiVerdict, widgetVerdict } from '../words.js';
import { matching } from './matching.js';
import './list.css';

/** All models that are served. */
export function ModelList() {
  const { shown, again } = useAnswer<readonly ModelSummary[]>('/api/models');
  const [text, setText] = useState('');
  useEvents(again, again);
  useEffect(() => {
    document.title = 'Models at home';
  }, []);

  if (shown.kind === 'busy') return <Busy>Loading the list of models</Busy>;
  if (shown.kind === 'failed') {
    return <Failed title="The models cannot be listed" message={shown.error.message} onRetry={again} />;
  }
  const models = matching(shown.value, text);
  return (
    <>
      <div class="list-head">
        <div>
          <h1>Models</h1>
          <p class="aside" role="status">
            {text.trim() === ''
              ? counted(models.length, 'model')
              : `${models.length} of ${counted(shown.value.length, 'model')}`}
          </p>
        </div>
        <search class="search">
          <label for="filter">Filter by name, task, library or verdict</label>
          <input
            id="filter"
            class="field"
            type="search"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </search>
      </div>
      <News away={shown.away} />
      {models.length === 0 ? (
        <p>{shown.value.length === 0 ? 'No model is served.' : 'No model has all of these words.'}</p>
      ) : (
        <ul class="models">
          {models.map((model) => (
            <Entry key={model.id} model={model} />
          ))}
        </ul>
      )}
    </>
  );
}

function Entry({ model }: { readonly model: ModelSummary }) {
  const widget = widgetVerdict(model.support);
  const api = apiVerdict(model.support);
  const { errors, findings } = model;
  return (
    <li>
      <h2>
        <a href={pageOf(model.id)}>{visible(model.id)}</a>
      </h2>
      <ul class="chips">
        <li class="chip">{model.pipeline_tag ?? 'no task'}</li>
        <li class="chip">{model.library_name ?? 'no library'}</li>
        <li class={`chip ${widget.tone}`}>{widget.words}</li>
        <li class={`chip ${api.tone}`}>{api.words}</li>
        <li class={`chip ${errors > 0 ? 'error' : findings > 0 ? 'warning' : 'good'}`}>
          {errors > 0
            ? counted(errors, 'error')
            : findings > 0
              ? counted(findings, 'finding')
              : 'no findings'}
        </li>
      </ul>
      <StateText state={model.state} />
    </li>
  );
}
