import { cardLfsPointer } from '../../src/rules/card-lfs-pointer.js';
import { BINARY, EMPTY, LARGE, MISSING, POINTER } from './cards.js';
import { type RuleCase, testRule } from './tester.js';

const quoted: RuleCase = {
  name: 'a card about pointers',
  text: '# version https://git-lfs.github.com/spec/v1\n',
};

testRule(cardLfsPointer, { bad: [POINTER], good: [MISSING, BINARY, LARGE, EMPTY, quoted] });
