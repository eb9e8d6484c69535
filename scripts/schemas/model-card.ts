import {
  type Doc,
  type Field,
  flag,
  free,
  type JsonSchema,
  list,
  listed,
  mapping,
  nullableText,
  number,
  oneOrMany,
  scalarOr,
  suggested,
  text,
  unchecked,
} from './field.js';

/** The tables whose values the schema names. */
export interface Vocabulary {
  readonly licenses: readonly string[];
  readonly pipelineTags: readonly string[];
  readonly libraries: readonly string[];
  /** Two-letter language codes, and the special values. */
  readonly languages: readonly string[];
}

/** The id under which other tools may cite the schema. */
const MODEL_CARD_SCHEMA_ID = 'urn:validate-model-card:model-card.schema.json';

/** The Hub's kinds of question in a gate form (hub-docs, models-gated.md, 2025-08). */
const GATE_KINDS = ['text', 'checkbox', 'date_picker', 'country', 'ip_location'] as const;

const REPO_ID = '^[\\w.-]+(/[\\w.-]+)?$';

/** Settings the model page sends along with each input. Their types are not known to be checked on push. */
const PARAMETERS = mapping(
  {
    aggregation_strategy: unchecked(
      suggested(['none', 'simple', 'first', 'average', 'max'], {
        description: 'Token classification: how word pieces are joined into entities.',
        examples: ['simple'],
      }),
    ),
    top_k: unchecked(
      number({ description: 'How many answers, or how many candidate tokens.', examples: [5] }),
    ),
    top_p: unchecked(
      number({ description: 'Text generation: nucleus sampling threshold.', examples: [0.9] }),
    ),
    temperature: unchecked(
      number({ description: 'Text generation: sampling temperature.', examples: [0.7] }, { minimum: 0 }),
    ),
    max_new_tokens: unchecked(
      number({ description: 'Text generation: longest continuation, in tokens.', examples: [128] }),
    ),
    do_sample: unchecked(flag({ description: 'Text generation: sample instead of taking the best token.' })),
    repetition_penalty: unchecked(
      number({ description: 'Text generation: above 1 discourages repetition.', examples: [1.1] }),
    ),
    negative_prompt: unchecked(text({ description: 'Image generation: what must not be shown.' })),
    guidance_scale: unchecked(
      number({ description: 'Image generation: how closely to follow the prompt.', examples: [7.5] }),
    ),
    num_inference_steps: unchecked(
      number({ description: 'Image generation: number of denoising steps.', examples: [30] }),
    ),
  },
  { description: 'Parameters passed along with each input.', examples: [{ temperature: 0.7 }] },
);

const TABLE = (description: string): Field =>
  mapping(
    {},
    { description, examples: [{ height: [1.2, 3.4], width: [5, 6] }] },
    {
      values: list(
        { editor: { type: ['string', 'number', 'boolean', 'null'] }, hub: {} },
        { description: 'One column: a list of cells.' },
      ),
    },
  );

const WIDGET_EXAMPLE = mapping(
  {
    example_title: unchecked(
      text({ description: 'Name of the example in the drop-down.', examples: ['Positive review'] }),
    ),
    group: unchecked(text({ description: 'Heading under which examples are gathered.' })),
    text: unchecked(
      text({ description: 'Input text, or the question, or the prompt.', examples: ['I love this film.'] }),
    ),
    context: unchecked(text({ description: 'Question answering: the passage that holds the answer.' })),
    src: unchecked(
      text({
        description: 'Image, audio or video input: an https URL, or a path in this repository.',
        examples: ['samples/cat.jpg'],
      }),
    ),
    prompt: unchecked(text({ description: 'Instruction that goes with `src`.' })),
    table: unchecked(TABLE('Table question answering: a table as lists of cells by column.')),
    structured_data: unchecked(TABLE('Tabular tasks: rows as lists of cells by column.')),
    candidate_labels: unchecked(
      text({ description: 'Zero-shot tasks: labels, separated by commas.', examples: ['sport, politics'] }),
    ),
    multi_class: unchecked(flag({ description: 'Zero-shot tasks: more than one label may hold.' })),
    source_sentence: unchecked(
      text({ description: 'Sentence similarity: the sentence others are compared with.' }),
    ),
    sentences: unchecked(
      list(text({ description: 'A sentence.' }), {
        description: 'Sentence similarity: the sentences to compare.',
      }),
    ),
    messages: unchecked(
      list(
        mapping(
          {
            role: listed(['system', 'user', 'assistant'], { description: 'Who speaks.' }),
            content: text({ description: 'What is said.' }),
          },
          { description: 'One turn of a conversation.' },
          { required: ['role', 'content'] },
        ),
        {
          description: 'Conversation so far, for chat models.',
          examples: [[{ role: 'user', content: 'What is a haiku?' }]],
        },
      ),
    ),
    parameters: unchecked(PARAMETERS),
    output: unchecked(
      free({
        description: 'A recorded answer, shown when the model page cannot run the model.',
        examples: [[{ label: 'POSITIVE', score: 0.98 }], { text: 'Hello' }, { url: 'out.png' }],
      }),
    ),
  },
  { description: 'One example of the widget.', examples: [{ text: 'I love this film.' }] },
);

const RESULT = mapping(
  {
    task: mapping(
      {
        type: text({
          description: 'Task id, by preference a pipeline tag.',
          examples: ['text-classification'],
        }),
        name: text({ description: 'Task name as shown.', examples: ['Text Classification'] }),
      },
      { description: 'What was evaluated.' },
      { required: ['type'] },
    ),
    dataset: mapping(
      {
        type: text({
          description: 'Dataset id.',
          examples: ['glue', 'mozilla-foundation/common_voice_11_0'],
        }),
        name: text({ description: 'Dataset name as shown.', examples: ['GLUE MRPC'] }),
        config: text({ description: 'Configuration of the dataset.', examples: ['mrpc'] }),
        split: text({ description: 'Split that was used.', examples: ['test'] }),
        revision: text({
          description: 'Commit of the dataset. Quote it: an all-digit hash is a number otherwise.',
          examples: ['5503434ddd753f426f4b38109466949a1217c2bb'],
        }),
        args: scalarOr(
          'string',
          { description: 'The arguments in words.' },
          mapping({}, { description: 'The arguments by name.' }),
          { description: 'Further arguments of the dataset.', examples: [{ language: 'hi' }] },
        ),
      },
      { description: 'What it was evaluated on.' },
      { required: ['type', 'name'] },
    ),
    metrics: list(
      mapping(
        {
          type: text({ description: 'Metric id.', examples: ['accuracy', 'wer'] }),
          value: free({
            description: 'The result: a number, or a text such as "20.0 ± 1.2".',
            examples: [0.912, '20.0 ± 1.2'],
          }),
          name: text({ description: 'Metric name as shown.', examples: ['Test accuracy'] }),
          config: text({ description: 'Configuration of the metric; a plain string.' }),
          args: unchecked({
            editor: {
              description: 'Further arguments of the metric.',
              type: ['object', 'string'],
              examples: [{ language: 'hi' }],
            },
            hub: {},
          }),
          verified: flag({ description: 'Set by the Hub, not by authors.' }),
          verifyToken: text({ description: 'Set by the Hub, not by authors.' }),
        },
        { description: 'One metric.' },
        { required: ['type', 'value'] },
      ),
      { description: 'What came out.', examples: [[{ type: 'accuracy', value: 0.912 }]] },
    ),
    source: mapping(
      {
        name: text({ description: 'Who evaluated.', examples: ['Open LLM Leaderboard'] }),
        url: text({
          description: 'Where the result can be looked up.',
          examples: ['https://huggingface.co/spaces/open-llm-leaderboard/open_llm_leaderboard'],
        }),
      },
      { description: 'Where the result comes from.' },
      { required: ['url'] },
    ),
  },
  { description: 'One evaluation: a task, a dataset, and the metrics measured.' },
  { required: ['task', 'metrics'] },
);

const MODEL_INDEX = list(
  mapping(
    {
      name: text({ description: 'Name of the model.', examples: ['my-model'] }),
      results: list(RESULT, { description: 'Evaluation results; may be empty.' }),
    },
    { description: 'A model with its results.' },
    { required: ['name', 'results'] },
  ),
  {
    description:
      'Evaluation results. One entry is safest: client libraries merge several into the last one when they load a card.',
    examples: [
      [
        {
          name: 'my-model',
          results: [
            {
              task: { type: 'text-classification' },
              dataset: { type: 'glue', name: 'GLUE MRPC', config: 'mrpc', split: 'test' },
              metrics: [{ type: 'accuracy', value: 0.912 }],
            },
          ],
        },
      ],
    ],
  },
);

const EMISSIONS = mapping(
  {
    emissions: number({ description: 'Emissions in grams of CO2 equivalent.', examples: [42.5] }),
    source: text({ description: 'How the figure was obtained.', examples: ['codecarbon'] }),
    training_type: text({ description: 'Kind of training.', examples: ['pre-training', 'fine-tuning'] }),
    geographical_location: text({ description: 'Where it ran.', examples: ['Quebec, Canada'] }),
    hardware_used: text({ description: 'How much compute of which kind.', examples: ['8 A100 GPUs'] }),
  },
  { description: 'Emissions with details.' },
  { required: ['emissions'] },
);

/** A question of the gate form: a kind, or a mapping with `type`; `metadata-value` checks the kinds. */
const GATED_FIELD: Field = {
  editor: {
    description: 'Kind of the question.',
    anyOf: [
      { enum: GATE_KINDS },
      { type: 'object', required: ['type'], properties: { type: { enum: GATE_KINDS } } },
      {
        type: 'object',
        required: ['type', 'options'],
        properties: {
          type: { const: 'select' },
          options: {
            description: 'What can be chosen.',
            type: 'array',
            items: {
              anyOf: [
                { type: 'string' },
                {
                  type: 'object',
                  required: ['label', 'value'],
                  properties: { label: { type: 'string' }, value: { type: 'string' } },
                },
              ],
            },
          },
        },
      },
    ],
  },
  hub: {
    type: ['string', 'object'],
    required: ['type'],
    properties: {
      type: { type: 'string' },
      options: { type: 'array', items: { type: ['string', 'object'], required: ['label', 'value'] } },
    },
  },
};

const doc = (description: string, ...examples: unknown[]): Doc =>
  examples.length === 0 ? { description } : { description, examples };

/** Every documented field of a model card's metadata, in the order the Hub documents them. */
function fields(vocabulary: Vocabulary): Readonly<Record<string, Field>> {
  const datasetId = text(doc('Dataset id.', 'glue', 'mozilla-foundation/common_voice_11_0'), {
    pattern: REPO_ID,
  });
  const modelId = text(doc('Model id.', 'google-bert/bert-base-uncased'), { pattern: REPO_ID });
  return {
    language: oneOrMany(
      suggested(vocabulary.languages, doc('ISO 639-1, 639-2 or 639-3 code.', 'en'), '^[a-z]{2,3}$'),
      doc(
        'Languages of the model as ISO 639-1, 639-2 or 639-3 codes (two or three letters), or `code`, `multilingual`. Tags such as `zh-CN` go to `language_bcp47`.',
        'en',
        ['fr', 'en'],
      ),
    ),
    language_bcp47: list(
      text(doc('BCP 47 tag.', 'zh-CN')),
      doc('Languages as BCP 47 tags, where `language` is too coarse.', ['zh-CN', 'pt-BR']),
    ),
    language_details: text(doc('Language as free text, such as dialects.', 'Brazilian Portuguese')),
    license: oneOrMany(
      listed(vocabulary.licenses, doc('License identifier of the Hub.', 'apache-2.0')),
      doc(
        'License identifier, in lower case. For a license that is not listed: `other`, with `license_name` and `license_link`.',
        'apache-2.0',
        ['mit', 'cc-by-4.0'],
      ),
    ),
    license_name: text(doc('Name of the license, when `license` is `other`.', 'my-license-1.0')),
    license_link: text(
      doc(
        'Where the license can be read, when `license` is `other`: `LICENSE`, `LICENSE.md`, or a URL.',
        'LICENSE',
        'https://example.org/license',
      ),
    ),
    license_details: text(doc('Remarks on the license.', 'Free for research; ask us for other use.')),
    library_name: suggested(
      vocabulary.libraries,
      doc(
        'Library the model is loaded with. Together with the task it decides whether the page has a widget.',
        'transformers',
      ),
    ),
    // The Hub takes others with a warning: a list of tasks is never complete.
    pipeline_tag: suggested(
      vocabulary.pipelineTags,
      doc('Task of the model. It decides the widget and where the model is listed.', 'text-classification'),
    ),
    tags: list(
      text(doc('A tag.', 'finance')),
      doc('Free tags for search. Always a list.', ['finance', 'sentiment']),
      { uniqueItems: true },
    ),
    datasets: oneOrMany(
      datasetId,
      doc(
        'Datasets the model was trained on, as dataset ids.',
        ['glue'],
        'mozilla-foundation/common_voice_11_0',
      ),
    ),
    metrics: unchecked(
      oneOrMany(text(doc('Metric id.', 'accuracy')), doc('Metrics used, by id.', ['accuracy', 'f1'])),
    ),
    base_model: oneOrMany(
      modelId,
      doc(
        'Model or models this one was made from, as ids on the Hub; never a local path.',
        'google-bert/bert-base-uncased',
        ['mistralai/Mistral-7B-v0.1', 'HuggingFaceH4/zephyr-7b-beta'],
      ),
    ),
    base_model_relation: listed(
      ['adapter', 'merge', 'quantized', 'finetune'],
      doc('How this model was made from the base model.', 'quantized'),
    ),
    finetuned_from: text(doc('Older form of `base_model`.', 'google-bert/bert-base-uncased')),
    new_version: text(doc('Id of the model that supersedes this one.', 'org/model-v2'), { pattern: REPO_ID }),
    buckets: unchecked(
      oneOrMany(
        text(doc('Bucket id.', 'my-org/my-bucket')),
        doc('Storage buckets that belong to the model.', ['my-org/my-bucket']),
      ),
    ),
    widget: list(
      WIDGET_EXAMPLE,
      doc('Examples offered on the model page. Always a list of mappings; the keys depend on the task.', [
        { text: 'I love this film.', example_title: 'Positive review' },
      ]),
    ),
    inference: scalarOr(
      'boolean',
      doc('`false` turns the widget and the API off.'),
      mapping({ parameters: PARAMETERS }, doc('Settings of the widget and the API.')),
      doc('`false` turns the widget and the API off; a mapping sets its parameters.', false, {
        parameters: { temperature: 0.7 },
      }),
    ),
    mask_token: text(
      doc('Mask token of a fill-mask model, where it cannot be found in the files.', '[MASK]'),
    ),
    instance_prompt: nullableText(
      doc('Prompt that calls the learned subject of a text-to-image adapter.', 'a photo of sks dog'),
    ),
    'model-index': MODEL_INDEX,
    co2_eq_emissions: scalarOr(
      'number',
      doc('Emissions in grams of CO2 equivalent.'),
      EMISSIONS,
      doc('Emissions of the training in grams of CO2 equivalent, alone or with details.', 42.5, {
        emissions: 42.5,
        source: 'codecarbon',
        training_type: 'fine-tuning',
      }),
    ),
    thumbnail: nullableText(doc('URL of an image for social sharing.', 'https://example.org/thumbnail.png')),
    description: nullableText(doc('Short description.', 'Says whether a review is positive.')),
    gated: unchecked({
      editor: {
        ...doc('Whether access is gated; the setting of the repository is what counts.', true),
        anyOf: [{ enum: [true, false, 'auto', 'manual'] }, { type: ['boolean', 'string'] }],
      },
      hub: {},
    }),
    extra_gated_prompt: text(
      doc('Text above the form that gives access.', 'You agree not to use the model for …'),
    ),
    extra_gated_fields: mapping(
      {},
      doc('Questions of the form that gives access: a mapping of question to kind.', {
        Company: 'text',
        Country: 'country',
        'I agree to the license': 'checkbox',
        Purpose: { type: 'select', options: ['Research', { label: 'Something else', value: 'other' }] },
      }),
      { values: GATED_FIELD },
    ),
    extra_gated_heading: text(doc('Heading of the form that gives access.', 'Request access to this model')),
    extra_gated_description: text(doc('Text below that heading.', 'We answer within two days.')),
    extra_gated_button_content: text(doc('Label of the button.', 'Agree and send')),
    extra_gated_eu_disallowed: unchecked(flag(doc('Denies access from the European Union.', true))),
  };
}

/** The published schema: for editors, and for people who read it. */
export function modelCardSchema(vocabulary: Vocabulary): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: MODEL_CARD_SCHEMA_ID,
    title: 'Model card metadata',
    description:
      'The YAML front matter of a Hugging Face model card (README.md). No key is required and unknown keys are allowed, as on the Hub.',
    type: 'object',
    properties: view(fields(vocabulary), 'editor'),
    examples: [
      {
        license: 'apache-2.0',
        language: 'en',
        library_name: 'transformers',
        pipeline_tag: 'text-classification',
      },
    ],
  };
}

/** By field: what the Hub refuses on push as far as types and required keys go. */
export function hubFields(vocabulary: Vocabulary): Readonly<Record<string, JsonSchema>> {
  return view(fields(vocabulary), 'hub');
}

function view(
  of: Readonly<Record<string, Field>>,
  pick: 'editor' | 'hub',
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(of)
      .map(([key, field]) => [key, field[pick]] as const)
      .filter(([, schema]) => Object.keys(schema).length > 0),
  );
}
