import { describe, expect, test } from 'vitest';

import { type StopEffect, type StopInput, type StopState, stepStop } from './stopStep.ts';

const listen = (isListening: boolean): StopEffect => ({ type: 'listen', isListening });
const duck = (isDucked: boolean): StopEffect => ({ type: 'duck', isDucked });
const silence: StopEffect = { type: 'silence' };

const began: StopInput = { type: 'soundBegan' };
const ended: StopInput = { type: 'soundEnded' };
const speech: StopInput = { type: 'speechBegan' };
const stop: StopInput = { type: 'speechEnded', word: 'stop' };
const goOn: StopInput = { type: 'speechEnded', word: 'goOn' };
const noWord: StopInput = { type: 'speechEnded', word: undefined };
const patience: StopInput = { type: 'patienceEnded' };

type Row = readonly [
  title: string,
  from: StopState['phase'],
  input: StopInput,
  to: StopState['phase'],
  effects: readonly StopEffect[],
];

describe('listening for "stop"', () => {
  test.each<Row>([
    ['a word that comes after the sound has ended stops nothing', 'idle', stop, 'idle', []],
    ['speech in silence turns nothing down', 'idle', speech, 'idle', []],
    ['a second end is no news', 'idle', ended, 'idle', []],
    ['a second beginning is no news', 'listening', began, 'listening', []],
    ['speech that sets in again while ducked ducks once', 'ducked', speech, 'ducked', []],
    ['a late end of patience raises nothing', 'listening', patience, 'listening', []],
    ['a word after the stop raises nothing', 'stopped', goOn, 'stopped', []],
    ['patience that ends after the stop raises nothing', 'stopped', patience, 'stopped', []],
    ['speech after the stop turns nothing down', 'stopped', speech, 'stopped', []],
    ['it listens once Parley is heard', 'idle', began, 'listening', [listen(true)]],
    ['it listens no longer than that', 'listening', ended, 'idle', [listen(false)]],
    ['speech turns Parley down', 'listening', speech, 'ducked', [duck(true)]],
    ['a cough lets Parley be heard again', 'ducked', noWord, 'listening', [duck(false)]],
    ['"go on" lets Parley be heard again', 'ducked', goOn, 'listening', [duck(false)]],
    ['speech without an end does, too', 'ducked', patience, 'listening', [duck(false)]],
    ['"stop" silences and stays down', 'ducked', stop, 'stopped', [silence]],
    ['"stop" that was long to say silences', 'listening', stop, 'stopped', [silence]],
    ['"stop" said twice silences what is still heard', 'stopped', stop, 'stopped', [silence]],
    ['the next answer is not turned down', 'stopped', ended, 'idle', [listen(false), duck(false)]],
    ['an answer that ends while ducked', 'ducked', ended, 'idle', [listen(false), duck(false)]],
  ])('%s', (_title, phase, input, to, effects) => {
    expect(stepStop({ phase }, input)).toEqual({ state: { phase: to }, effects });
  });
});
