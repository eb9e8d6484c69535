import type { Card } from '../card/card.js';
import type { JsonPath } from '../card/path.js';
import { scalarSource } from '../card/scalar-edit.js';
import type { Fix } from '../diagnostic.js';
import { isMapping, own } from '../mapping.js';
import { label } from '../preview.js';
import { outputFaults, outputForm } from '../tasks/reading/example-output.js';
import type { Rule, RuleContext } from './rule.js';
import { widgetExamples, widgetTask } from './shared/widget.js';

export const widgetOutputShape: Rule = {
  id: 'widget-output-shape',
  severity: 'warning',
  description:
    'The output of a widget example has the shape that the task gives, with scores and spans that are possible.',
  why: 'While no provider serves the model, the page shows these outputs instead of running it. One in another shape is not shown, and the Hub does not say so.',
  source:
    'hub-docs models-widgets.md, Example outputs; WidgetExampleOutput in huggingface.js packages/tasks/src/widget-example.ts; the JSON Schemas of the task outputs',
  fixable: true,
  keys: ['widget'],
  good: [
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I liked this film.\n  output:\n  - label: POSITIVE\n    score: 0.8\n---\n',
    },
    {
      text: '---\npipeline_tag: automatic-speech-recognition\nwidget:\n- src: sample1.flac\n  output:\n    text: Hello my name is Julien\n---\n',
    },
    {
      text: '---\npipeline_tag: text-to-image\nwidget:\n- text: a tiger\n  output:\n    url: images/tiger.jpg\n---\n',
    },
  ],
  bad: [
    {
      text: '---\npipeline_tag: automatic-speech-recognition\nwidget:\n- src: sample1.flac\n  output: "Hello my name is Julien"\n---\n',
    },
    {
      text: '---\npipeline_tag: text-classification\nwidget:\n- text: I liked this film.\n  output:\n  - label: POSITIVE\n    score: 98.2\n---\n',
    },
    {
      text: '---\npipeline_tag: question-answering\nwidget:\n- text: Where?\n  context: In Berlin.\n  output:\n    answer: Berlin\n    score: 0.9\n    start: 3\n    end: 90\n---\n',
    },
  ],
  check(context) {
    const { card, report } = context;
    if (card.metadata?.widget === undefined) return;
    for (const { path, value } of widgetExamples(context)) {
      const output = own(value, 'output');
      if (output === undefined) continue;
      const task = widgetTask(context);
      const at = [...path, 'output'];
      if (output === null) {
        report({
          message: `"${label(at)}" is empty.`,
          path: at,
          part: 'key',
          severity: 'info',
          help: 'Write the output, or delete the key.',
        });
        continue;
      }
      const kind = task?.shape.output ?? 'any';
      for (const fault of outputFaults(
        kind,
        output,
        value,
        kind !== 'any' && !isRegression(context, value),
      )) {
        const where = [...at, ...fault.path];
        const fix = fixFor(card, where, kind === 'text' && fault.path.length === 0);
        report({
          message: `"${label(where)}" ${fault.message}.`,
          path: where,
          ...(fault.path.length === 0 ? { part: 'value' as const } : {}),
          help: kind === 'any' ? 'Correct the value.' : `For ${task?.tag}, an output is ${outputForm(kind)}.`,
          ...(fix === undefined ? {} : { fix }),
        });
      }
    }
  },
};

/** Whether scores may be any number: regressions, and examples that ask for raw scores. */
function isRegression({ modelConfig }: RuleContext, example: Readonly<Record<string, unknown>>): boolean {
  const labels = own(modelConfig, 'id2label');
  return (
    own(modelConfig, 'problem_type') === 'regression' ||
    (isMapping(labels) && Object.keys(labels).length === 1) ||
    own(own(example, 'parameters'), 'function_to_apply') === 'none'
  );
}

/** The one right edit, where there is one: the key of a lone text, a number without its quotes, a label within them. */
function fixFor(card: Card, path: JsonPath, isText: boolean): Fix | undefined {
  const span = card.spanOf(path, 'value');
  const source = scalarSource(card, path);
  if (span === undefined || source === undefined) return undefined;
  const last = path.at(-1);
  const number = /^(["'])(0?\.\d+|[01](?:\.0*)?)\1$/.exec(source)?.[2];
  if (last === 'score' && number !== undefined) {
    return { title: 'Write the number without quotes', edits: [{ ...span, text: number }] };
  }
  if (last === 'label' && /^[\w.+-]+$/.test(source)) {
    return { title: 'Put the label in quotes', edits: [{ ...span, text: `'${source}'` }] };
  }
  if (isText && last === 'output' && /^["']/.test(source)) {
    return { title: 'Write it as the text of the output', edits: [{ ...span, text: `{text: ${source}}` }] };
  }
  return undefined;
}
