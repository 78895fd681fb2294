import { expect, test, vi } from 'vitest';

import { sampleTurn, type ScriptedEngine } from '../../../core/protocol/testing/index.ts';
import { readyAssistant as ready, threadId } from '../../testing/index.ts';
import type { Assistant } from '../assistant.ts';

const METHOD = 'item/tool/requestUserInput';

const colour = {
  id: 'colour',
  header: 'Colour',
  question: 'Which colour?',
  isOther: true,
  isSecret: false,
  options: null,
};

const request = {
  threadId,
  turnId: 'turn-1',
  itemId: 'call-1',
  questions: [colour],
  isBlocking: true,
  autoResolutionMs: null,
};

const teal = { colour: { answers: ['Teal'] } };

async function asked(): Promise<{ engine: ScriptedEngine; assistant: Assistant }> {
  const parts = await ready();
  await parts.assistant.send('paint it');
  parts.engine.notify('turn/started', { threadId, turn: sampleTurn() });
  parts.engine.ask(0, METHOD, request);
  return parts;
}

const entries = (assistant: Assistant) => assistant.questions.entries.getSnapshot();

test('a question is announced, answered here, and settled by the word of the engine', async () => {
  const { engine, assistant } = await asked();
  expect(entries(assistant)).toMatchObject([{ status: 'open', turnId: 'turn-1', answers: {} }]);
  expect(assistant.announcer.current.getSnapshot().text).toBe('The agent asks: Which colour?');

  const key = entries(assistant)[0]?.key ?? '';
  expect(assistant.questions.give(key, teal)).toBe(true);
  expect(assistant.questions.give(key, teal)).toBe(false);
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 0, result: { answers: teal } }]);
  });
  engine.notify('serverRequest/resolved', {
    threadId,
    requestId: 0,
    answeredBy: 'client',
    answers: teal,
  });
  expect(entries(assistant)).toMatchObject([{ status: 'answered', by: 'here', answers: teal }]);
});

test.each([
  ['voice', 'voice'],
  ['client', 'elsewhere'],
] as const)(
  'an answer by %s settles it, and nothing is sent from here any more',
  async (answeredBy, by) => {
    const { engine, assistant } = await asked();
    engine.notify('serverRequest/resolved', { threadId, requestId: 0, answeredBy, answers: teal });
    await vi.waitFor(() => {
      expect(assistant.questions.give(entries(assistant)[0]?.key ?? '', teal)).toBe(false);
    });
    expect(entries(assistant)).toMatchObject([{ status: 'answered', by, answers: teal }]);
    expect(engine.answers).toEqual([]);
  },
);

test('one that is given up is no longer open, and one that nobody asked changes nothing', async () => {
  const { engine, assistant } = await asked();
  engine.notify('serverRequest/resolved', { threadId, requestId: 7 });
  expect(entries(assistant)).toMatchObject([{ status: 'open' }]);
  engine.notify('serverRequest/resolved', { threadId, requestId: 0 });
  engine.notify('serverRequest/resolved', {
    threadId,
    requestId: 0,
    answeredBy: 'client',
    answers: teal,
  });
  expect(entries(assistant)).toMatchObject([{ status: 'withdrawn', by: undefined }]);
});

test('answers that were spoken are shown while the rest is open', async () => {
  const { engine, assistant } = await asked();
  engine.notify('serverRequest/partlyAnswered', { threadId, requestId: 0, answers: teal });
  expect(entries(assistant)).toMatchObject([{ status: 'open', answers: teal }]);
});

test('asked twice it is one question', async () => {
  const { engine, assistant } = await asked();
  engine.ask(0, METHOD, request);
  expect(entries(assistant)).toHaveLength(1);
  assistant.questions.give(entries(assistant)[0]?.key ?? '', teal);
  await vi.waitFor(() => {
    expect(engine.answers).toHaveLength(1);
  });
});

test('it survives a reconnect when it is asked again, and is over when it is not', async () => {
  const { engine, assistant } = await asked();
  engine.drop();
  const key = entries(assistant)[0]?.key ?? '';
  await vi.waitFor(() => {
    expect(assistant.questions.give(key, teal)).toBe(false);
  });
  expect(entries(assistant)).toMatchObject([{ status: 'open' }]);
  await assistant.link.connect();
  // A new engine counts its requests from the beginning.
  engine.ask(3, METHOD, request);
  await vi.waitFor(() => {
    expect(engine.asked('thread/timeline/list').length).toBeGreaterThan(0);
  });
  expect(entries(assistant)).toMatchObject([{ key, requestId: 3, status: 'open' }]);
  expect(assistant.questions.give(key, teal)).toBe(true);
  await vi.waitFor(() => {
    expect(engine.answers).toEqual([{ id: 3, result: { answers: teal } }]);
  });

  engine.drop();
  await assistant.link.connect();
  await vi.waitFor(() => {
    expect(entries(assistant)).toMatchObject([{ status: 'withdrawn' }]);
  });
});

test('it is known which conversations wait, also those that are not open here', async () => {
  const { engine, assistant } = await asked();
  const status = (id: string, activeFlags: string[]): void => {
    const active = { type: 'active' as const, activeFlags };
    engine.notify('thread/status/changed', { threadId: id, status: active });
  };
  const waiting = () => Array.from(assistant.questions.waitingThreads.getSnapshot());
  status('old', ['waitingOnUserInput']);
  status('old', ['waitingOnUserInput']);
  status(threadId, []);
  expect(waiting()).toEqual(['old']);
  status('old', []);
  engine.notify('thread/status/changed', { threadId: 'old', status: { type: 'idle' } });
  expect(waiting()).toEqual([]);
});

test('questions of a conversation that is read back are there, each once, and what this page knows stays', async () => {
  const { engine, assistant } = await asked();
  engine.notify('serverRequest/resolved', {
    threadId,
    requestId: 0,
    answeredBy: 'voice',
    answers: teal,
  });
  await vi.waitFor(() => {
    expect(entries(assistant)).toMatchObject([{ by: 'voice' }]);
  });
  const settled = {
    method: METHOD,
    questions: [colour],
    outcome: 'accepted' as const,
    answeredBy: 'client' as const,
    answers: teal,
    afterItemId: 'item-1',
  };
  const turns = [
    { id: 'turn-0', settledRequests: [{ ...settled, itemId: 'call-0' }] },
    { id: 'turn-1', settledRequests: [{ ...settled, itemId: 'call-1' }] },
    { id: 'turn-2', settledRequests: [{ ...settled, itemId: 'c', questions: undefined }] },
    { id: 'turn-3', settledRequests: [{ ...settled, itemId: 'c', answeredBy: undefined }] },
    { id: 'turn-4' },
  ];
  assistant.questions.restore(turns);
  assistant.questions.restore(turns);
  expect(entries(assistant)).toMatchObject([
    { turnId: 'turn-0', status: 'answered', by: 'earlier', answers: teal, after: 'item-1' },
    { turnId: 'turn-3', status: 'withdrawn', by: undefined },
    { turnId: 'turn-1', status: 'answered', by: 'voice' },
  ]);
});
