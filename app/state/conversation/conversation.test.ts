import { describe, expect, test } from 'vitest';

import type { ServerNotification, TimelineEntry } from '../../../core/protocol/index.ts';
import { sampleSpoken, sampleTurn } from '../../../core/protocol/testing/index.ts';
import { addNote, addOlder, applyNotification, fromTimeline } from './conversation.ts';
import { type Conversation, emptyConversation, type TurnEntry, type VoiceLine } from './entries.ts';
import { lastToRepeat, requestToRepeat, runningTurnIds, workState } from './work.ts';

const threadId = 't';
const run = (notices: readonly ServerNotification[], from = emptyConversation): Conversation =>
  notices.reduce((state, notice) => applyNotification(state, notice, 1_000), from);
const lines = (conversation: Conversation): string[] =>
  conversation.entries.map((entry) =>
    entry.kind === 'voice' ? `${entry.id}: ${entry.text}` : entry.id,
  );
const firstLine = (conversation: Conversation): VoiceLine => conversation.entries[0] as VoiceLine;
const firstTurn = (conversation: Conversation): TurnEntry => conversation.entries[0] as TurnEntry;

const committed = (itemId: string, previousItemId: string | null): ServerNotification => ({
  method: 'thread/realtime/input/committed',
  params: { threadId, itemId, previousItemId },
});
const speech = (itemId: string): ServerNotification => ({
  method: 'thread/realtime/speech/started',
  params: { threadId, itemId, audioStartMs: 0 },
});
const delta = (role: 'user' | 'assistant', itemId: string, text: string): ServerNotification => ({
  method: 'thread/realtime/transcript/delta',
  params: { threadId, role, itemId, delta: text },
});
const done = (role: 'user' | 'assistant', itemId: string, text: string): ServerNotification => ({
  method: 'thread/realtime/transcript/done',
  params: { threadId, role, itemId, text },
});

describe('voice lines', () => {
  test('the user is on screen from the first sound, and the words fill in later', () => {
    const heard = run([speech('u1')]);
    const taken = run([committed('u1', null)], heard);
    const known = run([delta('user', 'u1', 'Hel'), done('user', 'u1', 'Hello.')], taken);

    expect([heard, taken, known].map((state) => firstLine(state).status)).toEqual([
      'hearing',
      'pending',
      'done',
    ]);
    expect(lines(known)).toEqual(['u1: Hello.']);
  });

  test('words that arrive after the answer still stand before it', () => {
    const state = run([
      committed('u1', null),
      delta('assistant', 'a1', 'Yes, '),
      done('assistant', 'a1', 'Yes, of course.'),
      done('user', 'u1', 'Can you?'),
    ]);

    expect(lines(state)).toEqual(['u1: Can you?', 'a1: Yes, of course.']);
  });

  test('a turn that is named only after its answer is moved before it', () => {
    const state = run([
      done('user', 'u1', 'One'),
      done('assistant', 'a1', 'Two'),
      done('assistant', 'a2', 'Four'),
      done('user', 'u2', 'Three'),
      committed('u2', 'a1'),
    ]);

    expect(lines(state)).toEqual(['u1: One', 'a1: Two', 'u2: Three', 'a2: Four']);
  });

  test('a predecessor that comes late is put before its successor', () => {
    const state = run([
      committed('u2', 'a1'),
      done('user', 'u2', 'B'),
      done('assistant', 'a1', 'A'),
    ]);

    expect(lines(state)).toEqual(['a1: A', 'u2: B']);
  });

  test('the final text replaces the deltas, and later deltas change nothing', () => {
    const state = run([
      delta('assistant', 'a1', 'hel'),
      done('assistant', 'a1', 'Hello!'),
      delta('assistant', 'a1', 'lo'),
    ]);

    expect(lines(state)).toEqual(['a1: Hello!']);
  });

  test('a repeated start of speech does not make a second line', () => {
    expect(lines(run([speech('u1'), speech('u1'), committed('u1', null)]))).toEqual(['u1: ']);
  });

  test('a failed transcription is said inside the line', () => {
    const state = run([
      committed('u1', null),
      {
        method: 'thread/realtime/transcript/failed',
        params: { threadId, itemId: 'u1', message: 'no recogniser' },
      },
    ]);

    expect(firstLine(state)).toMatchObject({ status: 'failed', failure: 'no recogniser' });
  });

  test('a commit after the failure does not make the line wait again', () => {
    const state = run([
      {
        method: 'thread/realtime/transcript/failed',
        params: { threadId, itemId: 'u1', message: 'no recogniser' },
      },
      committed('u1', null),
    ]);

    expect(firstLine(state).status).toBe('failed');
  });

  test('words without an item id are kept', () => {
    const state = run([
      {
        method: 'thread/realtime/transcript/done',
        params: { threadId, role: 'assistant', text: 'Hi.' },
      },
    ]);

    expect(firstLine(state)).toMatchObject({ speaker: 'parley', text: 'Hi.' });
  });
});

const times = { startedAtMs: null, completedAtMs: null };
const message = (text: string) => ({
  ...times,
  type: 'agentMessage' as const,
  id: 'm1',
  text,
  phase: null,
  memoryCitation: null,
});
const started: ServerNotification = {
  method: 'turn/started',
  params: {
    threadId,
    turn: sampleTurn({ id: 'w1', delegation: { callId: 'c', prompt: 'Count' } }),
  },
};
const item = (text: string, method: 'item/started' | 'item/completed'): ServerNotification =>
  method === 'item/started'
    ? { method, params: { threadId, turnId: 'w1', item: message(text), startedAtMs: 1 } }
    : { method, params: { threadId, turnId: 'w1', item: message(text), completedAtMs: 1 } };
const said = (id: string, text: string, delegation?: { callId: string; prompt: string }) => ({
  ...message(text),
  type: 'userMessage' as const,
  id,
  clientId: null,
  content: [{ type: 'text' as const, text }],
  ...(delegation !== undefined && { delegation }),
});
const picture = { type: 'image' as const, url: 'data:image/png;base64,AAAA' };
const words = (text: string): ServerNotification => ({
  method: 'item/agentMessage/delta',
  params: { threadId, turnId: 'w1', itemId: 'm1', delta: text },
});

describe('turns', () => {
  test('delegated work carries what was asked, its plan and its answer', () => {
    const state = run([
      started,
      {
        method: 'turn/plan/updated',
        params: {
          threadId,
          turnId: 'w1',
          explanation: null,
          plan: [{ step: 'Count', status: 'inProgress' }],
        },
      },
      item('', 'item/started'),
      words('Se'),
      words('ven'),
    ]);

    expect(firstTurn(state)).toMatchObject({
      delegation: { prompt: 'Count' },
      plan: [{ step: 'Count', status: 'inProgress' }],
      items: [{ text: 'Seven', done: false }],
    });
  });

  test('a delta that comes after the end of its message changes nothing', () => {
    const state = run([started, item('', 'item/started'), item('Seven.', 'item/completed')]);

    expect(run([words(' More')], state)).toBe(state);
  });

  test('a start that is repeated does not wipe out the words', () => {
    const state = run([started, item('', 'item/started'), words('Se'), item('', 'item/started')]);

    expect(firstTurn(state).items).toMatchObject([{ text: 'Se' }]);
  });

  test('a turn that ends without having begun here is shown whole', () => {
    const state = run([
      {
        method: 'turn/completed',
        params: {
          threadId,
          turn: sampleTurn({ id: 'w9', status: 'completed', items: [message('Done.')] }),
        },
      },
    ]);

    expect(firstTurn(state)).toMatchObject({ status: 'completed', items: [{ text: 'Done.' }] });
  });

  test('a failure that is tried again is not the end', () => {
    const failure = { message: 'overloaded', codexErrorInfo: null, additionalDetails: null };
    const state = run([
      started,
      { method: 'error', params: { threadId, turnId: 'w1', willRetry: true, error: failure } },
    ]);

    expect(firstTurn(state)).toMatchObject({ retrying: 'overloaded', error: undefined });
    expect(firstTurn(run([item('x', 'item/started')], state)).retrying).toBeUndefined();
  });

  test('a turn that waits keeps its place and its name when it begins, and what is told late of it is nothing', () => {
    const asked = said('u2', 'Reverse', { callId: 'c2', prompt: 'Reverse' });
    const waiting = sampleTurn({ id: 'w2', startedAt: null, items: [asked] });
    const queued: ServerNotification = {
      method: 'turn/queued',
      params: { threadId, turn: waiting },
    };
    const begins: ServerNotification = {
      method: 'turn/started',
      params: { threadId, turn: sampleTurn({ id: 'w2', startedAt: 7 }) },
    };
    const before = run([started, queued, item('', 'item/started'), words('Seven')]);
    const after = run([begins, queued], before);

    expect(before.entries).toMatchObject([
      { id: 'w1', delegation: { prompt: 'Count' }, isQueued: false, items: [{ text: 'Seven' }] },
      { id: 'w2', delegation: { prompt: 'Reverse' }, isQueued: true, items: [{ text: 'Reverse' }] },
    ]);
    expect(after.entries[1]).toMatchObject({ id: 'w2', isQueued: false, startedAtMs: 7000 });
    expect(workState(before.entries[1] as TurnEntry)).toBe('waiting its turn');
    expect(fromTimeline([], [waiting]).entries).toMatchObject([{ id: 'w2', isQueued: true }]);
  });

  test('what joins running work does not take its name', () => {
    const joined: ServerNotification = {
      method: 'item/completed',
      params: {
        threadId,
        turnId: 'w1',
        item: said('u2', 'Reverse', { callId: 'c2', prompt: 'Reverse' }),
        completedAtMs: 1,
      },
    };
    const first: ServerNotification = {
      ...joined,
      params: { ...joined.params, item: said('u1', 'Count') },
    };

    expect(firstTurn(run([started, first, joined]))).toMatchObject({
      delegation: { prompt: 'Count' },
      items: [{ text: 'Count' }, { text: 'Reverse' }],
    });
  });

  test('a turn whose end nobody saw is cut off, with its plan; one that was stopped is not', () => {
    const plan = { explanation: null, plan: [{ step: 'Count', status: 'inProgress' as const }] };
    const turn = sampleTurn({ id: 'w1', status: 'interrupted', plan });
    const read = (completedAt: number | null): TurnEntry =>
      firstTurn(
        fromTimeline([
          { type: 'turnStarted', position: 0, turn: { ...turn, status: 'inProgress' } },
          { type: 'turnCompleted', position: 1, turn: { ...turn, completedAt } },
        ]),
      );

    expect(read(null)).toMatchObject({ isCutOff: true, plan: plan.plan });
    expect(read(9)).toMatchObject({ isCutOff: false, plan: plan.plan });
  });

  test('what was not done can be asked again until it is, pictures and all', () => {
    const pictured: ServerNotification = {
      method: 'item/completed',
      params: {
        threadId,
        turnId: 'w1',
        item: { ...said('u1', 'Look'), content: [...said('u1', 'Look').content, picture] },
        completedAtMs: 1,
      },
    };
    const ended = (id: string): ServerNotification => ({
      method: 'turn/completed',
      params: { threadId, turn: sampleTurn({ id, status: 'interrupted' }) },
    });
    const going = run([started, pictured]);
    const over = run([ended('w1')], going);
    const again = run(
      [
        { ...started, params: { threadId, turn: sampleTurn({ id: 'w2' }) } },
        { ...pictured, params: { ...pictured.params, turnId: 'w2' } },
      ],
      over,
    );

    expect(requestToRepeat(going, firstTurn(going))).toBeUndefined();
    expect(requestToRepeat(over, firstTurn(over))).toEqual([
      { type: 'text', text: 'Look' },
      picture,
    ]);
    expect(lastToRepeat(over)?.id).toBe('w1');
    expect(requestToRepeat(again, firstTurn(again))).toBeUndefined();
    expect(lastToRepeat(again)).toBeUndefined();
    expect(lastToRepeat(run([ended('w2')], again))?.id).toBe('w2');
  });

  test('Stop means the one that runs, not the one that waits behind it', () => {
    const turn = sampleTurn({ id: 'w2', startedAt: null });
    const state = run([started, { method: 'turn/queued', params: { threadId, turn } }]);

    expect(runningTurnIds(state)).toEqual(['w2', 'w1']);
  });

  test('notifications of an unknown turn change nothing', () => {
    expect(run([words('lost')])).toBe(emptyConversation);
  });
});

test('history mixes typed turns and voice in its own order', () => {
  const timeline: TimelineEntry[] = [
    { type: 'turnStarted', position: 0, turn: sampleTurn({ id: 'w1' }) },
    { type: 'item', position: 1, turnId: 'w1', item: message('Old answer') },
    { type: 'turnCompleted', position: 2, turn: sampleTurn({ id: 'w1', status: 'completed' }) },
    {
      type: 'realtime',
      position: 3,
      item: {
        id: 'a1',
        realtimeSessionId: 's',
        type: 'transcriptSegment',
        role: 'assistant',
        text: 'Spoken',
        heardMs: 300,
      },
    },
  ];

  expect(fromTimeline(timeline).entries).toMatchObject([
    { kind: 'turn', status: 'completed', items: [{ text: 'Old answer', done: true }] },
    { kind: 'voice', text: 'Spoken', heardMs: 300 },
  ]);
});

/** A turn of two answers, with a spoken line between them. */
const mixedTurn = (id: string, from: number): TimelineEntry[] => [
  { type: 'turnStarted', position: from, turn: sampleTurn({ id }) },
  { type: 'item', position: from + 1, turnId: id, item: { ...message('One'), id: `${id}-1` } },
  sampleSpoken(from + 2),
  { type: 'item', position: from + 3, turnId: id, item: { ...message('Two'), id: `${id}-2` } },
  { type: 'turnCompleted', position: from + 4, turn: sampleTurn({ id, status: 'completed' }) },
];

test('read backwards in pages of any size, a history is the same as read whole', () => {
  const timeline = [
    sampleSpoken(0),
    ...mixedTurn('w1', 1),
    ...mixedTurn('w2', 6),
    sampleSpoken(11),
  ];

  for (let size = 1; size <= timeline.length; size += 1) {
    const at = timeline.length - size;
    let shown = fromTimeline(timeline.slice(at));
    for (let until = at; until > 0; until -= size)
      shown = addOlder(shown, timeline.slice(Math.max(0, until - size), until));

    expect(shown, `pages of ${size}`).toEqual(fromTimeline(timeline));
  }
});

test('the same trouble twice in a row is one note', () => {
  const once = addNote(emptyConversation, 1, 'No.');

  expect(addNote(once, 2, 'No.')).toBe(once);
});

test('tokens are those the engine counts and those of each spoken answer', () => {
  const answer: ServerNotification = {
    method: 'thread/realtime/response/completed',
    params: { threadId, responseId: 'r', status: 'completed', usage: { total_tokens: 100 } },
  };

  expect(run([answer, answer]).tokens).toMatchObject({ text: 0, voice: { total: 200 } });
});
