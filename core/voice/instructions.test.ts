import { describe, expect, test } from 'vitest';

import type { TimelineEntry } from '../protocol/index.ts';
import { sessionInstructions, type VoiceSettings } from './instructions.ts';
import { voicesOf } from './voices.ts';

const settings: VoiceSettings = {
  version: 'v2',
  type: 'conversational',
  model: 'm',
  transcriptionModel: 't',
  language: undefined,
  hearsPhrases: false,
  voice: undefined,
  voices: voicesOf('openai'),
  speed: undefined,
  prompt: undefined,
  startupContext: undefined,
  startInstructions: undefined,
  modelAdvice: () => undefined,
  userName: undefined,
};

const said = (text: string): TimelineEntry => ({
  type: 'realtime',
  position: 0,
  item: { type: 'transcriptSegment', id: text, realtimeSessionId: 's', role: 'user', text },
});
const begun: TimelineEntry = {
  type: 'realtime',
  position: 0,
  item: { type: 'realtimeSessionStarted', id: 'b', realtimeSessionId: 's' },
};
const timeline = [said('long ago'), begun, said('just now')];

const summed = (summary: string): TimelineEntry => ({
  type: 'item',
  position: 0,
  turnId: 't',
  item: { type: 'contextCompaction', id: 'c', summary, startedAtMs: 1, completedAtMs: 2 },
});

describe('the instructions of a session', () => {
  test.for([
    { name: 'take the prompt of the request', prompt: 'mine', configured: 'theirs', text: 'mine' },
    { name: 'take null for no prompt', prompt: null, configured: 'theirs', text: '' },
    {
      name: 'take the configured prompt',
      prompt: undefined,
      configured: ' theirs ',
      text: 'theirs',
    },
  ])('$name', ({ prompt, configured, text }) => {
    const request = { includeStartupContext: false, ...(prompt !== undefined && { prompt }) };

    expect(sessionInstructions(request, { ...settings, prompt: configured }, [], 'start')).toBe(
      text,
    );
  });

  test('know the user by name where there is neither prompt', () => {
    const named = { ...settings, userName: 'Ada' };

    expect(sessionInstructions({}, named, [], 'start')).toContain("The user's name is Ada");
  });

  test('bring along what was said before, unless that was not wanted', () => {
    const request = { prompt: '' };

    expect(sessionInstructions(request, settings, timeline, 'start')).toContain('User: long ago');
    expect(
      sessionInstructions(
        { ...request, includeStartupContext: false },
        settings,
        timeline,
        'start',
      ),
    ).toBe('');
  });

  test('bring the newest summary in place of what it stands for, and what was said since', () => {
    const long = 'They planned a trip. '.repeat(200);
    const before = [said('long ago'), summed('Older.'), said('later'), summed(long)];
    const words = sessionInstructions({ prompt: '' }, settings, [...before, said('now')], 'start');

    expect(words.split('\n').slice(2, -1)).toEqual([
      `Summary of what came before: ${long.slice(0, 2400)}…`,
      'User: now',
    ]);
    expect(sessionInstructions({ prompt: '' }, settings, before, 'start')).toContain(
      'They planned',
    );
  });

  test('bring the beginning of a long line, cut between characters', () => {
    const long = [said(`a${'😀'.repeat(700)}`)];

    expect(sessionInstructions({ prompt: '' }, settings, long, 'start')).toContain(
      `User: a${'😀'.repeat(599)}…\n`,
    );
  });

  test('bring the configured context instead of the words of the thread', () => {
    const given = { ...settings, startupContext: 'It rains.' };

    expect(sessionInstructions({ prompt: '' }, given, timeline, 'start')).toBe('It rains.');
  });

  test('after a drop bring the words of this voice conversation in every case, and only those', () => {
    const words = sessionInstructions(
      { prompt: '', includeStartupContext: false },
      settings,
      timeline,
      'drop',
    );

    expect(words).toContain('User: just now');
    expect(words).not.toContain('long ago');
  });
});
