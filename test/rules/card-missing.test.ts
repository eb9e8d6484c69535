import { cardMissing } from '../../src/rules/card-missing.js';
import { BINARY, EMPTY, LARGE, MISSING, POINTER } from './cards.js';
import { testRule } from './tester.js';

testRule(cardMissing, { bad: [MISSING], good: [BINARY, LARGE, POINTER, EMPTY] });
