import { expect, test } from 'vitest';

import { readTranscriptPart, type TranscriptPart } from './transcriptionAnswer.ts';

const event = (data: string): Parameters<typeof readTranscriptPart>[0] => ({
  kind: 'event',
  data,
  name: undefined,
});

test.for<readonly [what: string, Parameters<typeof readTranscriptPart>[0], TranscriptPart]>([
  [
    'an answer in one',
    { kind: 'whole', data: '{"text":"Hi","x":1}' },
    { type: 'whole', text: 'Hi' },
  ],
  ['one without words', { kind: 'whole', data: '{"words":[]}' }, { type: 'garbage' }],
  ['one that is cut off', { kind: 'whole', data: '{"text":"H' }, { type: 'garbage' }],
  [
    'words as they are found',
    event('{"type":"transcript.text.delta","delta":"Hi"}'),
    { type: 'delta', text: 'Hi' },
  ],
  [
    'all words',
    event('{"type":"transcript.text.done","text":"Hi"}'),
    { type: 'whole', text: 'Hi' },
  ],
  [
    'a segment with its times',
    event('{"type":"transcript.text.segment","text":"Hi"}'),
    { type: 'other' },
  ],
  ['a segment of an older server', event('{"text":"Hi","start":0}'), { type: 'delta', text: 'Hi' }],
  ['bare words of an older server', event(' Hi there'), { type: 'delta', text: ' Hi there' }],
  ['an error in a stream', event('{"error":{"message":"no"}}'), { type: 'failure', message: 'no' }],
  ['an error as text', event('{"error":"no"}'), { type: 'failure', message: 'no' }],
  ['the mark of the end', { kind: 'endMark' }, { type: 'other' }],
])('%s is read for what it is', ([, part, read]) => {
  expect(readTranscriptPart(part)).toEqual(read);
});
