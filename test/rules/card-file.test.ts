import { cardLfsPointer } from '../../src/rules/card-lfs-pointer.js';
import { cardMissing } from '../../src/rules/card-missing.js';
import { cardNotText } from '../../src/rules/card-not-text.js';
import { cardTooLarge } from '../../src/rules/card-too-large.js';
import { type RuleCase, testRule } from './tester.js';

const missing: RuleCase = { name: 'missing', text: '', cardFile: { source: 'missing' }, marks: [null] };
const binary: RuleCase = {
  name: 'binary',
  text: '',
  cardFile: { source: 'binary', detail: 'a NUL byte at offset 3' },
  marks: [null],
  says: ['a NUL byte at offset 3'],
};
const large: RuleCase = {
  name: 'large',
  text: '',
  cardFile: { source: 'too-large', bytes: 2 ** 25 },
  marks: [null],
};
const pointer: RuleCase = {
  name: 'pointer',
  text: 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
  lines: [1],
  marks: ['version https://git-lfs.github.com/spec/v1'],
};
const empty: RuleCase = { name: 'an empty file', text: '' };
const quoted: RuleCase = {
  name: 'a card about pointers',
  text: '# version https://git-lfs.github.com/spec/v1\n',
};

testRule(cardMissing, { bad: [missing], good: [binary, large, pointer, empty] });
testRule(cardNotText, { bad: [binary], good: [missing, large, pointer, empty] });
testRule(cardTooLarge, { bad: [large], good: [missing, binary, pointer, empty] });
testRule(cardLfsPointer, { bad: [pointer], good: [missing, binary, large, empty, quoted] });
