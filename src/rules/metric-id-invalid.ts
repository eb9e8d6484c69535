import { splitString } from '../card/list-edit.js';
import type { JsonPath } from '../card/path.js';
import { replaceString } from '../card/scalar-edit.js';
import { escapeText, label, preview } from '../preview.js';
import type { Rule, RuleContext } from './rule.js';

/** What no id holds: blanks, and signs that join or explain. `pass@1`, `BLEU-4` and `org/metric` are ids. */
const PROSE = /[\s,;:()[\]{}%=<>"|]/;

/** The metrics of the library evaluate (folder `metrics`, 2025-09). */
const METRICS: ReadonlySet<string> = new Set(
  (
    'accuracy bertscore bleu bleurt brier_score cer character charcut_mt chrf code_eval comet competition_math ' +
    'confusion_matrix coval cuad exact_match f1 frugalscore glue google_bleu indic_glue mae mahalanobis mape mase ' +
    'matthews_correlation mauve mean_iou meteor mse nist_mt pearsonr perplexity poseval precision r_squared recall ' +
    'rl_reliability roc_auc rouge sacrebleu sari seqeval smape spearmanr squad squad_v2 super_glue ter trec_eval wer ' +
    'wiki_split xnli xtreme_s'
  ).split(' '),
);

export const metricIdInvalid: Rule = {
  id: 'metric-id-invalid',
  severity: 'warning',
  description: 'Each item of metrics is the id of a metric.',
  why: 'The Hub takes any text here and links the ids that it knows. A sentence, a value or several ids in one string are no id: nothing is linked, and nobody is told.',
  source: 'modelcard.md in hub-docs (“Use metric id from https://hf.co/metrics”)',
  fixable: true,
  keys: ['metrics'],
  good: [{ text: '---\nmetrics:\n- accuracy\n- pass@1\n---\n' }],
  bad: [{ text: '---\nmetrics: accuracy, f1\n---\n' }, { text: '---\nmetrics:\n- accuracy 95%\n---\n' }],
  check(context) {
    const metrics = context.card.metadata?.metrics;
    if (metrics === undefined || metrics === null) return;
    if (Array.isArray(metrics)) {
      for (const [index, metric] of metrics.entries()) judge(context, metric, ['metrics', index]);
    } else judge(context, metrics, ['metrics']);
  },
};

function judge({ card, report }: RuleContext, metric: unknown, path: JsonPath): void {
  // An item left blank is reported where blanks are.
  if (metric === null) return;
  if (typeof metric !== 'string') {
    report({
      message: `"${label(path)}" is ${preview(metric)}, not the id of a metric.`,
      path,
      part: 'value',
      help: 'Write ids alone, such as accuracy; results belong in model-index.',
    });
    return;
  }
  if (!PROSE.test(metric)) return;
  const parts = metric.split(/\s*[,;]\s*/).filter((part) => part !== '');
  const several = parts.length > 1 && parts.every((part) => !PROSE.test(part));
  const { answer, help }: Advice = several ? { help: `Write a list: [${shown(parts)}].` } : advice(metric);
  const fix = several ? splitString(card, path, parts) : answer && replaceString(card, path, metric, answer);
  report({
    message: several
      ? `${preview(metric)} names several metrics in one value.`
      : `${preview(metric)} is not the id of a metric.`,
    path,
    part: 'value',
    help,
    ...(fix ? { fix } : {}),
  });
}

function shown(parts: readonly string[]): string {
  return parts
    .slice(0, 20)
    .map((part) => escapeText(part))
    .join(', ');
}

interface Advice {
  readonly help: string;
  /** The id, where the text is the name of a metric written otherwise. */
  readonly answer?: string;
}

function advice(metric: string): Advice {
  const id = idOf(metric);
  if (METRICS.has(id)) return { help: `Write "${id}".`, answer: id };
  const first = idOf(/^\w+/.exec(metric.trim())?.[0] ?? '');
  return {
    help: METRICS.has(first)
      ? `Write "${first}"; what else there is to say belongs in the text, results in model-index.`
      : `Write the id of a metric, or a word of your own without blanks${/^\w{2,40}$/.test(id) ? `, such as "${id}"` : ''}; results belong in model-index.`,
  };
}

/** How the library would write the name of a metric. */
function idOf(name: string): string {
  return name
    .slice(0, 60)
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}
