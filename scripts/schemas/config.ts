import { DEVICES } from '../../src/cli/options.js';
import { FAIL_LEVELS } from '../../src/config/config.js';
import type { Rule } from '../../src/rules/rule.js';
import type { JsonSchema } from './field.js';

/** The JSON Schema of a settings file: `src/config/config.ts` with descriptions, and the rules by name. */
export function configSchema(rules: readonly Rule[]): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:validate-model-card:config.schema.json',
    title: 'Settings of validate-card',
    description:
      'Content of .validate-card.yaml, .validate-card.yml or .validate-card.json in a model repository, or of the file --config names. What the command line says wins over it.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Address of this schema, for editors.' },
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
      },
      failLevel: {
        description:
          'From which severity on findings make the command fail with exit code 1. never also forgives a failed smoke inference.',
        enum: [...FAIL_LEVELS],
        default: 'error',
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
    },
  };
}
