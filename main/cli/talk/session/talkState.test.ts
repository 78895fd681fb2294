import { describe, expect, test } from 'vitest';

import { initialTalk, step, type TalkInput, type WaitingFor, waitingFor } from './talkState.ts';

const over: TalkInput = { type: 'inputOver' };
const speaks: TalkInput = { type: 'speechStarted' };
const silent: TalkInput = { type: 'speechStopped' };
const begins = (responseId: string): TalkInput => ({ type: 'responseStarted', responseId });
const answers = (responseId: string, answered = true): TalkInput => ({
  type: 'responseEnded',
  responseId,
  answered,
});
const written: TalkInput = { type: 'writtenDown' };
const hands: TalkInput = { type: 'handedOver' };
const works = (turnId: string): TalkInput => ({ type: 'taskStarted', turnId });
const ready = (turnId: string): TalkInput => ({ type: 'taskEnded', turnId });

const heard = [over, speaks, silent];
const answered = [...heard, begins('a'), answers('a')];

describe('a talk waits for', () => {
  test.for<{ name: string; inputs: TalkInput[]; waits: WaitingFor }>([
    { name: 'its input, whatever comes early', inputs: answered.slice(1), waits: 'input' },
    { name: 'speech to be noticed', inputs: [over], waits: 'speech' },
    { name: 'the end of the speech', inputs: [over, speaks], waits: 'endOfSpeech' },
    { name: 'an answer', inputs: heard, waits: 'answer' },
    { name: 'the end of the answer', inputs: [...heard, begins('a')], waits: 'endOfAnswer' },
    { name: 'nothing after the answer', inputs: answered, waits: 'nothing' },
    {
      name: 'another answer when the first was cut off',
      inputs: [...heard, begins('a'), answers('a', false)],
      waits: 'answer',
    },
    {
      name: 'the answer to speech that came during an answer',
      inputs: [...heard, begins('a'), speaks, silent, answers('a')],
      waits: 'answer',
    },
    {
      name: 'the current answer when another one ends late',
      inputs: [...heard, begins('b'), answers('a')],
      waits: 'endOfAnswer',
    },
    {
      name: 'nothing more once dictation is written down',
      inputs: [...heard, written],
      waits: 'nothing',
    },
    {
      name: 'the words of all that was dictated',
      inputs: [...heard, speaks, silent, written],
      waits: 'answer',
    },
    {
      name: 'speech that goes on while the words before it are written down',
      inputs: [...heard, speaks, written],
      waits: 'endOfSpeech',
    },
    { name: 'handed-over work to begin', inputs: [...answered, hands], waits: 'handover' },
    {
      name: 'a task, once however often it is said to begin',
      inputs: [...answered, hands, works('t'), works('t')],
      waits: 'task',
    },
    {
      name: 'a task that further work was added to',
      inputs: [...answered, hands, works('t'), hands],
      waits: 'task',
    },
    {
      name: 'no new task when work was added to one that ended since',
      inputs: [...answered, works('t'), hands, ready('t')],
      waits: 'taskReport',
    },
    {
      name: 'the second of two tasks',
      inputs: [...answered, works('t'), works('u'), ready('t')],
      waits: 'task',
    },
    {
      name: 'nothing after the report on a task',
      inputs: [...answered, works('t'), ready('t'), begins('b'), answers('b')],
      waits: 'nothing',
    },
    {
      name: 'no report on a task whose end is told twice',
      inputs: [...answered, works('t'), ready('t'), begins('b'), answers('b'), ready('t')],
      waits: 'nothing',
    },
    {
      name: 'an answer to speech rather than the report on a task',
      inputs: [...answered, works('t'), speaks, silent, ready('t')],
      waits: 'answer',
    },
    {
      name: 'what it waited for before a mere sign of life',
      inputs: [...heard, { type: 'activity' }],
      waits: 'answer',
    },
  ])('$name', ({ inputs, waits }) => {
    expect(waitingFor(inputs.reduce(step, initialTalk))).toBe(waits);
  });
});
