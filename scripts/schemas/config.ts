import { DEVICES } from '../../src/cli/option-table.js';
import { FAIL_LEVELS } from '../../src/config/config.js';
import { fieldsIn } from '../../src/hub/fields.js';
import type { Rule } from '../../src/rules/rule.js';
import type { JsonSchema } from './field.js';

/** Longest glob, field or module, in characters, and most of them in a list: beyond that it is no setting but an attack. */
const LONGEST = 256;
const MOST = 1000;

/** A list of texts, each described by `item`. */
function texts(item: JsonSchema, doc: JsonSchema): JsonSchema {
  return {
    ...doc,
    type: 'array',
    maxItems: MOST,
    items: { type: 'string', pattern: '\\S', maxLength: LONGEST, ...item },
  };
}

/** How findings are judged: the settings that stand outside and inside of `overrides`. */
const JUDGEMENT: Readonly<Record<string, JsonSchema>> = {
  rules: { $ref: '#/$defs/rules' },
  required: texts(
    {
      description:
        'A field by its keys (co2_eq_emissions.emissions), or as a JSON pointer (/my.field) for a key that holds dots or is spelled like a known one.',
      examples: [...fieldsIn().keys(), 'co2_eq_emissions.emissions'],
    },
    {
      description:
        'Fields of the metadata that must be there and hold something, reported by the rule required-field-missing. Through a list, every item must have the field.',
    },
  ),
  failLevel: {
    description:
      'From which severity on findings make the command fail with exit code 1. never also forgives a failed smoke inference.',
    enum: [...FAIL_LEVELS],
    default: 'error',
  },
};

const GLOBS =
  'with forward slashes, relative to the folder of the settings file (to the model repository, where that lies elsewhere). * stands for anything inside one step, ** for any steps, {a,b} for one of these; a / at the end means everything below, a ! in front takes out again. Case counts.';

/** The schema, with the two parts that others refer to. */
export interface ConfigSchema extends JsonSchema {
  readonly $defs: { readonly level: JsonSchema; readonly rules: JsonSchema };
}

/** The JSON Schema of a settings file: `src/config/config.ts` with descriptions, and the rules by name. */
export function configSchema(rules: readonly Rule[]): ConfigSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:validate-model-card:config.schema.json',
    title: 'Settings of validate-card',
    description:
      'Content of .validate-card.yaml, .validate-card.yml or .validate-card.json in a model repository or a folder above it, of the key validate-card of a package.json there, or of the file --config names. What the command line says wins over it.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Address of this schema, for editors.' },
      ...JUDGEMENT,
      ignores: texts(
        { description: 'A path or glob.', examples: ['drafts/', '.eval_results/*.yaml'] },
        { description: `Files whose findings are dropped: globs ${GLOBS}` },
      ),
      overrides: {
        type: 'array',
        maxItems: MOST,
        description: 'Another judgement for some files. Later ones win over earlier ones.',
        items: {
          type: 'object',
          description: 'What holds for some files.',
          additionalProperties: false,
          required: ['paths'],
          properties: {
            paths: {
              ...texts(
                { description: 'A path or glob.', examples: ['models/*/README.md'] },
                { description: `The files: globs ${GLOBS}` },
              ),
              minItems: 1,
            },
            ...JUDGEMENT,
          },
        },
      },
      ruleModules: texts(
        {
          description:
            'A path relative to the settings file that begins with ./ or ../, or the name of a package.',
          examples: ['./rules/acme.mjs', '@acme/card-rules'],
        },
        {
          description:
            'JavaScript modules whose default export is a rule or a list of rules. Of settings found in a repository they are loaded with --trust-config only.',
        },
      ),
      baseline: {
        type: 'string',
        description:
          'File of the findings that are known already: only others are reported. A path relative to the settings file, inside its folder; validate-card --update-baseline writes it.',
        pattern: '\\S',
        examples: ['.validate-card-baseline.json'],
      },
      smoke: {
        type: 'object',
        description: 'How the smoke inference runs, when --smoke asks for it.',
        additionalProperties: false,
        properties: {
          device: {
            description: 'The execution provider; auto takes a GPU that works, else the CPU.',
            enum: [...DEVICES],
            default: 'auto',
          },
          timeoutMs: {
            type: 'integer',
            description:
              'Time limit of the whole smoke inference, in milliseconds; a day at most. Settings found in a repository may not exceed five minutes.',
            minimum: 1,
            maximum: 86_400_000,
          },
          memoryLimitBytes: {
            type: 'integer',
            description:
              'Memory limit of the process that runs the model, in bytes; a megabyte at least. Settings found in a repository may not exceed 80 % of the machine.',
            minimum: 1_000_000,
          },
        },
      },
      tables: {
        type: 'object',
        description: 'Files that replace tables of the Hub, for a newer or another set of rules.',
        additionalProperties: false,
        properties: {
          libraryTasks: {
            type: 'string',
            description:
              "Map of library names to lists of pipeline tags (JSON), in place of the Hub's library-to-tasks map. A path relative to the settings file, inside its folder.",
            pattern: '\\S',
            examples: ['library-tasks.json'],
          },
        },
      },
    },
    $defs: {
      level: { enum: ['off', 'info', 'warning', 'error'] },
      rules: {
        type: 'object',
        description:
          'Severity by rule id. It changes our judgement only: what the Hub does on push stays in the report.',
        additionalProperties: false,
        properties: Object.fromEntries(
          rules.map((rule) => [
            rule.id,
            { $ref: '#/$defs/level', description: rule.description, default: rule.severity },
          ]),
        ),
        // Of a user's rules, which only the modules know.
        patternProperties: { '/': { $ref: '#/$defs/level' } },
      },
    },
  };
}
