import type { Answered } from './call.js';
import { Loading } from './loading.js';
import { RawJson } from './outputs/json.js';
import { Output } from './outputs/output.js';
import { Problem } from './problem.js';
import type { Call } from './use-call.js';
import type { Values } from './values.js';
import type { View } from './view.js';

interface Props {
  readonly call: Call;
  /** The answer as it is shown; null until there is one. */
  readonly view: View | null;
  /** What was sent. */
  readonly values: Values;
}

/** What became of the inference. */
export function Outcome({ call, view, values }: Props) {
  const answered = call.kind === 'answered' ? call.answered : null;
  return (
    <>
      <div role="status">
        {call.kind === 'computing' ? <p class="widget-hint">Computing …</p> : null}
        {call.kind === 'loading' ? <Loading seconds={call.seconds} /> : null}
        {answered === null ? null : <p class="widget-time">{timeOf(answered)}</p>}
      </div>
      {call.kind === 'failed' ? <Problem fault={call.fault} /> : null}
      {answered === null || view === null ? null : (
        <>
          <section class="widget-output" aria-label="Answer">
            <Output view={view} values={values} />
          </section>
          {answered.value instanceof Blob ? null : <RawJson value={answered.value} />}
        </>
      )}
    </>
  );
}

function timeOf({ computeType, computeSeconds, apiOff }: Answered): string {
  const time =
    computeType === 'cache'
      ? 'Kept answer, from the cache'
      : `Computed${computeSeconds === null ? '' : ` in ${computeSeconds.toFixed(3)} s`}${computeType === null ? '' : ` on ${computeType}`}`;
  return apiOff === null ? time : `${time}; x-model-api: ${apiOff}`;
}
