import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const LOCAL = 'local';
const at = (cwd: string) => ({ environmentId: LOCAL, cwd });
const told = (cwd: string): Fields => ({ ...at(cwd), runtimeWorkspaceRoots: [cwd] });

let bench: TestEngine;
let probe: RpcProbe;

beforeAll(async () => {
  bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  probe = await bench.client();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** The folders that the model was told of by the request that the turn led to. */
async function foldersTold(threadId: string, fields: Fields = {}): Promise<readonly string[]> {
  const input = [{ type: 'text', text: 'Hi' }];
  const asked = bench.upstream.requests.length;
  const ended = probe.all('turn/completed').length;
  const { error } = await probe.ask('turn/start', { threadId, input, ...fields });
  expect(error).toBeUndefined();
  const { body } = await bench.upstream.request(asked + 1);
  await probe.notification('turn/completed', ended + 1);
  return Array.from(
    JSON.stringify(body).matchAll(/<(?:cwd|environments)>(.*?)</gu),
    ([, folder = '']) => folder,
  );
}

describe('the environments of a turn', () => {
  test('are the thread’s, for that turn others, and after it the thread’s again', async () => {
    const threadId = await probe.thread({ cwd: '/a' });
    expect(await foldersTold(threadId)).toEqual(['/a']);
    expect(await foldersTold(threadId, { environments: [at('/b'), at('/c')] })).toEqual([
      '/a',
      '/b',
    ]);
    expect(await foldersTold(threadId)).toEqual(['/a', '/b', '/a']);
    const { thread } = await probe.call('thread/read', { threadId });
    expect(thread).toMatchObject({ cwd: '/a', environments: [told('/a')] });
  });

  test('are none where the list is empty', async () => {
    const threadId = await probe.thread({ cwd: '/a' });
    expect(await foldersTold(threadId, { environments: [] })).toEqual(['none']);
  });

  test('are below the thread’s folder where theirs is not absolute', async () => {
    const threadId = await probe.thread({ cwd: '/a' });
    expect(await foldersTold(threadId, { environments: [at('sub')] })).toEqual(['/a/sub']);
  });

  test('are refused before anything happens where there is none of that id', async () => {
    const threadId = await probe.thread({ cwd: '/a' });
    const { error } = await probe.ask('turn/start', {
      threadId,
      input: [],
      model: 'other',
      environments: [at('/b'), { environmentId: 'moon', cwd: '/' }],
    });
    expect(error).toEqual({ code: -32_600, message: 'unknown turn environment id `moon`' });
    const { thread } = await probe.call('thread/read', { threadId });
    expect(thread).toMatchObject({ model: 'test-model', status: { type: 'idle' } });
  });
});

describe('the environments of a thread', () => {
  test('are chosen when it starts, and changed by its settings', async () => {
    const started = await probe.call('thread/start', { cwd: '/a', environments: [at('/b')] });
    expect(started).toMatchObject({ cwd: '/b', runtimeWorkspaceRoots: ['/b'] });
    const { id: threadId } = started['thread'] as { id: string };
    await probe.call('thread/settings/update', { threadId, environments: [] });
    const updated = await probe.notification('thread/settings/updated', 1, (params) => {
      return params['threadId'] === threadId;
    });
    expect(updated['threadSettings']).toMatchObject({ cwd: '/b', environments: [] });
    await probe.call('thread/settings/update', { threadId, cwd: 'deep' });
    const { thread } = await probe.call('thread/read', { threadId });
    expect(thread).toMatchObject({ cwd: '/b/deep', environments: [told('/b/deep')] });
  });

  test('and a folder that a turn brings along stay with the thread, over a restart, too', async () => {
    const threadId = await probe.thread({ cwd: '/a' });
    expect(await foldersTold(threadId, { cwd: '/d' })).toEqual(['/d']);
    await bench.restart();
    probe = await bench.client();
    const { thread } = await probe.call('thread/read', { threadId });
    expect(thread, 'shown without being loaded').toMatchObject({ cwd: '/d' });
    const resumed = await probe.call('thread/resume', { threadId });
    expect(resumed).toMatchObject({ cwd: '/d', thread: { environments: [told('/d')] } });
    expect(await foldersTold(threadId)).toEqual(['/d']);
  });
});

describe('this machine', () => {
  test('is the environment there is, with its shell and its folder', async () => {
    expect(await probe.call('environment/info', { environmentId: LOCAL })).toEqual({
      shell: { name: expect.any(String), path: expect.any(String) },
      cwd: pathToFileURL(bench.home).href,
    });
    expect(await probe.call('environment/status', { environmentId: LOCAL })).toEqual({
      status: 'ready',
    });
  });

  test('is the only one', async () => {
    const words = 'unknown environment id `moon`';
    expect((await probe.ask('environment/info', { environmentId: 'moon' })).error?.message).toBe(
      words,
    );
    expect(await probe.call('environment/status', { environmentId: 'moon' })).toEqual({
      status: 'unknown',
      error: words,
    });
  });
});
