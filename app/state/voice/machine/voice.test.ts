import { describe, expect, test } from 'vitest';

import { stepVoice, type VoiceInput, voiceOff, type VoiceState, voiceWord } from './voice.ts';

const error = { message: 'It broke.', hint: 'Try again.' };
const relink = { cause: 'the network went away', attempt: 1 };
const begin: VoiceInput[] = [
  { type: 'startPressed' },
  { type: 'microphoneOpened' },
  { type: 'sessionStarted' },
];
const run = (inputs: readonly VoiceInput[]): VoiceState => inputs.reduce(stepVoice, voiceOff);

describe('voice state', () => {
  test.for<{ name: string; inputs: VoiceInput[]; word: string; working?: boolean }>([
    { name: 'is off before anything', inputs: [], word: 'Off' },
    { name: 'starts at the microphone', inputs: [{ type: 'startPressed' }], word: 'Starting' },
    { name: 'listens once the session runs', inputs: begin, word: 'Listening' },
    {
      name: 'works when nobody speaks and the agent does',
      inputs: begin,
      working: true,
      word: 'Working',
    },
    {
      name: 'hears the user over its own speech',
      inputs: [...begin, { type: 'playingChanged', playing: true }, { type: 'speechStarted' }],
      word: 'Hearing you',
    },
    {
      name: 'thinks from the end of the turn until the answer sounds',
      inputs: [...begin, { type: 'speechStarted' }, { type: 'turnTaken' }],
      word: 'Thinking',
    },
    {
      name: 'speaks as long as there is sound, also after the answer is complete',
      inputs: [
        ...begin,
        { type: 'responseStarted', responseId: 'a' },
        { type: 'playingChanged', playing: true },
        { type: 'responseCompleted', responseId: 'a' },
      ],
      word: 'Speaking',
    },
    {
      name: 'returns to listening after an answer without sound',
      inputs: [
        ...begin,
        { type: 'turnTaken' },
        { type: 'responseStarted', responseId: 'a' },
        { type: 'responseCompleted', responseId: 'a' },
      ],
      word: 'Listening',
    },
    {
      name: 'does not take the late end of an earlier answer for the current one',
      inputs: [
        ...begin,
        { type: 'responseStarted', responseId: 'b' },
        { type: 'responseCompleted', responseId: 'a' },
      ],
      word: 'Thinking',
    },
    {
      name: 'passes over a session that starts after the user ended it',
      inputs: [{ type: 'startPressed' }, { type: 'endPressed' }, { type: 'sessionStarted' }],
      word: 'Ended',
    },
    {
      name: 'is not ended by the farewell of the session it replaced',
      inputs: [{ type: 'startPressed' }, { type: 'sessionClosed', error: undefined }],
      word: 'Starting',
    },
    {
      name: 'keeps the cause of a failure when the close follows',
      inputs: [...begin, { type: 'failed', error }, { type: 'sessionClosed', error: undefined }],
      word: 'Failed',
    },
    {
      name: 'keeps the microphone while the engine is away, and starts again',
      inputs: [...begin, { type: 'connectionLost' }],
      word: 'Reconnecting',
    },
    {
      name: 'listens again after a reconnect',
      inputs: [...begin, { type: 'connectionLost' }, ...begin],
      word: 'Listening',
    },
    {
      name: 'says so while the engine gets a new connection to the voice provider',
      inputs: [
        ...begin,
        { type: 'responseStarted', responseId: 'a' },
        { type: 'relinkTried', relink },
        { type: 'stageReached', stage: 'configuring' },
      ],
      word: 'Reconnecting',
    },
    {
      name: 'listens again once the new connection is ready',
      inputs: [...begin, { type: 'relinkTried', relink }, { type: 'stageReached', stage: 'ready' }],
      word: 'Listening',
    },
    {
      name: 'is still reconnecting at the next try',
      inputs: [
        ...begin,
        { type: 'relinkTried', relink },
        { type: 'relinkTried', relink: { ...relink, attempt: 2 } },
      ],
      word: 'Reconnecting',
    },
    {
      name: 'has no new connection to wait for before the first one',
      inputs: [{ type: 'startPressed' }, { type: 'relinkTried', relink }],
      word: 'Starting',
    },
    {
      name: 'can be ended while it gets a new connection',
      inputs: [...begin, { type: 'relinkTried', relink }, { type: 'endPressed' }],
      word: 'Ended',
    },
    {
      name: 'ignores speech events while it is off',
      inputs: [{ type: 'speechStarted' }, { type: 'playingChanged', playing: true }],
      word: 'Off',
    },
  ])('$name', ({ inputs, word, working = false }) => {
    expect(voiceWord(run(inputs), { working, isDictation: false })).toBe(word);
  });

  test.each<{ inputs: VoiceInput[]; word: string }>([
    { inputs: begin, word: 'Taking dictation' },
    { inputs: [...begin, { type: 'speechStarted' }], word: 'Hearing you' },
    {
      inputs: [
        ...begin,
        { type: 'speechStarted' },
        { type: 'speechStopped' },
        { type: 'turnTaken' },
      ],
      word: 'Taking dictation',
    },
    { inputs: [...begin, { type: 'relinkTried', relink }], word: 'Reconnecting' },
    { inputs: [...begin, { type: 'endPressed' }], word: 'Ended' },
  ])('dictation is named, and thinks of no answer: $word', ({ inputs, word }) => {
    expect(voiceWord(run(inputs), { working: true, isDictation: true })).toBe(word);
  });

  test('never goes back a stage when reports come out of order', () => {
    const state = run([
      { type: 'startPressed' },
      { type: 'stageReached', stage: 'configuring' },
      { type: 'microphoneOpened' },
      { type: 'stageReached', stage: 'connecting' },
    ]);

    expect(state).toEqual({ phase: 'starting', stage: 'configuring' });
  });

  test('sound that has come in plays on over a lost connection, the answer being made does not', () => {
    const inputs: VoiceInput[] = [
      ...begin,
      { type: 'responseStarted', responseId: 'a' },
      { type: 'playingChanged', playing: true },
      { type: 'relinkTried', relink },
    ];

    expect(run(inputs)).toMatchObject({ playing: true, responseId: undefined, relink });
  });

  test('a second press of start changes nothing', () => {
    const live = run(begin);

    expect(stepVoice(live, { type: 'startPressed' })).toBe(live);
  });
});
