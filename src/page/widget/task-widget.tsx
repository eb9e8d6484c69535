import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ModelInfo } from '../../serve/model-info.js';
import { token } from '../api.js';
import { readAnswer } from './answer.js';
import { chatParameters, messagesToSend, withSystem } from './chat.js';
import { CodePanel } from './code-panel.js';
import { Conversation } from './conversation.js';
import { answerTo, type FilledExample, openingOf, type Turn } from './examples.js';
import { ExamplesMenu } from './examples-menu.js';
import { FieldInput, inputId } from './inputs/field-input.js';
import { Outcome } from './outcome.js';
import { Stated } from './outputs/stated.js';
import { chatFields, type ParameterTexts, readParameters, textsOf } from './parameters.js';
import { ParametersForm, parameterId } from './parameters-form.js';
import { fieldId, modelPath, requestOf, streamedFrom } from './request.js';
import { codeOfChat, codeOfRequest } from './request-code.js';
import { StopButton } from './stop-button.js';
import type { TaskForm } from './tasks.js';
import { useCall } from './use-call.js';
import { useExample } from './use-example.js';
import { examplesOf } from './usual-examples.js';
import { NO_VALUES, type Values } from './values.js';

interface Props {
  readonly model: ModelInfo;
  readonly form: TaskForm;
}

/** Parameters and a conversation as an example fills them in; other ones mean that somebody changed them. */
interface FilledIn {
  readonly texts: ParameterTexts;
  readonly system: string;
  readonly turns: readonly Turn[];
  readonly draft: string;
}

/** What is wrong with something that was entered. */
interface EntryFault {
  /** Id of the input, which gets the focus. */
  readonly at: string;
  readonly message: string;
}

/** The form of a task, with its examples, parameters, answer and code. */
export function TaskWidget({ model, form }: Props) {
  const canChat = model.chats && ['text-generation', 'conversational'].includes(form.tag);
  const [wantsChat, setWantsChat] = useState(canChat);
  // A model may lose its chat template while the page is open.
  const chatting = canChat && wantsChat;
  const [values, setValues] = useState<Values>(NO_VALUES);
  /** The parameters of the card, and in front of them those of an example. */
  const parametersWith = (own: FilledExample['parameters']) =>
    textsOf(form.parameters, { ...model.support.api.parameters, ...own });
  const [texts, setTexts] = useState<ParameterTexts>(() => parametersWith({}).texts);
  const [others, setOthers] = useState(() => parametersWith({}).others);
  const [useCache, setUseCache] = useState(true);
  const [system, setSystem] = useState('');
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [draft, setDraft] = useState('');
  /** What the example says before the model does; each example begins a conversation of its own. */
  const [opening, setOpening] = useState<readonly Turn[]>([]);
  /** What the example filled in beside the values. */
  const [filledIn, setFilledIn] = useState<FilledIn | null>(null);
  const [fault, setFault] = useState<EntryFault | null>(null);
  useEffect(() => {
    if (fault === null) return;
    const input = document.getElementById(fault.at);
    // What is folded away takes no focus.
    const folded = input?.closest('details');
    if (folded) folded.open = true;
    input?.focus();
  }, [fault]);
  /** What the answer that is shown was computed of. */
  const [sent, setSent] = useState<Values>(NO_VALUES);
  const { call, start, stop, clear } = useCall();

  const fill = (filled: FilledExample) => {
    const asked = parametersWith(filled.parameters);
    clear();
    setFault(null);
    const said = openingOf(filled);
    const all: FilledIn = {
      texts: asked.texts,
      system: said.find(({ role }) => role === 'system')?.content ?? '',
      turns: said.filter(({ role }) => role !== 'system').slice(0, -1),
      draft: said.at(-1)?.content ?? '',
    };
    setFilledIn(all);
    setValues(filled.values);
    setTexts(all.texts);
    setOthers(asked.others);
    if (!canChat) return;
    setWantsChat(filled.messages.length > 0 || form.tag === 'conversational');
    setOpening(said);
    setSystem(all.system);
    setTurns(all.turns);
    setDraft(all.draft);
  };
  const examples = useMemo(() => examplesOf(model, form.tag), [model, form.tag]);
  const touched =
    filledIn !== null &&
    (texts !== filledIn.texts ||
      (canChat && (system !== filledIn.system || turns !== filledIn.turns || draft !== filledIn.draft)));
  const { chosen, choose } = useExample(
    form,
    { examples, support: model.support },
    { values, touched },
    { onFill: fill, onValues: setValues },
  );

  const fields = chatting ? chatFields(form.parameters) : form.parameters;
  const read = readParameters(fields, texts);
  const parameters = { ...others, ...(read.ok ? read.parameters : {}) };
  const path = modelPath(model.id, model.pipeline_tag === null ? form.tag : null);
  const chatPath = modelPath(model.id, null);
  const busy = call.kind === 'computing' || call.kind === 'loading' || call.kind === 'writing';
  const from = streamedFrom(form, values, parameters);

  const compute = () => {
    if (busy) return;
    if (!read.ok) return setFault({ at: parameterId(read.name), message: read.message });
    const made = requestOf(form, values, parameters, model.maskToken);
    if (!made.ok) return setFault({ at: inputId(made.field), message: made.message });
    setFault(null);
    setSent(values);
    return start({ path, request: made.request, useCache, streamedFrom: from });
  };
  const code = () => {
    if (!read.ok) return read.message;
    const asks = token() !== null;
    if (chatting) {
      const messages = messagesToSend(system, turns, draft);
      if (messages.length === 0) return 'Your message is empty.';
      return codeOfChat({
        url: `${location.origin}${chatPath}`,
        messages,
        parameters: chatParameters(parameters),
        token: asks,
      });
    }
    const made = requestOf(form, values, parameters, model.maskToken);
    return made.ok
      ? codeOfRequest({
          url: `${location.origin}${path}`,
          form,
          values,
          request: made.request,
          parameters: made.parameters,
          token: asks,
        })
      : made.message;
  };

  const view = useMemo(
    () => (call.kind === 'answered' ? readAnswer(form.output, call.answered.value) : null),
    [call, form],
  );
  const said = answerTo(opening, withSystem(system, turns));
  const prompt = !chatting && form.streams === 'further-text' ? sent.text : '';
  const unchanged =
    chosen !== null && (chatting || (busy || view !== null ? sent : values) === chosen.values);
  const real = chatting ? (said === null ? null : readAnswer('text', said)) : view;

  return (
    <>
      <div class="widget-head">
        <ExamplesMenu examples={examples} chosen={chosen?.index ?? null} onChoose={choose} />
        {canChat && form.tag === 'text-generation' ? (
          <fieldset class="widget-modes">
            <legend class="visually-hidden">Way to ask</legend>
            {[true, false].map((mode) => (
              <label key={String(mode)} class="widget-check">
                <input
                  type="radio"
                  name="widget-mode"
                  checked={chatting === mode}
                  onChange={() => setWantsChat(mode)}
                />
                {mode ? 'Conversation' : 'Text'}
              </label>
            ))}
          </fieldset>
        ) : null}
      </div>
      {chosen?.problem == null ? null : <p class="notice inline warning">{chosen.problem}</p>}
      {chatting ? (
        <Conversation
          key={JSON.stringify(opening)}
          path={chatPath}
          system={system}
          turns={turns}
          draft={draft}
          parameters={parameters}
          onSystem={setSystem}
          onTurns={setTurns}
          onDraft={setDraft}
        />
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            compute();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) compute();
          }}
        >
          {form.fields.map((field) => (
            <FieldInput
              key={fieldId(field)}
              field={field}
              values={values}
              fault={fault?.at === inputId(fieldId(field)) ? fault.message : null}
              hint={hintFor(form, model, field)}
              onChange={setValues}
            />
          ))}
          <div class="widget-run">
            <button type="submit" class="button primary" aria-disabled={busy}>
              Compute
            </button>
            {busy ? <StopButton onStop={stop} /> : null}
            <span class="aside widget-keys">Ctrl+Enter computes</span>
          </div>
        </form>
      )}
      {chatting ? null : <Outcome call={call} view={view} values={sent} prompt={prompt} />}
      {unchanged && chosen.example.output !== undefined ? (
        <Stated
          task={form.tag}
          output={chatting ? 'text' : form.output}
          stated={chosen.example.output}
          real={real}
          prompt={prompt}
          values={chosen.values}
        />
      ) : null}
      <ParametersForm
        fields={fields}
        texts={texts}
        fault={read.ok || fault === null ? null : read}
        others={others}
        useCache={chatting || from !== null ? null : useCache}
        onChange={setTexts}
        onUseCache={setUseCache}
      />
      <CodePanel code={code} />
    </>
  );
}

function hintFor(
  { tag }: TaskForm,
  { maskToken }: ModelInfo,
  field: TaskForm['fields'][number],
): string | null {
  return tag === 'fill-mask' && field.kind === 'text' && maskToken !== null
    ? `${maskToken} stands for the word to guess.`
    : null;
}
