import { useEffect, useState } from 'preact/hooks';
import { visible } from '../../report/text.js';
import type { SpanReport, UsageReport } from '../../serve/usage/report.js';
import { Busy, Failed, News } from '../notices.js';
import { useAnswer } from '../use-answer.js';
import { bytesInWords } from '../words.js';
import { Chart } from './chart.js';
import { chartsOf } from './charts.js';
import { ModelsTable } from './models-table.js';
import { msInWords, shareInWords, shortNumber } from './wording.js';
import './usage.css';

/** How often the figures are asked for, in milliseconds. */
const EVERY_MS = 2000;

type SpanName = 'hour' | 'day';

const SPANS: readonly (readonly [SpanName, string])[] = [
  ['hour', 'Last hour'],
  ['day', 'Last day'],
];

/** What was asked of the models, live. */
export function UsagePage() {
  const [span, setSpan] = useState<SpanName>(inAddress('span') === 'day' ? 'day' : 'hour');
  const [model, setModel] = useState(inAddress('model') ?? '');
  const address = model === '' ? '/api/usage' : `/api/usage?model=${encodeURIComponent(model)}`;
  const { shown, again } = useAnswer<UsageReport>(address);
  useEffect(() => {
    document.title = 'Usage · Models at home';
  }, []);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) again();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [again]);
  useEffect(() => {
    const said = new URLSearchParams({
      ...(span === 'day' ? { span } : {}),
      ...(model === '' ? {} : { model }),
    });
    history.replaceState(null, '', said.size === 0 ? '/usage' : `/usage?${said}`);
  }, [span, model]);

  if (shown.kind === 'busy') return <Busy>Loading the figures</Busy>;
  if (shown.kind === 'failed') {
    return <Failed title="There are no figures" message={shown.error.message} onRetry={again} />;
  }
  const report = shown.value;
  const figures = report[span];
  return (
    <>
      <News away={shown.away} />
      <div class="usage">
        <div class="usage-head">
          <div>
            <h1>Usage</h1>
            <p class="aside">
              As of {new Date(report.now).toLocaleTimeString('en-GB')}.{' '}
              {report.kept ? 'Kept when the server ends.' : 'Since the server began; not kept when it ends.'}
            </p>
          </div>
          <fieldset class="spans">
            <legend class="visually-hidden">Time</legend>
            {SPANS.map(([name, words]) => (
              <label key={name}>
                <input
                  type="radio"
                  name="span"
                  value={name}
                  checked={span === name}
                  onChange={() => setSpan(name)}
                />
                <span>{words}</span>
              </label>
            ))}
          </fieldset>
          <label class="which">
            <span class="visually-hidden">Model</span>
            <select class="field" value={model} onChange={(event) => setModel(event.currentTarget.value)}>
              <option value="">All models</option>
              {figures.models.map(({ id }) => (
                <option key={id} value={id}>
                  {visible(id)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Tiles span={figures} live={report.live.filter((one) => model === '' || one.model === model)} />
        <div class="charts">
          {chartsOf(figures).map((data) => (
            <Chart key={data.title} data={data} start={figures.start} stepMs={figures.stepMs} />
          ))}
        </div>
        <ModelsTable span={figures} live={report.live} />
        <p class="aside">
          Percentiles are of answers that were no errors, right within {report.relativeError * 100} %. Who is
          told that a model loads, or goes away, counts as no error.
        </p>
      </div>
    </>
  );
}

/** The figures of the whole span. */
function Tiles({ span: { total }, live }: { readonly span: SpanReport; readonly live: UsageReport['live'] }) {
  const memory = live.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  const loaded = live.filter((one) => one.loaded).length;
  const waiting = live.reduce((sum, one) => sum + one.waiting, 0);
  const tiles: readonly (readonly [string, string, string])[] = [
    [
      'Requests',
      shortNumber(total.requests),
      waiting === 0 ? 'none waits' : `${shortNumber(waiting)} wait now`,
    ],
    ['Errors', shortNumber(total.errors), `${shareInWords(total.errors, total.requests)} of requests`],
    [
      'Median latency',
      msInWords(total.p50),
      // A line breaks behind the comma alone.
      [`p90 ${msInWords(total.p90)},`, `p99 ${msInWords(total.p99)}`]
        .map((part) => part.replaceAll(' ', '\u00a0'))
        .join(' '),
    ],
    [
      'From the cache',
      shareInWords(total.cacheHits, total.requests),
      `${shortNumber(total.cacheHits)}, and ${shortNumber(total.sharedRuns)} shared`,
    ],
    ['Tokens written', shortNumber(total.tokens), ''],
    [
      'Memory now',
      memory === 0 ? '–' : bytesInWords(memory),
      `${loaded} loaded, ${shortNumber(total.loads)} ${total.loads === 1 ? 'load' : 'loads'}`,
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([name, value, more]) => (
        <div key={name} class="panel">
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            {more !== '' && <span class="aside">{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What the query of the address says; null where it says nothing. */
function inAddress(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}
