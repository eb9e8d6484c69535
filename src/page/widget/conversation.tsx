import { useEffect, useRef, useState } from 'preact/hooks';
import { type CallFault, faultOf } from './call.js';
import { streamChat } from './chat.js';
import type { Turn } from './examples.js';
import { Loading } from './loading.js';
import { Problem } from './problem.js';

interface Props {
  /** Path of the model. */
  readonly path: string;
  /** What the model is told before the conversation; empty for nothing. */
  readonly system: string;
  /** The turns that were said; the last one may be a user’s that was not answered yet. */
  readonly turns: readonly Turn[];
  readonly draft: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly useCache: boolean;
  readonly onSystem: (system: string) => void;
  readonly onTurns: (turns: readonly Turn[]) => void;
  readonly onDraft: (draft: string) => void;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting' | 'writing' }
  | { readonly kind: 'loading'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly fault: CallFault };

/** A conversation with the model, which is seen as it writes. */
export function Conversation(props: Props) {
  const { path, system, turns, draft, parameters, useCache, onSystem, onTurns, onDraft } = props;
  const [state, setState] = useState<State>({ kind: 'idle' });
  const [seconds, setSeconds] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      running.current?.abort();
      running.current = null;
    },
    [],
  );
  const busy = state.kind === 'waiting' || state.kind === 'writing' || state.kind === 'loading';

  const ask = async () => {
    if (busy || draft.trim() === '') return;
    const messages: readonly Turn[] = [...turns, { role: 'user', content: draft }];
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    onTurns(messages);
    onDraft('');
    setSeconds(null);
    setState({ kind: 'waiting' });
    // Loading the model is no part of writing.
    let begin: number | null = null;
    let answer = '';
    const sending = {
      signal,
      useCache,
      onLoading: (time: number) => setState({ kind: 'loading', seconds: time }),
    };
    try {
      await streamChat({ path, messages: withSystem(system, messages), parameters }, sending, (piece) => {
        begin ??= performance.now();
        answer += piece;
        if (signal.aborted) return;
        setState({ kind: 'writing' });
        onTurns([...messages, { role: 'assistant', content: answer }]);
      });
      if (answer === '') onTurns([...messages, { role: 'assistant', content: '' }]);
      setSeconds(begin === null ? 0 : (performance.now() - begin) / 1000);
      setState({ kind: 'idle' });
    } catch (error) {
      const fault = faultOf(error);
      if (signal.aborted && running.current !== controller) return;
      // What was asked can be asked again.
      if (answer === '') {
        onTurns(turns);
        onDraft(draft);
      }
      setState(fault === null ? { kind: 'idle' } : { kind: 'failed', fault });
    }
  };
  const clear = () => {
    running.current?.abort();
    running.current = null;
    onTurns([]);
    setSeconds(null);
    setState({ kind: 'idle' });
  };

  return (
    <div class="widget-chat">
      <div class="widget-turns" role="log" aria-label="Conversation" aria-busy={busy}>
        {turns.length === 0 ? <p class="widget-hint">Nothing was said yet.</p> : null}
        {turns.map(({ role, content }, index) => (
          <div class={`widget-turn is-${role}`} key={`${index} ${role}`}>
            <span class="widget-role">{NAMES[role]}</span>
            <p>{content === '' ? <em>(nothing)</em> : content}</p>
          </div>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <div class="widget-field">
          <label for="widget-system">System message, if any</label>
          <input
            id="widget-system"
            type="text"
            value={system}
            onInput={(event) => onSystem(event.currentTarget.value)}
          />
        </div>
        <div class="widget-field">
          <label for="widget-message">Your message</label>
          <textarea
            id="widget-message"
            rows={2}
            value={draft}
            onInput={(event) => onDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void ask();
            }}
          />
        </div>
        <div class="widget-run">
          <button type="submit" class="widget-main" aria-disabled={busy || draft.trim() === ''}>
            Send
          </button>
          {busy ? (
            <button type="button" class="widget-small" onClick={() => running.current?.abort()}>
              Stop
            </button>
          ) : null}
          {turns.length > 0 ? (
            <button type="button" class="widget-small" onClick={clear}>
              Begin anew
            </button>
          ) : null}
          <span class="widget-hint">Ctrl+Enter sends</span>
        </div>
      </form>
      <div role="status">
        {state.kind === 'loading' ? <Loading seconds={state.seconds} /> : null}
        {state.kind === 'waiting' ? <p class="widget-hint">The model thinks …</p> : null}
        {state.kind === 'idle' && seconds !== null ? (
          <p class="widget-time">Written in {seconds.toFixed(2)} s</p>
        ) : null}
      </div>
      {state.kind === 'failed' ? <Problem fault={state.fault} /> : null}
    </div>
  );
}

/** All that the model is told. */
export function withSystem(system: string, turns: readonly Turn[]): readonly Turn[] {
  return system.trim() === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

const NAMES: Readonly<Record<Turn['role'], string>> = {
  system: 'System message',
  user: 'You',
  assistant: 'Model',
};
