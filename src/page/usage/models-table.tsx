import { visible } from '../../report/text.js';
import type { SpanReport, UsageReport } from '../../serve/usage/report.js';
import { pageOf } from '../address.js';
import { Scroll } from '../scroll.js';
import { bytesInWords } from '../words.js';
import { msInWords, numberInWords } from './wording.js';

/** All models over a span, those first that were asked most. */
export function ModelsTable({
  span,
  live,
}: {
  readonly span: SpanReport;
  readonly live: UsageReport['live'];
}) {
  const models = [...span.models].sort((a, b) => b.requests - a.requests || a.id.localeCompare(b.id));
  return (
    <section class="panel by-model" aria-labelledby="by-model">
      <h2 id="by-model">Models</h2>
      <Scroll label="Figures of each model">
        <table>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Now</th>
              {['Requests', 'Errors', 'p50', 'p90', 'p99', 'Tokens', 'Cache', 'Loads', 'Memory'].map(
                (name) => (
                  <th scope="col" class="number" key={name}>
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.id}>
                <th scope="row">
                  <a href={pageOf(model.id)}>{visible(model.id)}</a>
                </th>
                <td>{now(live, model.id)}</td>
                <td class="number">{numberInWords(model.requests)}</td>
                <td class={model.errors > 0 ? 'number bad' : 'number'}>{numberInWords(model.errors)}</td>
                <td class="number">{msInWords(model.p50)}</td>
                <td class="number">{msInWords(model.p90)}</td>
                <td class="number">{msInWords(model.p99)}</td>
                <td class="number">{numberInWords(model.tokens)}</td>
                <td class="number">{numberInWords(model.cacheHits)}</td>
                <td class="number">{numberInWords(model.loads)}</td>
                <td class="number">{model.memoryBytes === 0 ? '–' : bytesInWords(model.memoryBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function now(live: UsageReport['live'], id: string): string {
  const mine = live.filter(({ model }) => model === id);
  if (!mine.some(({ loaded }) => loaded)) return 'not loaded';
  const waiting = mine.reduce((sum, one) => sum + one.waiting, 0);
  return waiting === 0 ? 'loaded' : `loaded, ${waiting} waiting`;
}
