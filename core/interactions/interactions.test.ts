import { describe, expect, test } from 'vitest';

import type { PermissionProfile } from '../protocol/index.ts';
import {
  allow,
  command,
  fileChange,
  pass,
  permissions,
  question,
  room,
  Scripted,
  threadId,
} from './testing/index.ts';

describe('before people are asked', () => {
  test('who allows it decides it: no client hears of it, and the thread waits for nobody', async () => {
    const [policy, hook] = [new Scripted('policy', pass), new Scripted('hook', allow)];
    const review = new Scripted('review', pass);
    // In whatever order they are given.
    const { interactions, desk, signal, waitingOn } = room({ responders: [review, hook, policy] });
    expect(await interactions.request(command('ls'), { signal })).toEqual({
      type: 'accepted',
      response: { decision: 'accept' },
      by: 'hook',
    });
    expect([policy, hook, review].map(({ asked }) => asked.length)).toEqual([1, 1, 0]);
    expect(Array.from(desk.clients, ({ asked }) => asked)).toEqual([[]]);
    expect(waitingOn).toEqual([]);
  });

  test('who denies it can say to the model why', async () => {
    const hook = new Scripted('hook', { type: 'deny', words: 'Not on Fridays.' });
    const { interactions, signal } = room({ responders: [hook] });
    expect(await interactions.request(command('deploy'), { signal })).toEqual({
      type: 'refused',
      because: 'declined',
      by: 'hook',
      words: 'Not on Fridays.',
    });
  });

  test('a review that breaks refuses, and says that nothing was judged', async () => {
    const review = new Scripted('review', new Error('no answer'));
    const { interactions, signal } = room({ responders: [review] });
    expect(await interactions.request(command('deploy'), { signal })).toEqual({
      type: 'refused',
      because: 'failed',
      by: 'review',
      words: 'no answer',
    });
  });

  test('a hook that breaks leaves it to people', async () => {
    const hook = new Scripted('hook', new Error('exit 1'));
    const { interactions, desk, signal } = room({ responders: [hook] });
    const outcome = interactions.request(command('deploy'), { signal });
    await expect.poll(() => desk.openIds).toEqual([0]);
    desk.answer(0, { decision: 'accept' });
    expect(await outcome).toMatchObject({ type: 'accepted', by: 'client' });
  });

  test('what is withdrawn meanwhile is withdrawn from them, too', async () => {
    const policy = new Scripted('policy');
    const { interactions, abort, signal } = room({ responders: [policy] });
    const outcome = interactions.request(command('deploy'), { signal });
    expect(policy.asked[0]?.signal.aborted).toBe(false);
    abort.abort();
    expect(policy.asked[0]?.signal.aborted).toBe(true);
    expect(await outcome).toMatchObject({ type: 'refused', because: 'withdrawn' });
  });

  test('questions are for people alone, and more permissions are no business of hooks', async () => {
    const [hook, policy] = [new Scripted('hook', allow, allow), new Scripted('policy', allow)];
    const { interactions, desk, signal } = room({ responders: [hook, policy] });
    const asked = interactions.request(question(false), { signal });
    expect(desk.openIds).toEqual([0]);
    desk.answer(0, { answers: {} });
    expect(await asked).toMatchObject({ type: 'accepted', by: 'client' });
    expect(await interactions.request(permissions, { signal })).toEqual({
      type: 'accepted',
      response: { permissions: { network: { enabled: true } }, scope: 'turn' },
      by: 'policy',
    });
    expect(hook.asked).toEqual([]);
  });

  test('a yes to what a tool server asks of its user says nothing, a yes to its tool does', async () => {
    const policy = new Scripted('policy', allow, allow);
    const { interactions, desk, signal } = room({ responders: [policy] });
    const elicit = async (_meta: Record<string, unknown> | null) =>
      interactions.request(
        {
          kind: 'elicitation',
          params: {
            turnId: null,
            serverName: 'stub',
            message: 'Sure?',
            _meta,
            mode: 'form',
            requestedSchema: { type: 'object', properties: {} },
          },
        },
        { signal },
      );
    expect(await elicit({ codex_approval_kind: 'mcp_tool_call' })).toMatchObject({
      type: 'accepted',
      by: 'policy',
    });
    const own = elicit(null);
    await expect.poll(() => desk.openIds).toEqual([0]);
    desk.answer(0, { action: 'decline' });
    expect(await own).toMatchObject({ type: 'refused', because: 'declined', by: 'client' });
  });
});

describe('what people answer', () => {
  test.for([
    ['accept', { type: 'accepted', by: 'client' }],
    ['acceptForSession', { type: 'accepted', by: 'client' }],
    ['decline', { type: 'refused', because: 'declined', by: 'client', words: 'Ask Ann.' }],
    ['cancel', { type: 'refused', because: 'cancelled', by: 'client', words: 'Ask Ann.' }],
  ] as const)(
    '%s is what it says, and a refusal has words for the model',
    async ([decision, end]) => {
      const { interactions, desk, signal } = room();
      const outcome = interactions.request(command('deploy'), { signal });
      desk.answer(0, { decision, message: 'Ask Ann.' });
      expect(await outcome).toMatchObject(end);
    },
  );

  test.for<readonly [PermissionProfile, string]>([
    [{}, 'refused'],
    [{ network: { enabled: false } }, 'refused'],
    [{ fileSystem: { entries: [] } }, 'refused'],
    [{ fileSystem: { read: ['/etc'] } }, 'accepted'],
    [{ network: { enabled: true } }, 'accepted'],
  ])('granting %j is %s', async ([granted, type]) => {
    const { interactions, desk, signal } = room();
    const outcome = interactions.request(permissions, { signal });
    desk.answer(0, { permissions: granted, scope: 'session' });
    expect(await outcome).toMatchObject({ type });
  });

  test('the thread says what it waits for while it does, each thing once, in a fixed order', async () => {
    const { interactions, desk, signal, waitingOn } = room();
    const all = [
      interactions.request(question(false), { signal }),
      interactions.request(command('one'), { signal }),
      interactions.request(command('two'), { signal }),
    ];
    desk.answer(0, { answers: {} });
    desk.answer(1, { decision: 'accept' });
    desk.answer(2, { decision: 'accept' });
    await Promise.all(all);
    expect(waitingOn).toEqual([
      ['waitingOnUserInput'],
      ['waitingOnApproval', 'waitingOnUserInput'],
      ['waitingOnApproval'],
      [],
    ]);
  });

  test('waiting for a client ends with the first that comes, and leaves no timer behind', async () => {
    const { interactions, desk, clock, signal } = room({ clientCount: 0 });
    const outcome = interactions.request(command('deploy'), { signal });
    expect(clock.pending).toBe(1);
    desk.join();
    expect(clock.pending).toBe(0);
    desk.answer(0, { decision: 'accept' });
    expect(await outcome).toMatchObject({ type: 'accepted' });
  });

  test('a client that comes later is asked what is still open, as it was asked first', () => {
    const { interactions, desk, signal } = room();
    void interactions.request(command('one'), { signal });
    void interactions.request(command('two'), { signal });
    desk.answer(0, { decision: 'accept' });
    const [first] = desk.clients;
    expect(desk.join().asked).toEqual(first?.asked.slice(1));
  });

  test('nobody sees of a secret more than that it was given', async () => {
    const { interactions, desk, resolved, signal } = room();
    const outcome = interactions.request(question(true), { signal });
    desk.answer(0, { answers: { two: { answers: ['hunter2'] }, three: { answers: ['x'] } } });
    const answers = { one: { answers: [] } };
    expect(await outcome).toMatchObject({
      response: { answers: { ...answers, two: { answers: ['hunter2'] } } },
    });
    expect(resolved).toEqual([{ threadId, requestId: 0, answeredBy: 'client', answers }]);
  });
});

describe('who answers beside the clients', () => {
  test('the voice is asked at the same time, and may say no', async () => {
    const { interactions, desk, resolved, signal } = room();
    interactions.join(new Scripted('voice', { type: 'deny', words: 'Use the other folder.' }));
    const outcome = interactions.request(fileChange(), { signal });
    expect(desk.openIds).toEqual([0]);
    expect(await outcome).toEqual({
      type: 'refused',
      because: 'declined',
      by: 'voice',
      words: 'Use the other folder.',
    });
    expect(resolved).toEqual([{ threadId, requestId: 0, answeredBy: 'voice' }]);
  });

  test('it hears at once that somebody else has answered, and who', () => {
    const voice = new Scripted('voice');
    const { interactions, desk, signal } = room();
    interactions.join(voice);
    void interactions.request(command('deploy'), { signal });
    desk.answer(0, { decision: 'decline' });
    expect(voice.asked[0]?.signal.aborted).toBe(true);
    expect(voice.asked[0]?.answeredBy()).toBe('client');
    // Too late to change anything.
    voice.asked[0]?.answerPartly({ one: { answers: ['x'] } });
  });

  test('one that comes later is asked what is open, and what is still with the deciders in its turn', async () => {
    const [voice, hook] = [new Scripted('voice'), new Scripted('hook', pass)];
    const { interactions, signal } = room({ responders: [hook] });
    void interactions.request(question(false), { signal });
    void interactions.request(command('deploy'), { signal });
    interactions.join(voice);
    expect(voice.asked).toHaveLength(1);
    await expect.poll(() => voice.asked).toHaveLength(2);
  });

  test('one that leaves has no answer any more', async () => {
    const { interactions, desk, signal } = room();
    const leave = interactions.join(new Scripted('voice', allow));
    interactions.join(new Scripted('voice'));
    const outcome = interactions.request(command('deploy'), { signal });
    leave();
    leave();
    await new Promise(setImmediate);
    desk.answer(0, { decision: 'decline' });
    expect(await outcome).toMatchObject({ type: 'refused', by: 'client' });
  });

  test('the last one that leaves where no client is, leaves nobody', async () => {
    const { interactions, desk, signal } = room({ clientCount: 0 });
    const leave = interactions.join(new Scripted('voice'));
    const outcome = interactions.request(command('deploy'), { signal });
    leave();
    expect(await outcome).toMatchObject({ type: 'refused', because: 'nobody' });
    expect(desk.openIds).toEqual([]);
  });
});

describe('the end of a thread', () => {
  test('withdraws what is open, and what comes later', async () => {
    const { interactions, resolved, signal } = room();
    const outcome = interactions.request(command('deploy'), { signal });
    interactions.close();
    expect(await outcome).toMatchObject({ type: 'refused', because: 'withdrawn' });
    expect(resolved).toEqual([{ threadId, requestId: 0 }]);
    const late = await interactions.request(command('deploy'), { signal });
    expect(late).toMatchObject({ type: 'refused', because: 'withdrawn' });
    expect(resolved).toHaveLength(1);
  });
});

describe('the order of what clients are sent', () => {
  test('a request waits for what was told before it, and is not sent when it is over by then', async () => {
    const actions: (() => void)[] = [];
    const inOrder = (action: () => void): void => {
      actions.push(action);
    };
    const { interactions, desk, resolved, waitingOn, abort, signal } = room({ inOrder });
    const { signal: other } = new AbortController();
    const withdrawn = interactions.request(command('one'), { signal });
    void interactions.request(command('two'), { signal: other });
    expect(waitingOn).toEqual([['waitingOnApproval']]);
    const late = desk.join();
    abort.abort();
    await withdrawn;
    for (const action of actions) action();
    expect(resolved).toEqual([]);
    expect(late.asked).toMatchObject([{ id: 0, params: { command: 'two' } }]);
  });
});
