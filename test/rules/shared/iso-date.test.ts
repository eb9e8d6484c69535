import { describe, expect, it } from 'vitest';
import { dateKind, isoForm } from '../../../src/rules/shared/iso-date.js';

describe('dateKind', () => {
  it.each([
    '2026-01-15',
    '2024-02-29',
    '2000-02-29',
    '2026-01-15T10:30',
    '2026-12-31T23:59:60Z',
    '2026-01-15T10:30:00,5+0200',
    '2026-01-15T10:30-05',
  ])('takes %s', (text) => expect(dateKind(text)).toBe('valid'));

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '2026-04-31',
    '2026-01-15T24:00',
    '2026-01-15T10:60',
  ])('knows that %s does not exist', (text) => expect(dateKind(text)).toBe('impossible'));

  it.each([
    '',
    '2026',
    '2026-1-5',
    '15.01.2026',
    '2026-01-15 10:30',
    '2026-01-15Z',
    'x2026-01-15',
    '２０２６-01-15',
  ])('does not take %j', (text) => expect(dateKind(text)).toBe('other'));
});

describe('isoForm', () => {
  it.each([
    ['2026/1/5', '2026-01-05'],
    ['2026.01.05', '2026-01-05'],
    ['20260105', '2026-01-05'],
    [' 2026-1-5 10:30:00Z ', '2026-01-05T10:30:00Z'],
  ])('writes %j as %s', (text, iso) => expect(isoForm(text)).toBe(iso));

  it.each(['2026115', '202615', '5.1.2026', '2026/13/1', '2026-1/5', '2026-1-5 10', 'soon'])(
    'leaves %j',
    (text) => expect(isoForm(text)).toBeUndefined(),
  );
});
