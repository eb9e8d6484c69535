import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintCard } from 'validate-model-card';
import rules from './acme.mjs';

for (const rule of rules) {
  const found = ({ text, files }) =>
    lintCard(text, {
      rules: [rule],
      ...(files ? { files: files.map((path) => ({ path, size: 1 })) } : {}),
    }).filter((finding) => finding.rule === rule.id);

  test(rule.id, () => {
    for (const example of rule.good) assert.equal(found(example).length, 0);
    for (const example of rule.bad) assert.notEqual(found(example).length, 0);
  });
}
