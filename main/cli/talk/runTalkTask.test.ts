import { describe, expect, test } from 'vitest';

import { TalkRun } from './testing/index.ts';

async function delegated(): Promise<TalkRun> {
  const talk = await TalkRun.open();
  await talk.speak();
  talk.begin();
  talk.engine.notify('thread/realtime/itemAdded', {
    item: { type: 'handoff_request', handoff_id: 'c1' },
  });
  talk.complete();
  await talk.pass(5_000);
  talk.turn('turn/started');
  return talk;
}

describe('a background task', () => {
  test('is waited for, and so is what the voice says about it', async () => {
    const talk = await delegated();
    await talk.pass(60_000);
    talk.engine.notify('item/completed', {
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
