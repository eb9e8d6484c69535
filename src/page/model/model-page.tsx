import { useEffect, useState } from 'preact/hooks';
import { visible } from '../../report/text.js';
import type { ModelInfo } from '../../serve/model-info.js';
import type { ModelState } from '../../serve/model-state.js';
import { infoOf } from '../address.js';
import { Card } from '../card/card.js';
import { Busy, Failed, News } from '../notices.js';
import { StateText } from '../state-text.js';
import { useAnswer } from '../use-answer.js';
import { useEvents } from '../use-events.js';
import { Widget } from '../widget/widget.js';
import { chipsOf, type MarkedChip, markedChips } from './chips.js';
import { Findings, findingId, openFinding } from './findings.js';
import { Verdict } from './verdict.js';
import './model.css';

/** The page of a model, as the Hub has it: what it is, the widget, the verdict, what was found, and the card. */
export function ModelPage({ id }: { readonly id: string }) {
  const { shown, again } = useAnswer<ModelInfo>(infoOf(id));
  const [news, setNews] = useState('');
  // Told since the model was read: all else of it is as it was.
  const [state, setState] = useState<ModelState | null>(null);
  const readAnew = () => {
    setState(null);
    again();
  };
  useEvents((event) => {
    if (event.id !== id) return;
    if (event.kind === 'state') setState(event.state);
    else {
      readAnew();
      setNews(`Read anew at ${new Date().toLocaleTimeString('en-GB')}, as a file changed.`);
    }
  }, readAnew);
  useEffect(() => {
    document.title = `${id} · Models at home`;
  }, [id]);

  if (shown.kind === 'busy') return <Busy>Loading the model</Busy>;
  if (shown.kind === 'failed') {
    const gone = shown.error.status === 404;
    return (
      <Failed
        title={
          gone ? (
            <>
              There is no model <code>{visible(id)}</code> here
            </>
          ) : (
            'The model cannot be shown'
          )
        }
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
      <Head model={model} state={state ?? model.state} />
      <News away={shown.away}>{news}</News>
      <div class="columns">
        <div class="side">
          <Widget model={model} />
          <Verdict support={model.support} cardSource={model.cardSource} />
          <Findings {...model} />
        </div>
        <Card id={model.id} markdown={model.card} />
      </div>
    </>
  );
}

function Head({ model, state }: { readonly model: ModelInfo; readonly state: ModelState }) {
  const chips = markedChips(
    chipsOf(model.cardData, { task: model.pipeline_tag, library: model.library_name }),
    model.diagnostics,
    model.cardPath,
  );
  return (
    <header class="model-head">
      <h1>{visible(model.id)}</h1>
      <ul class="chips" aria-label="Metadata">
        {chips.map((chip) => (
          <li key={chip.pointer}>
            <ChipText
              chip={chip}
              number={chip.finding === null ? 0 : model.diagnostics.indexOf(chip.finding)}
            />
          </li>
        ))}
      </ul>
      <StateText state={state} />
    </header>
  );
}

/** A chip; one that something was found about leads to the finding, the `number`th of the report. */
function ChipText({ chip, number }: { readonly chip: MarkedChip; readonly number: number }) {
  const { name, value, finding } = chip;
  const text = (
    <>
      {name !== undefined && <span class="key">{name} </span>}
      {visible(value)}
    </>
  );
  if (finding === null) return <span class="chip">{text}</span>;
  const id = findingId(number);
  return (
    <a
      class={`chip ${finding.severity}`}
      href={`#${id}`}
      title={visible(finding.message)}
      onClick={() => openFinding(id)}
    >
      <i class={`mark ${finding.severity}`} aria-hidden="true" />
      <span>{text}</span>
      <span class="visually-hidden">, {finding.severity}: see the finding</span>
    </a>
  );
}
