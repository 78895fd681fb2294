import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createEngine } from '../../index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { createMemoryTransportPair } from '../../rpc/index.ts';
import { RpcProbe, startTestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const answer = [{ events: messageAnswer('Still here') }];

async function ending(
  probe: RpcProbe,
  threadId: string,
  input: readonly Fields[],
): Promise<unknown> {
  const ended = probe.all('turn/completed').length;
  const { error } = await probe.ask('turn/start', { threadId, input });
  expect(error).toBeUndefined();
  return (await probe.notification('turn/completed', ended + 1))['turn'];
}

describe('a thread whose folder is gone', () => {
  test('answers, is resumed, branched off and listed, and names a file that it cannot read', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const cwd = join(bench.home, 'project');
    await mkdir(cwd);
    const probe = await bench.client();
    const threadId = await probe.thread({ cwd });
    await rm(cwd, { recursive: true });

    const said = [{ type: 'text', text: 'Are you there?' }];
    expect(await ending(probe, threadId, said)).toMatchObject({ status: 'completed' });
    const picture = [{ type: 'localImage', path: 'a.png' }];
    expect(await ending(probe, threadId, picture)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining(join(cwd, 'a.png')) },
    });

    await bench.restart();
    const later = await bench.client();
    expect(await later.call('thread/resume', { threadId })).toMatchObject({ cwd });
    expect(await ending(later, threadId, said)).toMatchObject({ status: 'completed' });
    expect(await later.call('thread/fork', { threadId, excludeTurns: true })).toMatchObject({
      cwd,
    });
    expect(await later.call('thread/list', {})).toMatchObject({ data: [{ cwd }, { cwd }] });
  });
});

test('an engine whose own folder is gone, and that knows no HOME, starts threads and answers', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const cwd = join(bench.home, 'gone');
  const engine = await createEngine({
    home: bench.home,
    cwd,
    env: {},
    configOverrides: [],
    enable: [],
    disable: [],
    version: '0.0.0-test',
  });
  try {
    const [near, far] = createMemoryTransportPair();
    engine.connect(far);
    const probe = new RpcProbe(near);
    await probe.hello('probe', { experimentalApi: true });
    const threadId = await probe.thread();
    const said = [{ type: 'text', text: 'Are you there?' }];
    expect(await ending(probe, threadId, said)).toMatchObject({ status: 'completed' });
    expect(await probe.call('environment/info', { environmentId: 'local' })).toMatchObject({
      cwd: expect.stringContaining('/gone'),
      shell: { path: expect.any(String) },
    });
  } finally {
    await engine.close();
  }
});
