import { describe, expect, test } from 'vitest';

import { TalkRun } from './testing/index.ts';

async function delegated(): Promise<TalkRun> {
  const talk = await TalkRun.open();
  await talk.speak();
  talk.begin();
  talk.notify('thread/realtime/itemAdded', {
    item: { type: 'handoff_request', handoff_id: 'c1' },
  });
  talk.complete();
  await talk.pass(5_000);
  talk.turn('turn/started');
  return talk;
}

const asked = {
  turnId: 't1',
  itemId: 'c1',
  isBlocking: true,
  autoResolutionMs: null,
  questions: [
    {
      id: 'q',
      header: 'Files',
      question: 'Hidden ones, too?',
      isOther: true,
      isSecret: false,
      options: ['Yes', 'No'].map((label) => ({ label, description: '' })),
    },
  ],
};

describe('a background task', () => {
  test('that asks something is shown to ask, and the answer is left to the voice', async () => {
    const talk = await delegated();
    talk.ask(0, 'item/tool/requestUserInput', asked);
    await talk.pass(20_000);
    talk.notify('serverRequest/resolved', { requestId: 0, answeredBy: 'voice' });
    await talk.pass(20_000);
    expect(talk.stdout).toContain('The agent asks: Hidden ones, too? (Yes / No)\n');
    expect(talk.engine.answers).toEqual([]);
    talk.turn('turn/completed');
    await talk.pass(6_000);

    expect(await talk.exitCode).toBe(0);
    expect(talk.clock.pending).toBe(0);
  });

  test('that asks what the recording cannot answer any more goes on without an answer', async () => {
    const talk = await delegated();
    talk.ask(0, 'item/tool/requestUserInput', asked);
    await talk.pass(29_000);
    expect(talk.engine.answers).toEqual([]);
    await talk.pass(1_000);
    expect(talk.engine.answers).toEqual([{ id: 0, result: { answers: {} } }]);
    talk.turn('turn/completed');
    await talk.pass(5_000);

    expect(await talk.exitCode).toBe(0);
  });

  test('is waited for, and so is what the voice says about it', async () => {
    const talk = await delegated();
    await talk.pass(60_000);
    talk.notify('item/completed', {
      turnId: 't1',
      item: {
        type: 'agentMessage',
        id: 'm1',
        startedAtMs: 0,
        completedAtMs: 1,
        text: 'There are 12 files.',
        phase: 'final_answer',
        memoryCitation: null,
      },
      completedAtMs: 1,
    });
    talk.turn('turn/completed');
    await talk.pass(2_000);
    talk.begin('r2');
    talk.says('assistant', 'It counted twelve.');
    talk.complete('r2');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(0);
    expect(talk.stdout).toBe(
      'Task started: count the files\nTask completed: There are 12 files.\nParley: It counted twelve.\n',
    );
  });

  test('that failed makes the talk a failure, after its report was heard', async () => {
    const talk = await delegated();
    talk.turn('turn/completed', {
      status: 'failed',
      error: { message: 'no network', codexErrorInfo: null, additionalDetails: null },
    });
    talk.begin('r2');
    talk.says('assistant', 'It did not work.');
    talk.complete('r2');
    await talk.pass(1_000);

    expect(await talk.exitCode).toBe(1);
    expect(talk.stdout).toContain('Parley: It did not work.');
    expect(talk.stderr).toBe('parley talk: The background task failed: no network\n');
  });

  test('that nobody reports on does not hold up the end for ever', async () => {
    const talk = await delegated();
    talk.turn('turn/completed');
    await talk.pass(5_000);

    expect(await talk.exitCode).toBe(0);
  });
});
