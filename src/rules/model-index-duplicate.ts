import type { Metadata } from '../card/card.js';
import { mappingStart } from '../card/mapping-start.js';
import type { JsonPath } from '../card/path.js';
import { isMapping, own } from '../mapping.js';
import { label, preview } from '../preview.js';
import type { Rule } from './rule.js';
import {
  evaluationOf,
  type IndexedResult,
  metricsOf,
  pathOf,
  resultsOf,
  textOf,
} from './shared/model-index.js';

export const modelIndexDuplicate: Rule = {
  id: 'model-index-duplicate',
  severity: 'warning',
  description: 'No metric of the model-index has two values for the same evaluation.',
  why: 'The model page shows both, and nobody can tell which holds; huggingface_hub cannot update one without the other.',
  source: 'EvalResult.is_equal_except_value and metadata_update in huggingface_hub (1.x, 2026-08)',
  fixable: false,
  keys: ['model-index'],
  good: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE MRPC\n    metrics:\n    - type: f1\n      name: F1 (macro)\n      value: 0.89\n    - type: f1\n      name: F1 (micro)\n      value: 0.91\n---\n',
    },
  ],
  bad: [
    {
      text: '---\nmodel-index:\n- name: my-model\n  results:\n  - task:\n      type: text-classification\n    dataset:\n      type: glue\n      name: GLUE MRPC\n    metrics:\n    - type: f1\n      value: 0.89\n    - type: f1\n      value: 0.91\n---\n',
    },
  ],
  check({ card, report }) {
    if (card.metadata === null) return;
    const results = resultsOf(card.metadata);
    const [only] = results;
    if (only === undefined || (results.length === 1 && differInType(metricsOf(only)))) return;
    // By what is quick to compare, and only where that is the same by all the rest.
    const byEvaluation = new Map<string, Map<string, Alike>>();
    for (const result of results) {
      const metrics = metricsOf(result);
      const evaluation = results.length === 1 ? '' : evaluationOf(result);
      const seen = byEvaluation.get(evaluation) ?? new Map<string, Alike>();
      byEvaluation.set(evaluation, seen);
      for (let index = 0; index < metrics.length; index++) {
        const value = metrics[index];
        const type = own(value, 'type');
        if (!isMapping(value) || typeof type !== 'string') continue;
        const metric: Metric = { result, index, value };
        const alike = `${type}\0${textOf(own(value, 'name'))}`;
        const others = seen.get(alike);
        if (others === undefined) {
          seen.set(alike, { one: metric, byAll: undefined });
          continue;
        }
        others.byAll ??= new Map([[identityOf(others.one), others.one]]);
        const identity = identityOf(metric);
        const first = others.byAll.get(identity);
        if (first === undefined) {
          others.byAll.set(identity, metric);
          continue;
        }
        const path = pathTo(metric);
        const span = mappingStart(card, path, value);
        const values = [first, metric].map((measured) => preview(own(measured.value, 'value')));
        const equal = values[0] === values[1];
        report({
          message: `The metric ${preview(type)} has ${equal ? `the value ${values[0]} twice` : `two values, ${values[0]} and ${values[1]}`}: here and at "${label(pathTo(first))}".`,
          path,
          ...(span === undefined ? {} : { span }),
          help: equal
            ? 'Delete one of them.'
            : 'Give them different names ("name: F1 (macro)"), or delete the one that does not hold.',
        });
      }
    }
  },
};

/** Metrics of one result that are compared each with each. */
const FEW = 6;

/** Whether no two metrics are of one type, as in most results. */
function differInType(metrics: readonly unknown[]): boolean {
  if (metrics.length > FEW) return false;
  for (let index = 1; index < metrics.length; index++) {
    const type = own(metrics[index], 'type');
    for (let before = 0; before < index; before++) if (own(metrics[before], 'type') === type) return false;
  }
  return true;
}

/** Metrics of one type and name, by all the rest once there are two. */
interface Alike {
  readonly one: Metric;
  byAll: Map<string, Metric> | undefined;
}

/** A metric of a result. */
interface Metric {
  readonly result: IndexedResult;
  readonly index: number;
  readonly value: Metadata;
}

function pathTo({ result, index }: Metric): JsonPath {
  return [...pathOf(result), 'metrics', index];
}

/** What else a reader, or huggingface_hub, tells metrics apart by. */
function identityOf({ result, value }: Metric): string {
  const dataset = own(result.value, 'dataset');
  const source = own(result.value, 'source');
  return [
    own(own(result.value, 'task'), 'name'),
    own(dataset, 'name'),
    own(dataset, 'args'),
    own(source, 'url'),
    own(source, 'name'),
    own(value, 'config'),
    own(value, 'args'),
    own(value, 'verified'),
  ]
    .map(textOf)
    .join('\0');
}
