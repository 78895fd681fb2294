import { expect, test } from 'vitest';

import { audioFrame, eventFrame } from './eventLine.ts';
import { countingIds } from '../testing/index.ts';

test('a frame of sound is the JSON the schema expects', () => {
  const audio = {
    type: 'sendAudio',
    responseId: 'resp_1',
    itemId: 'item_1',
    outputIndex: 2,
  } as const;

  expect(JSON.parse(audioFrame(audio, 'AQD//w==', countingIds()))).toEqual({
    type: 'response.output_audio.delta',
    event_id: 'event_1',
    response_id: 'resp_1',
    item_id: 'item_1',
    output_index: 2,
    content_index: 0,
    delta: 'AQD//w==',
  });
});

test('an event that brings an id of its own keeps it', () => {
  const newId = countingIds();

  expect(JSON.parse(eventFrame({ type: 'a' }, newId))).toEqual({ event_id: 'event_1', type: 'a' });
  expect(JSON.parse(eventFrame({ type: 'a', event_id: 'own' }, newId))).toEqual({
    event_id: 'own',
    type: 'a',
  });
});
