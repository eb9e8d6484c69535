import type { JsonPath } from '../../card/path.js';
import { isMapping } from '../../mapping.js';
import { detectedTask } from '../../support/decide.js';
import { type ExampleShape, exampleShape } from '../../tasks/widget-examples.js';
import type { RuleContext } from '../rule.js';
import { ofLast } from './of-last.js';

/** A widget example that is a mapping; `metadata-type` speaks of others. */
export interface WidgetExample {
  /** `["widget", index]` */
  readonly path: JsonPath;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The task of the widget, and what its examples look like. */
export interface WidgetTask {
  readonly tag: string;
  readonly shape: ExampleShape;
}

/** The widget examples of the card, in their order. */
export function* widgetExamples({ card }: RuleContext): Generator<WidgetExample> {
  const widget = card.metadata?.widget;
  if (!Array.isArray(widget)) return;
  for (let index = 0; index < widget.length; index++) {
    const value: unknown = widget[index];
    if (isMapping(value)) yield { path: ['widget', index], value };
  }
}

/**
 * The task by which the Hub reads the examples: `pipeline_tag`, else what tags and config.json tell. Null when there is
 * none, or its examples are not known.
 */
export const widgetTask = ofLast((context: RuleContext): WidgetTask | null => {
  const { files, modelConfig, tokenizerConfig } = context;
  const { metadata } = context.card;
  if (metadata === null) return null;
  const named = metadata.pipeline_tag;
  const tag =
    typeof named === 'string' && named !== ''
      ? named
      : detectedTask({ metadata, files, modelConfig, tokenizerConfig });
  const shape = tag === null ? undefined : exampleShape(tag);
  return tag === null || shape === undefined ? null : { tag, shape };
});
