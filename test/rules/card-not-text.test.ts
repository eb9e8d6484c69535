import { cardNotText } from '../../src/rules/card-not-text.js';
import { BINARY, EMPTY, LARGE, MISSING, POINTER } from './cards.js';
import { testRule } from './tester.js';

testRule(cardNotText, { bad: [BINARY], good: [MISSING, LARGE, POINTER, EMPTY] });
