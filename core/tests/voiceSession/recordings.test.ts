import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  type RpcProbe,
  startTestEngine,
  startVoice,
  type TestEngine,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

class Recorder {
  readonly recordingId = randomUUID();
  readonly probe: RpcProbe;
  readonly threadId: string;
  #durationMs = 0;

  constructor(probe: RpcProbe, threadId: string) {
    this.probe = probe;
    this.threadId = threadId;
  }

  async ask(text: string, more: Fields = {}): Promise<Fields> {
    this.#durationMs += 1_000;
    const answer = await this.probe.ask('thread/realtime/recording/append', {
      threadId: this.threadId,
      recordingId: this.recordingId,
      mimeType: 'audio/webm;codecs=opus',
      data: base64(text),
      durationMs: this.#durationMs,
      last: false,
      ...more,
    });
    return answer;
  }
}

const recordings = (probe: RpcProbe): readonly unknown[] =>
  probe
    .all('thread/realtime/item/completed')
    .map(({ item }) => item as Fields)
    .filter(({ type }) => type === 'recording');

const error = async (asked: Promise<Fields>): Promise<unknown> =>
  ((await asked)['error'] as Fields | undefined)?.['message'];

async function recording(bench: TestEngine): Promise<Recorder> {
  const { probe, threadId } = await startVoice(bench, {
    outputModality: 'audio',
    realtimeSessionId: 'talk-1',
  });
  return new Recorder(probe, threadId);
}

test('a recording comes in pieces, is kept with the thread and can be read back', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { probe, threadId, recordingId } = recorder;
  expect((await recorder.ask('one '))['result']).toEqual({ sizeBytes: 4 });
  expect((await recorder.ask('two'))['result']).toEqual({ sizeBytes: 7 });
  expect(recordings(probe)).toEqual([]);
  expect((await recorder.ask('', { last: true }))['result']).toEqual({ sizeBytes: 7 });

  const item = {
    id: recordingId,
    realtimeSessionId: 'talk-1',
    type: 'recording',
    mimeType: 'audio/webm',
    sizeBytes: 7,
    durationMs: 3_000,
  };
  await probe.notification('thread/realtime/item/completed', 1, ({ item: done }) =>
    JSON.stringify(done).includes(recordingId),
  );
  expect(recordings(probe)).toEqual([item]);
  const { data } = await probe.call('thread/timeline/list', { threadId });
  expect(data).toContainEqual(expect.objectContaining({ item }));
  expect(
    await probe.call('thread/realtime/recording/read', { threadId, recordingId, offset: 0 }),
  ).toEqual({
    mimeType: 'audio/webm',
    data: base64('one two'),
    nextOffset: null,
    sizeBytes: 7,
  });
  const path = join(bench.home, 'recordings', threadId, `${recordingId}.webm`);
  expect(await readFile(path, 'utf8')).toBe('one two');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('what was recorded is there after a restart, in pieces where it is long', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { threadId, recordingId } = recorder;
  const long = 'x'.repeat(300 * 1024);
  await recorder.ask(long, { last: true });
  await bench.restart();
  const probe = await bench.client();
  await probe.call('thread/resume', { threadId });

  const read = async (offset: number): Promise<Fields> =>
    probe.call('thread/realtime/recording/read', { threadId, recordingId, offset });
  const first = await read(0);
  expect(first['nextOffset']).toBe(256 * 1024);
  const second = await read(256 * 1024);
  expect(second['nextOffset']).toBeNull();
  const text = [first, second].map((chunk) => Buffer.from(String(chunk['data']), 'base64'));
  expect(Buffer.concat(text).toString()).toBe(long);
  expect(await read(1_000_000)).toMatchObject({ data: '', nextOffset: null });
  const { data } = await probe.call('thread/timeline/list', { threadId });
  expect(JSON.stringify(data)).toContain(recordingId);
});

test('a client that goes away in the middle leaves a whole recording behind', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { threadId } = recorder;
  const other = await bench.client();
  await other.call('thread/resume', { threadId });
  await recorder.ask('said so far');
  recorder.probe.close();

  await other.notification('thread/realtime/item/completed', 1, ({ item }) =>
    JSON.stringify(item).includes('recording'),
  );
  expect(recordings(other)).toMatchObject([{ sizeBytes: 11, durationMs: 1_000 }]);
});

test('a client that goes away while its recording begins leaves a whole one, too', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const other = await bench.client();
  await other.call('thread/resume', { threadId: recorder.threadId });
  void recorder.ask('first ');
  void recorder.ask('words');
  recorder.probe.close();

  await other.notification('thread/realtime/item/completed', 1, ({ item }) =>
    JSON.stringify(item).includes('recording'),
  );
  expect(recordings(other)).toMatchObject([{ sizeBytes: 11, durationMs: 2_000 }]);
});

test('a file without sound that cannot be removed harms nobody', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { threadId, recordingId } = recorder;
  await recorder.ask('');
  const path = join(bench.home, 'recordings', threadId, `${recordingId}.webm`);
  await rm(path);
  await mkdir(path);

  expect((await recorder.ask('', { last: true }))['result']).toEqual({ sizeBytes: 0 });
});

test('pieces sent without waiting are kept in their order', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { probe, threadId, recordingId } = recorder;
  await Promise.all(['a', 'b', 'c', 'd'].map(async (text) => recorder.ask(text)));

  const chunk = await probe.call('thread/realtime/recording/read', {
    threadId,
    recordingId,
    offset: 0,
  });
  expect(chunk).toMatchObject({ data: base64('abcd') });
});

test('pieces after the end, of others and of other types are refused in words', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  const { probe, threadId } = recorder;
  await recorder.ask('one');
  const other = new Recorder(await bench.client(), threadId);
  await other.probe.call('thread/resume', { threadId });
  expect(await error(other.ask('two', { recordingId: recorder.recordingId }))).toBe(
    'Another client makes this recording.',
  );
  await recorder.ask('', { last: true });
  expect(await error(recorder.ask('late'))).toContain('begin one with a new id');
  expect(await error(new Recorder(probe, threadId).ask('x', { mimeType: 'video/x-y' }))).toBe(
    'Recordings are kept as audio/webm, audio/ogg, audio/mp4, not as "video/x-y".',
  );
  expect(await error(recorder.ask('x', { recordingId: '../../etc' }))).toContain('recordingId');
  expect(await error(recorder.ask('x', { data: 'no base64!' }))).toContain('data');
  const unknown = { threadId, recordingId: randomUUID(), offset: 0 };
  const { error: missing } = await probe.ask('thread/realtime/recording/read', unknown);
  expect(missing?.message).toContain('There is no recording');
});

test('a recording without sound is none', async () => {
  await using bench = await startTestEngine();
  const recorder = await recording(bench);
  await recorder.ask('', { last: true });

  expect(recordings(recorder.probe)).toEqual([]);
  const { probe, threadId, recordingId } = recorder;
  const read = await probe.ask('thread/realtime/recording/read', {
    threadId,
    recordingId,
    offset: 0,
  });
  expect(read.error?.message).toContain('There is no recording');
});

test('a folder that cannot be written ends the recording with its cause', async () => {
  await using bench = await startTestEngine({ clock: new ManualClock() });
  const recorder = await recording(bench);
  await mkdir(join(bench.home, 'recordings'), { recursive: true });
  await writeFile(join(bench.home, 'recordings', recorder.threadId), 'in the way');

  expect(await error(recorder.ask('one'))).toMatch(/cannot be stored \(E\w+\)/u);
});

test('an ephemeral thread keeps no recordings', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const { thread } = await probe.call('thread/start', { ephemeral: true });
  const recorder = new Recorder(probe, String((thread as Fields)['id']));

  expect(await error(recorder.ask('one'))).toBe('an ephemeral thread keeps no recordings');
});
