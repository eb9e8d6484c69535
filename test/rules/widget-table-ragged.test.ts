import { widgetTableRagged } from '../../src/rules/widget-table-ragged.js';
import { untouched } from './cards.js';
import { testRule } from './tester.js';

const card = (table: string) => `---\nwidget:\n- ${table}\n---\n`;

testRule(widgetTableRagged, {
  bad: [
    {
      name: 'the one column that differs from the rest',
      text: card('table:\n    a: [1] # expect: widget-table-ragged\n    b: [1, 2]\n    c: [1, 2]'),
      marks: ['[1]'],
      says: ['The column "widget[0].table.a" has 1 value, the others have 2.'],
    },
    {
      name: 'an empty column, and a single value among lists',
      text: card(
        'structured_data:\n    a: [1, 2]\n    b: [] # expect: widget-table-ragged\n    c: 3 # expect: widget-table-ragged',
      ),
      marks: ['[]', '3'],
    },
    {
      name: 'a cell that is a list',
      text: card('table:\n    a: [1, [2]] # expect: widget-table-ragged\n    b: [1, 2]'),
      marks: ['[1, [2]]'],
      says: ['"widget[0].table.a[1]" is a list'],
    },
    {
      name: 'no columns, rows instead of columns, null',
      text: '---\nwidget:\n- table: {} # expect: widget-table-ragged\n- table: [[a, b], [1, 2]] # expect: widget-table-ragged\n- table: # expect: widget-table-ragged\n---\n',
      marks: ['{}', '[[a, b], [1, 2]]', 'table'],
      says: ['has no columns', 'must be a mapping of columns, not a list', 'not null'],
    },
  ],
  good: [
    ...untouched('widget'),
    {
      name: 'columns of one length',
      text: card('table:\n    a: [1, x]\n    b: [2.5, true]\n    c: [2024-01-01, null]'),
    },
    { name: 'one row of single values', text: card('structured_data:\n    a: 1\n    b: x') },
    { name: 'the old name', text: card('structuredData:\n    a: [1]\n    b: [x]') },
  ],
});
