import { describe, expect, it } from 'vitest';
import { parseCard } from '../../src/card/parse.js';
import { runRules } from '../../src/lint.js';
import { yamlReadersDisagree } from '../../src/rules/yaml-readers-disagree.js';
import { NO_METADATA } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const EXPECTED = '# expect: yaml-readers-disagree';

/** A value alone in its card: what is said of it, and what it becomes. */
function value(written: string, says: string, fixed: string = written): RuleCase {
  const card = (source: string) => `---\nx: ${source} ${EXPECTED}\n---\n`;
  return {
    name: `${written}: ${says}`,
    text: card(written),
    marks: [written],
    says: [says],
    fixed: card(fixed),
  };
}

function silent(name: string, yaml: string): RuleCase {
  return { name, text: `---\n${yaml}\n---\n` };
}

testRule(yamlReadersDisagree, {
  bad: [
    value('no', 'no is text to the Hub, but false to PyYAML', "'no'"),
    value('Yes', 'but true to PyYAML', "'Yes'"),
    value('ON', 'but true to PyYAML', "'ON'"),
    value('off', 'but false to PyYAML', "'off'"),
    value('1_000', 'is text to the Hub, but the number 1000', "'1_000'"),
    value('12:30:45', 'but the number 45045', "'12:30:45'"),
    value('16:9', 'but the number 969', "'16:9'"),
    value('1_0.5', 'but the number 10.5', "'1_0.5'"),
    value('1e-5', 'is the number 0.00001 to the Hub, but text', '1.0e-5'),
    value('1E+3', 'is the number 1000 to the Hub, but text', '1.0e+3'),
    value('-1.5e3', 'is the number -1500 to the Hub, but text', '-1.5e+3'),
    value('.5e3', 'is the number 500 to the Hub, but text', '0.5e+3'),
    value('0o17', 'is the number 15 to the Hub, but text', '15'),
    value('017', 'is the number 17 to the Hub, but the number 15'),
    value('08', 'is the number 8 to the Hub, but text'),
    value(
      '2023-02-29',
      'no date: PyYAML, which huggingface_hub uses, stops with an error, and the Hub reads the date 2023-03-01',
    ),
    value('2024-01-01T10:60:00Z', 'There is no such day or time'),
    value('=', 'stop with an error', "'='"),
    value('<<', 'stop with an error', "'<<'"),
    {
      name: 'lists, flow collections, anchors, the next line, CRLF',
      text: `---\r\nlanguage:\r\n- no ${EXPECTED}\r\n- en\r\na: [on, "on", {b: &x off}] ${EXPECTED}\r\nc:\r\n  yes ${EXPECTED}\r\nd: *x\r\n---\r\n`,
      lines: [3, 5, 5, 7],
      marks: ['no', 'on', 'off', 'yes'],
      fixed: `---\r\nlanguage:\r\n- 'no' ${EXPECTED}\r\n- en\r\na: ['on', "on", {b: &x 'off'}] ${EXPECTED}\r\nc:\r\n  'yes' ${EXPECTED}\r\nd: *x\r\n---\r\n`,
    },
    {
      name: 'keys, and the first thing in the block',
      text: `---\nno: x ${EXPECTED}\nid2label: {on: a, 1_0: b, 0: c, "off": d} ${EXPECTED}\n---\n`,
      lines: [2, 3, 3],
      marks: ['no', 'on', '1_0'],
      says: ['the key no is text to the Hub, but false'],
      fixed: `---\n'no': x ${EXPECTED}\nid2label: {'on': a, '1_0': b, 0: c, "off": d} ${EXPECTED}\n---\n`,
    },
    {
      name: 'a key and its value, once each, though a merge key repeats them',
      text: `---\nbase: &b\n  on: no ${EXPECTED}\nother:\n  <<: *b\n---\n`,
      lines: [3, 3],
      marks: ['on', 'no'],
      fixed: `---\nbase: &b\n  'on': 'no' ${EXPECTED}\nother:\n  <<: *b\n---\n`,
    },
  ],
  good: [
    ...NO_METADATA,
    silent('in quotes', 'a: "no"\nb: \'1_000\'\n"on": x'),
    silent('numbers both know', 'a: [0, 007, -1, 1.5, 1.5e-3, 0x1F, 0b1, .inf, .nan, 12345678901234567890]'),
    silent('words both know', 'a: [true, False, null, ~, y, N, nO, none, inf]'),
    silent('dates both know', 'a: 2024-02-29\nb: 2024-01-01 10:00:00 +02:00\nc: 2024-1-1'),
    silent('inside a longer text', 'a: no, not on\nb: |\n  no\nc: >-\n  on\nd: yes\n  it is'),
    silent('a block scalar with the word alone', 'b: |-\n  no\nc: >-\n  12:30'),
    silent('a tag decides', 'a: !!str no\nb: !!str &x 1_000\n!!str on: c\nd: !!str\n  off'),
    silent('a number where the Hub wants a string: metadata-type', 'license_name: 1e3\ntags: [08]'),
    silent('keys that are numbers', 'id2label: {0: a, 1: b, 1e3: c}'),
  ],
});

describe('long front matter', () => {
  it.each([
    ['a list', `x:\n${'- no\n'.repeat(100_000)}`],
    ['a text', `x: "${', no'.repeat(500_000)}"`],
    ['white space', `x: y\n${' '.repeat(2_000_000)}\n`],
    ['anchors', `x: no\ny: [${'&a '.repeat(1)}${'1_'.repeat(500_000)}]`],
  ])('is read in linear time: %s', (_, yaml) => {
    const start = performance.now();
    runRules([yamlReadersDisagree], parseCard(`---\n${yaml}\n---\n`));
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
