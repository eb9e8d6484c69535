import { cardTooLarge } from '../../src/rules/card-too-large.js';
import { BINARY, EMPTY, LARGE, MISSING, POINTER } from './cards.js';
import { testRule } from './tester.js';

testRule(cardTooLarge, { bad: [LARGE], good: [MISSING, BINARY, POINTER, EMPTY] });
