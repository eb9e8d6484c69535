import { useEffect, useState } from 'preact/hooks';
import { statedFile } from '../../address.js';
import { ask } from '../../api.js';
import { Scroll } from '../../scroll.js';
import { readAnswer } from '../answer.js';
import { compareAnswers } from '../compare.js';
import type { OutputKind } from '../tasks.js';
import type { Values } from '../values.js';
import type { View } from '../view.js';
import { MadeFile } from './files.js';
import { Output } from './output.js';

interface Props {
  readonly task: string;
  readonly output: OutputKind;
  /** `output` of the card’s example. */
  readonly stated: unknown;
  /** The real answer; null where it is not computed yet. */
  readonly real: View | null;
  readonly prompt: string;
  /** What the example sends. */
  readonly values: Values;
}

/** What the card states, beside what the model says. */
export function Stated(props: Props) {
  return (
    <section class="widget-stated" aria-label="What the card states">
      <h3>What the card states</h3>
      <StatedBody {...props} />
    </section>
  );
}

function StatedBody({ task, output, stated, real, prompt, values }: Props) {
  const address = statedFile(stated);
  if (address !== null) {
    return (
      <>
        <StatedFile address={address} />
        {real === null ? null : <ForTheEye />}
      </>
    );
  }
  const view = readAnswer(output, stated);
  const compared = real === null ? null : compareAnswers(task, view, real, prompt);
  if (view.kind !== 'json' && (compared === null || compared.kind === 'look')) {
    return (
      <>
        <Output view={view} values={values} prompt={prompt} />
        {compared === null ? null : <ForTheEye />}
      </>
    );
  }
  if (compared?.kind !== 'rows') {
    return (
      <>
        {compared === null ? null : (
          <p class="aside">It has another form than the answer, and cannot be compared with it.</p>
        )}
        <pre class="widget-json">{JSON.stringify(stated, null, 2)?.slice(0, 2000)}</pre>
      </>
    );
  }
  // Of one, the sentence says it.
  const several = compared.rows.length > 1;
  return (
    <>
      <p>
        <Mark same={compared.same} />{' '}
        {compared.same
          ? 'The model says the same.'
          : 'The model says something else. Correct the card, or the model.'}
      </p>
      <Scroll label="Card and model compared">
        <table class="widget-table">
          <thead>
            <tr>
              {several ? <th scope="col">Same?</th> : null}
              <th scope="col">What</th>
              <th scope="col">Card</th>
              <th scope="col">Model</th>
            </tr>
          </thead>
          <tbody>
            {compared.rows.map(({ what, stated: said, real: found, same }, index) => (
              <tr key={index}>
                {several ? (
                  <td>
                    <Mark same={same} />
                  </td>
                ) : null}
                <td>{what}</td>
                <td>{said}</td>
                <td>{found}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function ForTheEye() {
  return <p class="aside">Compare it with the answer above.</p>;
}

function Mark({ same }: { readonly same: boolean }) {
  return <span class={`widget-mark ${same ? 'is-same' : 'is-other'}`}>{same ? '✓ same' : '✗ differs'}</span>;
}

function StatedFile({ address }: { readonly address: string }) {
  const [blob, setBlob] = useState<Blob | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    ask(address, { signal: controller.signal })
      .then((response) => (response.ok ? response.blob() : null))
      .then(setBlob, () => undefined);
    return () => controller.abort();
  }, [address]);
  return blob === null ? null : <MadeFile blob={blob} name="stated" />;
}
