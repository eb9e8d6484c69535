import type { SupportVerdict } from '../../support/verdict.js';
import { Prose } from '../prose.js';
import { apiVerdict, type Tone, widgetVerdict } from '../words.js';
import { Edit } from './findings.js';

/** What the Hub will make of the repository: library, task, API and widget, what each rests on, and what would turn on what is off. */
export function Verdict({
  support,
  cardSource,
}: {
  readonly support: SupportVerdict;
  readonly cardSource: string | null;
}) {
  const { library, task, api, widget, remedy = [] } = support;
  const apiWords = apiVerdict(support);
  const widgetWords = widgetVerdict(support);
  return (
    <section class="panel verdict" aria-labelledby="verdict-title">
      <h2 id="verdict-title">On the Hub</h2>
      <dl>
        <Fact name="Widget" value={widgetWords.words} tone={widgetWords.tone}>
          {widget.explanation}
        </Fact>
        <Fact
          name="API"
          value={api.enabled ? apiWords.words : `${apiWords.words}: ${api.reason}`}
          tone={apiWords.tone}
        >
          {api.explanation}
        </Fact>
        <Fact name="Task" value={task.name ?? 'not found'} tone={task.name === null ? 'warning' : null}>
          {task.detail}
        </Fact>
        <Fact
          name="Library"
          value={library.name ?? 'not found'}
          tone={library.name === null ? 'warning' : null}
        >
          {library.detail}
        </Fact>
      </dl>
      {remedy.length > 0 && (
        <div class="remedy">
          <h3>To turn it on</h3>
          {remedy.map((fix) => (
            <Edit key={fix.title} fix={fix} source={cardSource} />
          ))}
        </div>
      )}
    </section>
  );
}

function Fact({
  name,
  value,
  tone,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly tone: Tone | null;
  readonly children: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong class={tone ?? ''}>{value}</strong>
        <p class="aside">
          <Prose text={children} />
        </p>
      </dd>
    </div>
  );
}
