import { useEffect, useState } from 'preact/hooks';
import { visible } from '../../report/text.js';
import type { ModelInfo } from '../../serve/model-info.js';
import { infoOf } from '../address.js';
import { Card } from '../card/card.js';
import { Busy, Failed } from '../notices.js';
import { StateText } from '../state-text.js';
import { useAnswer } from '../use-answer.js';
import { useEvents } from '../use-events.js';
import { Widget } from '../widget/widget.js';
import { chipsOf, markedChips } from './chips.js';
import { Findings } from './findings.js';
import { Verdict } from './verdict.js';
import './model.css';

/** The page of a model, as the Hub has it: what it is, the widget, the verdict, what was found, and the card. */
export function ModelPage({ id }: { readonly id: string }) {
  const { shown, again } = useAnswer<ModelInfo>(infoOf(id));
  const [news, setNews] = useState('');
  useEvents((event) => {
    if (event.id !== id) return;
    again();
    if (event.kind === 'changed')
      setNews(`Read anew at ${new Date().toLocaleTimeString('en-GB')}, as a file changed.`);
  }, again);
  useEffect(() => {
    document.title = `${id} · Models at home`;
  }, [id]);

  if (shown.kind === 'busy') return <Busy>Loading the model</Busy>;
  if (shown.kind === 'failed') {
    const gone = shown.error.status === 404;
    return (
      <Failed
        title={gone ? `There is no model ${visible(id)} here` : 'The model cannot be shown'}
        message={
          gone
            ? 'It is not among those that are served; the name may be spelled in another way.'
            : shown.error.message
        }
        {...(gone ? {} : { onRetry: again })}
      />
    );
  }
  const model = shown.value;
  return (
    <>
      <Head model={model} />
      <p class="news aside" role="status">
        {news}
      </p>
      <div class="columns">
        <div class="side">
          <Widget model={model} />
          <Verdict support={model.support} cardSource={model.cardSource} />
          <Findings diagnostics={model.diagnostics} cardPath={model.cardPath} cardSource={model.cardSource} />
        </div>
        <Card id={model.id} markdown={model.card} />
      </div>
    </>
  );
}

function Head({ model }: { readonly model: ModelInfo }) {
  const chips = markedChips(
    chipsOf(model.cardData, { task: model.pipeline_tag, library: model.library_name }),
    model.diagnostics,
    model.cardPath,
  );
  return (
    <header class="model-head">
      <h1>{visible(model.id)}</h1>
      <ul class="chips" aria-label="Metadata">
        {chips.map(({ name, value, pointer, severity, message }) => (
          <li
            key={pointer}
            class={`chip ${severity ?? ''}`}
            {...(message === null ? {} : { title: visible(message) })}
          >
            {severity !== null && <i class={`mark ${severity}`} aria-hidden="true" />}
            {name !== undefined && <span class="key">{name}</span>}
            {visible(value)}
            {severity !== null && <span class="visually-hidden">, {severity}: see the findings</span>}
          </li>
        ))}
      </ul>
      <StateText state={model.state} />
    </header>
  );
}
