import { useMemo } from 'preact/hooks';
import type { Diagnostic, Fix } from '../../diagnostic.js';
import { editedLines } from '../../report/edited-lines.js';
import { worstFirst } from '../../report/order.js';
import { visible } from '../../report/text.js';
import { counted, hubReaction, sentence } from '../../report/wording.js';
import type { ModelInfo } from '../../serve/model-info.js';
import { Prose } from '../prose.js';
import { excerpt, linesOf } from './excerpt.js';

/** Most findings that are told in full. */
const MOST = 200;
/** As many are open from the start. */
const OPEN = 3;

/** A file that findings are about. */
interface Source {
  readonly text: string;
  readonly lines: readonly string[];
}

type Props = Pick<ModelInfo, 'diagnostics' | 'cardPath' | 'cardSource' | 'otherSources'>;

/** What was found in the repository, worst first, each with its place and what to do. */
export function Findings({ diagnostics, cardPath, cardSource, otherSources }: Props) {
  const shown = worstFirst(diagnostics).slice(0, MOST);
  const left = diagnostics.length - shown.length;
  const sources = useMemo(() => {
    const texts = new Map(Object.entries(otherSources));
    if (cardSource !== null) texts.set(cardPath, cardSource);
    return new Map(
      [...texts].map(([file, text]): [string, Source] => [file, { text, lines: linesOf(text) }]),
    );
  }, [cardPath, cardSource, otherSources]);
  return (
    <section class="panel findings" aria-labelledby="findings-title">
      <h2 id="findings-title">
        Findings <span class="aside">{diagnostics.length === 0 ? 'none' : diagnostics.length}</span>
      </h2>
      {diagnostics.length === 0 ? (
        <p>Nothing is wrong with the card, as far as can be seen.</p>
      ) : (
        <ul>
          {shown.map((finding, index) => (
            <Finding
              key={`${finding.rule} ${finding.path} ${index}`}
              id={findingId(diagnostics.indexOf(finding))}
              finding={finding}
              source={sources.get(finding.file) ?? null}
              open={index < OPEN}
            />
          ))}
        </ul>
      )}
      {left > 0 && <p class="aside">and {counted(left, 'more finding')}</p>}
    </section>
  );
}

/** The id of the element of a finding, by its place in the report. */
export function findingId(index: number): string {
  return `finding-${index}`;
}

/** Unfolds a finding that something leads to. */
export function openFinding(id: string): void {
  const details = document.getElementById(id)?.querySelector('details');
  if (details) details.open = true;
}

function Finding({
  id,
  finding,
  source,
  open,
}: {
  readonly id: string;
  readonly finding: Diagnostic;
  /** The file that the finding is about; null where it is not known. */
  readonly source: Source | null;
  readonly open: boolean;
}) {
  const { severity, rule, message, file, range, help, fix } = finding;
  const reaction = hubReaction(finding);
  return (
    <li id={id} class={severity}>
      <details open={open}>
        <summary>
          <i class={`mark ${severity}`} aria-hidden="true" />
          <span>
            <span class="visually-hidden">{severity}: </span>
            <Prose text={message} />
          </span>
        </summary>
        <p class="aside">
          <code>{rule}</code> · {visible(file)}
          {range !== undefined && <>, line {range.start.line}</>}
          {reaction !== undefined && <> · {sentence(reaction)}</>}
        </p>
        {source !== null && range !== undefined && (
          <pre class="excerpt">
            {excerpt(source.lines, range).map((line) => (
              <span key={line.number} class="line">
                <span class="number">{line.number}</span>
                {visible(line.before)}
                {line.marked !== '' && <mark class={severity}>{visible(line.marked)}</mark>}
                {visible(line.behind)}
                {'\n'}
              </span>
            ))}
          </pre>
        )}
        {helpParts(help).map((part) => (
          <p key={part} class={part.startsWith('More: ') ? 'aside' : ''}>
            <Prose text={part} />
          </p>
        ))}
        {fix !== undefined && (
          <>
            <h3>Fix</h3>
            <Edit fix={fix} source={source?.text ?? null} />
          </>
        )}
      </details>
    </li>
  );
}

/** The advice, and apart from it what the Hub says and where to read more. */
function helpParts(help: string): readonly string[] {
  return help
    .split(/ +(?=The Hub says: |More: validate-card explain \S+$)/)
    .filter((part) => part.trim() !== '');
}

/** An edit of a file: its title, and the lines that it changes. */
export function Edit({ fix, source }: { readonly fix: Fix; readonly source: string | null }) {
  const sign = { same: ' ', removed: '-', added: '+' } as const;
  const edited = source === null || fix.edits.length === 0 ? null : editedLines(source, fix.edits);
  return (
    <div class="edit">
      <p>
        <Prose text={fix.title} />
      </p>
      {edited !== null && (
        <pre class="diff">
          {edited.lines.map(({ kind, text }, index) => (
            <span key={index} class={kind}>
              {sign[kind]} {visible(text)}
              {'\n'}
            </span>
          ))}
          {edited.left > 0 && `… and ${edited.left} more lines`}
        </pre>
      )}
    </div>
  );
}
