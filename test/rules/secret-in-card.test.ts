import { describe, expect, it } from 'vitest';
import { parseYamlFile } from '../../src/card/yaml-file.js';
import { lintCard } from '../../src/lint.js';
import { secretInCard } from '../../src/rules/secret-in-card.js';
import { BY_FORM, HF_TOKEN, PRIVATE_KEY } from '../secrets/credentials.js';
import { testRule } from './tester.js';

const SLACK = BY_FORM['a Slack token'] ?? '';

testRule(secretInCard, {
  bad: [
    {
      name: 'in the metadata, as value, as key and in a comment',
      text: `---\nlicense: ${HF_TOKEN} # expect: secret-in-card\n${SLACK}: 1 # expect: secret-in-card\n# ${HF_TOKEN} # expect: secret-in-card\n---\n`,
      marks: [HF_TOKEN, SLACK, HF_TOKEN],
      says: ['shows a Hugging Face access token.', 'shows a Slack token.'],
    },
    {
      name: 'in the text, several of them',
      text: `# Use\r\n\r\nlogin("${HF_TOKEN}")\r\n${PRIVATE_KEY}\r\n`,
      lines: [3, 5],
      marks: [HF_TOKEN, PRIVATE_KEY.split('\n').slice(1, -1).join('\n')],
    },
    {
      name: 'in front matter that cannot be read',
      text: `---\na: b: ${HF_TOKEN} # expect: secret-in-card\n---\n`,
      marks: [HF_TOKEN],
    },
  ],
  good: [
    {
      name: 'a placeholder',
      text: '---\nlicense: mit\n---\nlogin("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")\n',
    },
    { name: 'a variable', text: '```sh\ncurl -H "Authorization: Bearer $HF_TOKEN" https://hf.co\n```\n' },
    { name: 'an empty card', text: '' },
  ],
});

describe('a secret', () => {
  /** What may be seen of a value: its fixed beginning, and a few characters that give nothing away. */
  const leak = (said: string, value: string) =>
    said.includes(value.slice(0, 12)) || said.includes(value.slice(-8));

  it.each([
    `license: ${HF_TOKEN}`,
    `license: "some words in front ${HF_TOKEN}"`,
    `license:\n- mit\n- ${HF_TOKEN}`,
    `tags: ${HF_TOKEN}`,
    `${HF_TOKEN}: 1\nlanguage: ${HF_TOKEN}`,
    `extra_gated_fields:\n  ${HF_TOKEN}: textarea`,
    `datasets: https://me:${HF_TOKEN}@huggingface.co/datasets/a/b`,
    `base_model: "https://huggingface.co/a/b?token=${HF_TOKEN}"`,
    `pipeline_tag: ${HF_TOKEN}`,
    `widget:\n- ${HF_TOKEN}`,
    `model-index:\n- name: a\n  results: ${HF_TOKEN}`,
    `a: b: ${HF_TOKEN}`,
    `{a: ${HF_TOKEN}`,
    `? [${HF_TOKEN}]\n: 1`,
    `a: *${HF_TOKEN}`,
    `a: !${HF_TOKEN} b`,
    `${HF_TOKEN}: 1\n${HF_TOKEN}: 2`,
    `library_name: ${HF_TOKEN}`,
    `inference: ${HF_TOKEN}`,
    `co2_eq_emissions: ${HF_TOKEN}`,
    `# validate-card-disable-next-line ${HF_TOKEN} -- ${HF_TOKEN}\nlicense: x`,
    `# validate-card-disable-line secret-in-card -- our token is ${HF_TOKEN}`,
  ])('is in no finding of any rule: %#', (yaml) => {
    const findings = lintCard(`---\n${yaml}\n---\n# ${HF_TOKEN}\n`, { files: [] });
    expect(findings.some(({ rule }) => rule === 'secret-in-card')).toBe(true);
    expect(leak(JSON.stringify(findings), HF_TOKEN)).toBe(false);
  });

  it('is in no finding about another file', () => {
    const text = `- dataset:\n    id: ${HF_TOKEN}\n  value: ${HF_TOKEN}\n${HF_TOKEN}: [`;
    const findings = lintCard('---\nlicense: mit\n---\n', {
      files: [{ path: '.eval_results/a.yaml', size: 1 }],
      evalResults: [parseYamlFile('.eval_results/a.yaml', text)],
    });
    expect(leak(JSON.stringify(findings), HF_TOKEN)).toBe(false);
  });
});
