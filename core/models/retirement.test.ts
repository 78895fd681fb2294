import { describe, expect, test } from 'vitest';

import { describedModels } from './answer.ts';
import { endingModels } from './modelsInUse.ts';
import { type Retirement, retirementOf, retirementWords } from './retirement.ts';

const NOW = Date.parse('2026-11-27T19:00:00Z');

/** The end of a model by what a provider answered to the question for its models. */
function endOf(model: string, body: unknown, providerKind = 'openai'): Retirement | undefined {
  return retirementOf(model, describedModels(body, providerKind), providerKind);
}

const listed = (id: string, shutdown_date?: unknown): unknown => ({
  data: [{ id, object: 'model', shutdown_date }],
});

const described = (upgrade: unknown): unknown => ({
  models: [{ slug: 'gpt-5', shutdown_date: '2026-12-11', upgrade }],
});

describe('the end of a model', () => {
  test.for<readonly [what: string, body: unknown, date: string | undefined]>([
    ['the provider’s list has it', listed('gpt-realtime', '2027-03-01'), '2027-03-01'],
    ['the list says there is none', listed('gpt-realtime', null), undefined],
    ['the list does not speak of ends', listed('gpt-realtime'), '2027-01-20'],
    ['the list is without the model', listed('another', '2027-03-01'), '2027-01-20'],
    ['there is no list', undefined, '2027-01-20'],
    ['the list is of another kind', 'nonsense', '2027-01-20'],
    ['the day is none', listed('gpt-realtime', '2027-02-30'), '2027-01-20'],
    ['the day is a number', listed('gpt-realtime', 1_800_000_000), '2027-01-20'],
    ['the day is an object', listed('gpt-realtime', { day: 1 }), '2027-01-20'],
  ])('is known where %s', ([, body, date]) => {
    expect(endOf('gpt-realtime', body)?.shutdownDate).toBe(date);
  });

  test('is unknown for a model nobody spoke of, and for OpenAI’s names at a server of one’s own', () => {
    expect(endOf('gpt-realtime-1.5', undefined)).toBeUndefined();
    expect(endOf('gpt-realtime', undefined, 'custom')).toBeUndefined();
    expect(endOf('toString', undefined)).toBeUndefined();
  });

  test('is read of a model that is built in, which keeps its facts', () => {
    const body = listed('gpt-5.5', '2027-06-01');
    const entry = describedModels(body, 'openai').find(({ slug }) => slug === 'gpt-5.5');

    expect(entry).toMatchObject({ displayName: 'GPT-5.5', shutdownDate: '2027-06-01' });
  });

  test('comes with the successor the provider names, before the one that was announced', () => {
    expect(endOf('gpt-5', described('own'))?.successor).toBe('own');
    expect(endOf('gpt-5', described({ model: 'own', words: 'x' }))?.successor).toBe('own');
    expect(endOf('gpt-5', described({ neither: 1 }))?.successor).toBe('gpt-6.1-sol');
  });

  test('at another provider has an announced successor only where it can be had', () => {
    const two = {
      data: [{ id: 'whisper-1', shutdown_date: '2027-02-26' }, { id: 'gpt-transcribe' }],
    };

    expect(endOf('whisper-1', two, 'custom')?.successor).toBe('gpt-transcribe');
    expect(endOf('whisper-1', listed('whisper-1', '2027-02-26'), 'custom')).toEqual({
      model: 'whisper-1',
      shutdownDate: '2027-02-26',
      successor: undefined,
    });
  });
});

describe('the words', () => {
  const end = { model: 'm', successor: 'n' };

  test.for([
    ['2027-01-20', 'm ends on 20 January 2027, in 54 days; set model to "n".'],
    ['2026-11-28', 'm ends on 28 November 2026, in 1 day; set model to "n".'],
    ['2026-11-27', 'm ended on 27 November 2026; set model to "n".'],
    ['2026-05-07', 'm ended on 7 May 2026; set model to "n".'],
  ] as const)('of an end on %s are right that evening', ([shutdownDate, words]) => {
    expect(retirementWords({ ...end, shutdownDate }, 'text', NOW)).toBe(words);
  });

  test('name the setting of its use, and no successor where none is known', () => {
    const unknown = { ...end, shutdownDate: '2027-01-20', successor: undefined };

    expect(retirementWords(unknown, 'voice', NOW)).toContain(
      '; set experimental_realtime_ws_model to another model.',
    );
    expect(retirementWords(unknown, 'transcription', NOW)).toContain(
      '; set realtime.transcription_model to another model.',
    );
  });
});

describe('of the models in use', () => {
  const nothing = {
    model: undefined,
    realtimeWsModel: undefined,
    realtime: { transcriptionModel: undefined },
  };
  const told = (config: typeof endingConfig, body?: unknown, nowMs = NOW): readonly string[] =>
    endingModels(
      config,
      { providerKind: 'openai', retirement: (model) => endOf(model, body) },
      nowMs,
    );
  const endingConfig = {
    model: 'gpt-5' as string | undefined,
    realtimeWsModel: 'gpt-realtime' as string | undefined,
    realtime: { transcriptionModel: 'whisper-1' as string | undefined },
  };

  test('those that end within 60 days are told, and the others not yet', () => {
    expect(told(endingConfig)).toEqual([
      'gpt-5 ends on 11 December 2026, in 14 days; set model to "gpt-6.1-sol".',
      'gpt-realtime ends on 20 January 2027, in 54 days; set experimental_realtime_ws_model to "gpt-realtime-2.1".',
    ]);
    expect(told(endingConfig, undefined, Date.parse('2026-12-28'))).toHaveLength(3);
  });

  test('the defaults end at no day that was announced', () => {
    expect(told(nothing, undefined, Date.parse('2030-01-01'))).toEqual([]);
    for (const providerKind of ['openai', 'custom', 'practice']) {
      expect(
        endingModels(
          nothing,
          { providerKind, retirement: (model) => endOf(model, undefined, 'openai') },
          Date.parse('2030-01-01'),
        ),
      ).toEqual([]);
    }
  });

  test('a transcription model left to the server is none', () => {
    expect(told({ ...endingConfig, realtime: { transcriptionModel: '' } })).toHaveLength(2);
  });
});
