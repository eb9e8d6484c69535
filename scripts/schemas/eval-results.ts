import { type Field, type JsonSchema, mapping, number, text } from './field.js';

/** The id under which other tools may cite the schema. */
const EVAL_RESULTS_SCHEMA_ID = 'urn:validate-model-card:eval-results.schema.json';

/** An ISO 8601 date, or date and time. The rule `eval-results-value` checks that the day exists. */
const ISO_DATE = '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}([.,]\\d+)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?$';

const ACCOUNT = '^[\\w.-]+$';

/**
 * One evaluation result, after eval_results.yaml and docs/hub/eval-results.md of huggingface/hub-docs (2026-08), and
 * `EvalResultEntry` of huggingface_hub 1.x.
 */
const RESULT: Field = mapping(
  {
    dataset: closed(
      mapping(
        {
          id: text(
            {
              description:
                'Id of the benchmark: a dataset on the Hub with the tag "Benchmark", where the leaderboard is.',
              examples: ['cais/hle', 'Idavidrein/gpqa'],
            },
            { pattern: '^[\\w.-]+(/[\\w.-]+)?$' },
          ),
          task_id: text({
            description:
              'Id of the task, as `eval.yaml` in the dataset defines it. A benchmark can have several, each with a leaderboard.',
            examples: ['gpqa_diamond', 'default'],
          }),
          revision: text(
            {
              description: 'Commit of the dataset. Quote it: a hash of digits alone is a number otherwise.',
              examples: ['5503434ddd753f426f4b38109466949a1217c2bb'],
            },
            { pattern: '^[0-9a-f]{7,64}$' },
          ),
        },
        {
          description: 'What the model was evaluated on.',
          examples: [{ id: 'Idavidrein/gpqa', task_id: 'gpqa_diamond' }],
        },
        { required: ['id', 'task_id'] },
      ),
    ),
    value: number({
      description: 'The score: a number without a unit, on the scale of the benchmark.',
      examples: [20.9, 0.412],
    }),
    verifyToken: text({
      description:
        'Signature of an evaluation that ran in a job of the Hub. Given by the Hub, not by authors.',
    }),
    date: text(
      {
        description:
          'When the evaluation ran: an ISO 8601 date, or date and time, in quotes. Without it, the time of the commit counts.',
        examples: ['2026-01-15', '2026-01-15T10:30:00Z'],
      },
      { pattern: ISO_DATE },
    ),
    source: closed(
      mapping(
        {
          url: text(
            {
              description: 'Where the result can be looked up: traces, a log, a paper.',
              examples: ['https://huggingface.co/spaces/SaylorTwift/smollm3-mmlu-pro'],
            },
            { pattern: '^https?://\\S+$' },
          ),
          name: text({ description: 'Name of the source, as shown.', examples: ['Eval traces'] }),
          user: text(
            { description: 'User of the Hub who made the result.', examples: ['SaylorTwift'] },
            { pattern: ACCOUNT },
          ),
          org: text(
            { description: 'Organization on the Hub that made the result.', examples: ['cais'] },
            { pattern: ACCOUNT },
          ),
        },
        {
          description: 'Where the result comes from.',
          examples: [{ url: 'https://arxiv.org/abs/2404.14219', name: 'Technical report' }],
        },
        { required: ['url'] },
      ),
    ),
    notes: text({
      description: 'How the evaluation was set up, in a few words. It tells apart two results of one task.',
      examples: ['no-tools', 'With tools', 'chain-of-thought'],
    }),
  },
  { description: 'One result: a benchmark and a score.' },
  { required: ['dataset', 'value'] },
);

/** The published schema of a file `.eval_results/*.yaml`: a list of results. */
export const evalResultsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: EVAL_RESULTS_SCHEMA_ID,
  title: 'Evaluation results of a model',
  description:
    'Content of a file .eval_results/*.yaml in a model repository on the Hugging Face Hub: a list of results.',
  examples: [
    [{ dataset: { id: 'Idavidrein/gpqa', task_id: 'gpqa_diamond' }, value: 0.412 }],
    [
      {
        dataset: {
          id: 'cais/hle',
          task_id: 'default',
          revision: '5503434ddd753f426f4b38109466949a1217c2bb',
        },
        value: 20.9,
        date: '2026-01-15',
        source: {
          url: 'https://huggingface.co/spaces/SaylorTwift/smollm3-mmlu-pro',
          name: 'Eval traces',
          user: 'SaylorTwift',
        },
        notes: 'no-tools',
      },
    ],
  ],
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: closed(RESULT).editor,
};

/** What one result must have, for the validator of `eval-results-shape`. Unknown keys are judged there. */
export const evalResultShape: JsonSchema = RESULT.hub;

/** The specification knows no other keys: an editor marks them. */
function closed(field: Field): Field {
  return { editor: { ...field.editor, additionalProperties: false }, hub: field.hub };
}
