import { describe, expect, it } from 'vitest';
import {
  checkExpectedTranscript,
  checkTranscript,
  transcriptDistance,
} from '../../../src/tasks/sound/transcript.js';

describe('how far two transcripts lie apart', () => {
  it.each([
    ['Hello, world!', 'HELLO WORLD', 0],
    ['', '', 0],
    ['abc', '', 1],
    ['abcd', 'abed', 0.25],
    ['日本語', '日本', 1 / 3],
  ])('%j and %j: %d', (a, b, expected) => {
    expect(transcriptDistance(a, b)).toBeCloseTo(expected, 9);
    expect(transcriptDistance(b, a)).toBeCloseTo(expected, 9);
  });

  it('does not take long for long ones', () => {
    expect(transcriptDistance('a'.repeat(1e6), 'b'.repeat(1e6))).toBe(1);
  });
});

describe('the transcript of the card', () => {
  it.each([
    ['Hello world', { text: 'hello, world.' }, 'passed'],
    ['hello world', 'hello world', 'passed'],
    ['hello word and moon', { text: 'hello world and sun' }, 'warning'],
    ['goodbye', { text: 'hello world' }, 'failed'],
    ['hello', [{ label: 'x' }], 'warning'],
  ])('%j against %j: %s', (text, expected, status) => {
    expect(checkExpectedTranscript(text, expected).status).toBe(status);
  });
});

describe('a transcript', () => {
  const heard = { text: 'hello', seconds: 2, rms: 0.1, made: false, detail: '' };
  it.each([
    [{}, 'passed', '5 characters'],
    [{ text: ' ' }, 'failed', 'empty, though the recording lasts 2 s'],
    [{ text: '', detail: 'The blank wins.' }, 'failed', 'The blank wins.'],
    [{ text: '', made: true }, 'warning', 'made by a formula'],
    [{ text: '', rms: 0 }, 'warning', 'silent'],
    [{ text: '', seconds: 0.05 }, 'warning', 'only 0.05 s'],
    [{ text: 'la '.repeat(200) }, 'failed', 'more than anybody says'],
  ])('%j: %s', (change, status, message) => {
    const check = checkTranscript({ ...heard, ...change });
    expect(check.status).toBe(status);
    expect(check.message).toContain(message);
  });
});
