import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const UNREADABLE = /auth\.json is not valid JSON; sign in again or delete it\.$/u;

/** A client of an engine whose file of keys is broken. */
async function clientOf(bench: TestEngine): Promise<RpcProbe> {
  await writeFile(join(bench.home, 'auth.json'), '{"OPENAI_API_KEY": "sk-secret', { mode: 0o600 });
  return bench.client();
}

/** How a turn of a new thread ended, in words where it failed. */
async function ending(probe: RpcProbe): Promise<Fields> {
  await probe.turn(await probe.thread(), 'What time is it?');
  const { turn } = await probe.notification('turn/completed');
  return turn as Fields;
}

test.for(['practice', 'scripted'])(
  'keys that cannot be read are told, and keep nobody from a provider that needs none of them: %s',
  async (modelProvider) => {
    await using bench = await startTestEngine({
      modelProvider,
      scripts: [[{ events: messageAnswer('Hello.') }]],
    });
    const probe = await clientOf(bench);

    expect(await probe.notification('configWarning')).toMatchObject({
      summary: expect.stringMatching(UNREADABLE),
    });
    expect(await ending(probe)).toMatchObject({ status: 'completed' });
    expect(probe.all('configWarning')).toHaveLength(1);
    expect(JSON.stringify(probe.messages)).not.toContain('sk-secret');
  },
);

test('a provider that needs them says at the turn what is wrong with them', async () => {
  await using bench = await startTestEngine({ modelProvider: 'openai' });
  const probe = await clientOf(bench);

  expect(await ending(probe)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringMatching(UNREADABLE) },
  });
});
