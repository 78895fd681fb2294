import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeServerEvent, KnownServerEvent } from './serverEvents.ts';

const anything = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const mostlyText = fc.oneof({ weight: 4, arbitrary: fc.string() }, anything);
const mostlyInteger = fc.oneof({ weight: 4, arbitrary: fc.integer() }, anything);

const audioDelta = fc.record(
  {
    type: fc.constant('response.output_audio.delta'),
    delta: mostlyText,
    event_id: mostlyText,
    response_id: mostlyText,
    item_id: mostlyText,
    sample_rate: mostlyInteger,
    channels: mostlyInteger,
    num_channels: mostlyInteger,
    samples_per_channel: mostlyInteger,
    output_index: anything,
  },
  { requiredKeys: ['type'] },
);

test('the short way for sound accepts exactly what the table accepts, and changes nothing', () => {
  const seen = { known: 0, malformed: 0, unknown: 0 };
  fc.assert(
    fc.property(audioDelta, (event) => {
      const frame = JSON.stringify(event);
      const decoded = decodeServerEvent(frame);
      seen[decoded.kind] += 1;
      const { success, data } = KnownServerEvent.safeParse(JSON.parse(frame));

      expect(decoded).toMatchObject(
        success ? { kind: 'known', event: data } : { kind: 'malformed', type: event.type },
      );
    }),
    { numRuns: 500 },
  );
  // The property says nothing unless both sides of it were seen.
  expect(seen.known).toBeGreaterThan(10);
  expect(seen.malformed).toBeGreaterThan(10);
});

test.for([
  ['no JSON', '{"type":', undefined],
  ['nothing', 'null', undefined],
  ['a list', '[]', undefined],
  ['a type that is no text', '{"type":7}', undefined],
  [
    'sound without its delta',
    '{"type":"response.output_audio.delta"}',
    'response.output_audio.delta',
  ],
])('a frame with %s is malformed', ([, frame = '', type]) => {
  expect(decodeServerEvent(frame)).toMatchObject({ kind: 'malformed', type });
});

test('a type nobody knows is passed over', () => {
  expect(decodeServerEvent('{"type":"response.sung"}')).toEqual({
    kind: 'unknown',
    type: 'response.sung',
  });
});
