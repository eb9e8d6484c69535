import { describe, expect, it } from 'vitest';
import { fileTypeFor } from '../../src/serve/file-type.js';

describe('the type of a file', () => {
  it.each([
    ['text-to-image', '', 'image/jpeg'],
    ['text-to-image', '*/*', 'image/jpeg'],
    ['text-to-image', 'image/*', 'image/jpeg'],
    ['text-to-image', 'image/png', 'image/png'],
    ['text-to-image', 'image/avif, image/webp;q=0.9, image/png', 'image/png'],
    ['text-to-image', 'image/png;q=0.5, image/webp;q=0.8', 'image/webp'],
    ['text-to-image', 'image/jpeg;q=0, */*;q=0.1', 'image/png'],
    ['text-to-image', 'image/jpeg;q=0', 'image/jpeg'],
    ['text-to-image', 'audio/flac', 'image/jpeg'],
    ['text-to-image', 'application/json, IMAGE/PNG', 'image/png'],
    ['text-to-image', 'image/jpg', 'image/jpeg'],
    ['text-to-speech', '*/*', 'audio/flac'],
    ['text-to-speech', 'audio/x-wav', 'audio/wav'],
    ['text-to-speech', 'audio/mpeg, audio/wav', 'audio/wav'],
    ['text-to-speech', 'audio/mpeg', 'audio/flac'],
    ['audio-to-audio', 'audio/wav;q=x', 'audio/flac'],
    ['image-segmentation', 'image/jpeg', undefined],
    ['constructor', '*/*', undefined],
  ])('of %s for %j is %s', (task, accept, type) => expect(fileTypeFor(task, accept)).toBe(type));
});
