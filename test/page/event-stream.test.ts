import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventReader } from '../../src/page/event-stream.js';

describe('server-sent events', () => {
  it('are the same wherever the stream is cut', () => {
    const stream = ': hello\r\n\r\ndata: {"a":\r\ndata: 1}\r\n\r\nevent: x\ndata:b\n\ndata: [DONE]\n\n';
    const expected = ['{"a":\n1}', 'b', '[DONE]'];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), stream.length];
        const read = eventReader();
        const events = places.slice(1).flatMap((end, index) => read(stream.slice(places[index], end)));
        expect(events).toEqual(expected);
      }),
    );
  });

  it('that are not complete are not told', () => {
    expect(eventReader()('data: half\n')).toEqual([]);
  });
});
