import { describe, expect, test } from 'vitest';

import type { SessionUpdate } from '../../protocol/index.ts';
import { describeSession, detectorOptions, newSession } from './sessionConfig.ts';
import { mergeSession } from './sessionUpdate.ts';

const session = newSession('sess_1', 'practice', 1_700_000_000_900);

function merge(
  update: SessionUpdate,
  voiceFixed = false,
  voices: readonly string[] | undefined = ['tone'],
) {
  return mergeSession(session, update, { voices, voiceFixed });
}

function voice(name: string): SessionUpdate {
  return { type: 'realtime', audio: { output: { voice: name } } };
}

describe('a session', () => {
  test('begins with the defaults of the API', () => {
    expect(describeSession(session)).toEqual({
      type: 'realtime',
      object: 'realtime.session',
      id: 'sess_1',
      expires_at: 1_700_000_000,
      model: 'practice',
      instructions: '',
      output_modalities: ['audio'],
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          noise_reduction: null,
          transcription: null,
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            idle_timeout_ms: null,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'alloy', speed: 1 },
      },
      tools: [],
      tool_choice: 'auto',
      max_output_tokens: 'inf',
      truncation: 'auto',
      tracing: null,
      include: null,
      prompt: null,
    });
  });

  test('takes what is present, clears what is null or empty, and leaves the rest', () => {
    const first = merge({
      type: 'realtime',
      instructions: 'Be kind.',
      audio: { input: { transcription: { model: 'whisper-1' } }, output: { voice: 'cedar' } },
      tools: [{ type: 'function', name: 'f' }],
    });
    if (first.kind !== 'merged') throw new Error('The first update was refused');
    const second = mergeSession(
      first.session,
      {
        type: 'realtime',
        instructions: '',
        audio: { input: { turn_detection: null } },
        tools: [],
      },
      { voices: [], voiceFixed: false },
    );

    expect(second).toMatchObject({
      kind: 'merged',
      session: {
        instructions: '',
        tools: [],
        input: { transcription: { model: 'whisper-1' }, turnDetection: null },
        output: { voice: 'cedar' },
      },
    });
  });

  test('keeps the model it was opened with', () => {
    expect(merge({ type: 'realtime', model: 'other', instructions: 'x' })).toMatchObject({
      kind: 'merged',
      session: { model: 'practice', instructions: 'x' },
    });
  });

  test.for([
    ['a voice of the API', 'cedar', ['tone'], 'merged'],
    ['a voice of its own', 'tone', ['tone'], 'merged'],
    ['a name it does not know', 'cove', ['tone'], 'refused'],
    ['a name it does not know where none is known', 'cove', [], 'refused'],
    ['any name where they are not known', 'af_heart', undefined, 'merged'],
  ] as const)('meets %s', ([, name, voices, kind]) => {
    expect(mergeSession(session, voice(name), { voices, voiceFixed: false }).kind).toBe(kind);
  });

  test('says which voices there are, its own last', () => {
    expect(merge(voice('cove'))).toMatchObject({
      error: {
        message: expect.stringMatching(/^Invalid value: 'cove'.*cedar, tone\.$/u) as string,
      },
    });
  });

  test('can be for transcription only, and then tells only that part', () => {
    const merged = merge({
      type: 'transcription',
      audio: { input: { transcription: { model: 'whisper-1' } } },
    });
    if (merged.kind !== 'merged') throw new Error('The update was refused');

    expect(Object.keys(describeSession(merged.session))).toEqual([
      'type',
      'object',
      'id',
      'expires_at',
      'audio',
      'include',
    ]);
  });

  test.for<{ name: string; update: SessionUpdate; code: string; param: string }>([
    {
      name: 'a field nobody knows',
      update: { type: 'realtime', temperature: 1 },
      code: 'unknown_parameter',
      param: 'session.temperature',
    },
    {
      name: 'a field in the wrong place',
      update: { type: 'realtime', audio: { input: { voice: 'cedar' } } },
      code: 'unknown_parameter',
      param: 'session.audio.input.voice',
    },
    {
      name: 'instructions for a transcription',
      update: { type: 'transcription', instructions: 'x' },
      code: 'unknown_parameter',
      param: 'session.instructions',
    },
    {
      name: 'a voice that does not exist',
      update: { type: 'realtime', audio: { output: { voice: 'cove' } } },
      code: 'invalid_value',
      param: 'session.audio.output.voice',
    },
    {
      name: 'a tool it does not run',
      update: { type: 'realtime', tools: [{ type: 'mcp' }] },
      code: 'invalid_value',
      param: 'session.tools[0].type',
    },
    {
      name: 'a function without a name',
      update: { type: 'realtime', tools: [{ type: 'function' }] },
      code: 'missing_required_parameter',
      param: 'session.tools[0].name',
    },
  ])('refuses $name', ({ update, code, param }) => {
    expect(merge(update)).toMatchObject({ kind: 'refused', error: { code, param } });
  });

  test('keeps its voice once it has been heard, and may name it again', () => {
    expect(merge(voice('cedar'), true)).toMatchObject({ error: { code: 'cannot_update_voice' } });
    expect(merge(voice('alloy'), true)).toMatchObject({ kind: 'merged' });
  });
});

function wait(eagerness: 'low' | 'medium' | 'high'): number {
  return detectorOptions({ type: 'semantic_vad', eagerness }).silenceDurationMs;
}

test('semantic detection waits longer the less eager it is', () => {
  expect(wait('low')).toBeGreaterThan(wait('medium'));
  expect(wait('medium')).toBeGreaterThan(wait('high'));
});
