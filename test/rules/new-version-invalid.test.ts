import { newVersionInvalid } from '../../src/rules/new-version-invalid.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (value: string) => `---\nnew_version: ${value} # expect: new-version-invalid\n---\n`;

const bad = (name: string, value: string, says: string, answer?: string) => ({
  name,
  text: card(value),
  marks: [value],
  says: [says],
  ...(answer === undefined ? {} : { fixed: card(answer) }),
});

testRule(newVersionInvalid, {
  bad: [
    bad('the page of a model', 'https://huggingface.co/org/v2', 'Write "org/v2"', 'org/v2'),
    bad('the page of a data set', 'https://huggingface.co/datasets/org/v2', 'is not a model id'),
    bad('a trailing slash', 'org/v2/', 'Write "org/v2"', 'org/v2'),
    bad('a path', './v2', 'is a path on a disk'),
    bad('a number', 'v2.0', 'is not a model id'),
    bad('prose', 'use the large one', 'is not a model id'),
    { ...bad('itself', 'Org/Model', 'is this model itself'), repoId: 'org/model' },
  ],
  good: [
    ...untouched('new_version'),
    { name: 'an id', text: '---\nnew_version: l3utterfly/mistral-7b-v0.1-layla-v4\n---\n', repoId: 'a/b' },
    { name: 'an id without owner', text: '---\nnew_version: gpt2-xl\n---\n' },
  ],
});
