import type { Answered } from './call.js';
import { Loading } from './loading.js';
import { RawJson } from './outputs/json.js';
import { Output } from './outputs/output.js';
import { WrittenText } from './outputs/written-text.js';
import { Problem } from './problem.js';
import type { Call } from './use-call.js';
import type { Values } from './values.js';
import { afterPrompt, type View } from './view.js';
import { WrittenAloud } from './written-aloud.js';

interface Props {
  readonly call: Call;
  /** The answer as it is shown; null until there is one. */
  readonly view: View | null;
  /** What was sent. */
  readonly values: Values;
  /** What a text may go on from; empty where none does. */
  readonly prompt: string;
}

/** What became of the inference. */
export function Outcome({ call, view, values, prompt }: Props) {
  const answered = call.kind === 'answered' ? call.answered : null;
  const writing = call.kind === 'writing';
  // One element from the first token to the end: another would be scrolled to its beginning, and without the focus.
  const streamed =
    call.kind === 'writing' || call.kind === 'stopped' || call.kind === 'failed'
      ? call.text
      : answered?.streamed === true && view?.kind === 'texts'
        ? (view.texts[0] ?? '')
        : null;
  return (
    <>
      <div role="status">
        {call.kind === 'computing' ? <p class="aside">Computing …</p> : null}
        {call.kind === 'loading' ? <Loading seconds={call.seconds} /> : null}
        {writing ? <p class="aside">Writing …</p> : null}
        {call.kind === 'stopped' ? (
          <p class="aside widget-time">Stopped; this was written until then.</p>
        ) : null}
        {answered === null ? null : <p class="aside widget-time">{timeOf(answered)}</p>}
      </div>
      {call.kind === 'failed' ? <Problem fault={call.fault} /> : null}
      {(streamed !== null && streamed !== '') || (answered !== null && view !== null) ? (
        <section class="widget-output" aria-label={writing ? 'Answer so far' : 'Answer'} aria-busy={writing}>
          {streamed !== null ? (
            <WrittenText text={streamed} prompt={prompt} writing={writing} />
          ) : view !== null ? (
            <Output view={view} values={values} prompt={prompt} />
          ) : null}
        </section>
      ) : null}
      {streamed === null || streamed === '' ? null : (
        <WrittenAloud text={afterPrompt(streamed, prompt)} writing={writing} />
      )}
      {answered === null || answered.value instanceof Blob ? null : <RawJson value={answered.value} />}
    </>
  );
}

function timeOf({ streamed, tokens, computeType, computeSeconds }: Answered): string {
  const time =
    computeType === 'cache'
      ? 'Kept answer, from the cache'
      : [
          streamed ? 'Written' : 'Computed',
          ...(computeSeconds === null ? [] : [`in ${computeSeconds.toFixed(3)} s`]),
          ...(computeType === null ? [] : [`on ${computeType}`]),
        ].join(' ');
  const many = tokens === null ? '' : `, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;
  return `${time}${many}`;
}
