import { useEffect, useRef, useState } from 'preact/hooks';
import { type CallFault, faultOf } from './call.js';
import { streamChat, withSystem } from './chat.js';
import type { Turn } from './examples.js';
import { Loading } from './loading.js';
import { Problem } from './problem.js';
import { StopButton } from './stop-button.js';
import { useEnd } from './use-end.js';
import { WrittenAloud } from './written-aloud.js';

interface Props {
  /** Path of the model. */
  readonly path: string;
  /** What the model is told before the conversation; empty for nothing. */
  readonly system: string;
  /** The turns that were said; the last one may be a user’s that was not answered yet. */
  readonly turns: readonly Turn[];
  readonly draft: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly onSystem: (system: string) => void;
  readonly onTurns: (turns: readonly Turn[]) => void;
  readonly onDraft: (draft: string) => void;
}

type State =
  | { readonly kind: 'idle' }
  /** The user stopped it when something was written. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'waiting' | 'writing' }
  | { readonly kind: 'loading'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly fault: CallFault };

/** A conversation with the model, which is seen as it writes. */
export function Conversation(props: Props) {
  const { path, system, turns, draft, parameters, onSystem, onTurns, onDraft } = props;
  const [state, setState] = useState<State>({ kind: 'idle' });
  const [seconds, setSeconds] = useState<number | null>(null);
  /** The answer that is being written, or was written last. */
  const [aloud, setAloud] = useState('');
  const { ref, onScroll, scrolls } = useEnd<HTMLDivElement>(turns, true);
  const message = useRef<HTMLTextAreaElement>(null);
  /** What is typed now, also while an answer is waited for. */
  const typed = useRef(draft);
  typed.current = draft;
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
    setAloud('');
    setState({ kind: 'waiting' });
    // Who asks wants to see the answer.
    ref.current?.scrollTo(0, ref.current.scrollHeight);
    // Loading the model is no part of writing.
    let begin: number | null = null;
    let answer = '';
    const sending = {
      signal,
      // Conversations are never kept.
      useCache: true,
      onLoading: (time: number) => setState({ kind: 'loading', seconds: time }),
    };
    try {
      await streamChat({ path, messages: withSystem(system, messages), parameters }, sending, (piece) => {
        begin ??= performance.now();
        answer += piece;
        if (signal.aborted) return;
        setState({ kind: 'writing' });
        setAloud(answer);
        onTurns([...messages, { role: 'assistant', content: answer }]);
      });
      if (answer === '') onTurns([...messages, { role: 'assistant', content: '' }]);
      setSeconds(begin === null ? 0 : (performance.now() - begin) / 1000);
      setState({ kind: 'idle' });
    } catch (error) {
      const fault = faultOf(error);
      if (signal.aborted && running.current !== controller) return;
      // What was asked can be asked again, and what was typed since is not lost.
      if (answer === '') {
        onTurns(turns);
        onDraft(typed.current === '' ? draft : `${draft}\n${typed.current}`);
      }
      setState(fault !== null ? { kind: 'failed', fault } : { kind: answer === '' ? 'idle' : 'stopped' });
    }
  };
  const clear = () => {
    running.current?.abort();
    running.current = null;
    onTurns([]);
    setAloud('');
    setSeconds(null);
    setState({ kind: 'idle' });
    // The button goes, and would take the focus along.
    message.current?.focus();
  };

  return (
    <div class="widget-chat">
      <div class="widget-field">
        <label for="widget-system">System message, if any</label>
        <input
          id="widget-system"
          class="field"
          type="text"
          dir="auto"
          value={system}
          onInput={(event) => onSystem(event.currentTarget.value)}
        />
      </div>
      <div
        ref={ref}
        class="widget-turns"
        role="log"
        aria-live="off"
        aria-label="Conversation"
        onScroll={onScroll}
        {...(scrolls ? { tabIndex: 0 } : {})}
      >
        {turns.length === 0 ? <p class="aside">Nothing was said yet.</p> : null}
        {turns.map(({ role, content }, index) => (
          <div class={`widget-turn is-${role}`} key={`${index} ${role}`}>
            <span class="widget-role">{NAMES[role]}</span>
            <p class={state.kind === 'writing' && index === turns.length - 1 ? 'is-writing' : ''}>
              {content === '' ? <em>(nothing)</em> : content}
            </p>
          </div>
        ))}
      </div>
      <WrittenAloud text={aloud} writing={busy} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <div class="widget-field">
          <label for="widget-message">Your message</label>
          <textarea
            ref={message}
            id="widget-message"
            class="field"
            rows={2}
            dir="auto"
            value={draft}
            onInput={(event) => onDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void ask();
            }}
          />
        </div>
        <div class="widget-run">
          <button type="submit" class="button primary" aria-disabled={busy || draft.trim() === ''}>
            Send
          </button>
          {busy ? <StopButton onStop={() => running.current?.abort()} /> : null}
          {turns.length > 0 ? (
            <button type="button" class="button small" onClick={clear}>
              Begin anew
            </button>
          ) : null}
          <span class="aside widget-keys">Ctrl+Enter sends</span>
        </div>
      </form>
      <div role="status">
        {state.kind === 'loading' ? <Loading seconds={state.seconds} /> : null}
        {state.kind === 'waiting' ? <p class="aside">The model thinks …</p> : null}
        {state.kind === 'stopped' ? (
          <p class="aside widget-time">Stopped; this was written until then.</p>
        ) : null}
        {state.kind === 'idle' && seconds !== null ? (
          <p class="aside widget-time">Written in {seconds.toFixed(2)} s</p>
        ) : null}
      </div>
      {state.kind === 'failed' ? <Problem fault={state.fault} /> : null}
    </div>
  );
}

const NAMES: Readonly<Record<Turn['role'], string>> = {
  system: 'System message',
  user: 'You',
  assistant: 'Model',
};
