import { expect, test } from 'vitest';

import { parseWav } from '../../../realtime/audio/index.ts';
import { INPUT_MS, TalkRun } from './testing/index.ts';

const FRAMES = INPUT_MS / 20;

const frame = (value: number): Int16Array => new Int16Array(480).fill(value);

/** A talk in a connected call, with the file spoken and the provider about to answer. */
async function inCall(options: ConstructorParameters<typeof TalkRun>[0] = {}): Promise<TalkRun> {
  const talk = await TalkRun.open({ transport: 'webrtc', ...options });
  talk.notify('thread/realtime/sdp', { sdp: 'v=0\r\n' });
  talk.call.connect();
  await talk.pass(1);
  return talk;
}

test('the offer goes to the engine and its answer into the call', async () => {
  const talk = await inCall();

  expect(talk.engine.asked('thread/realtime/start')).toMatchObject([
    { transport: { type: 'webrtc', sdp: talk.call.offerSdp } },
  ]);
  expect(talk.call.answers).toEqual(['v=0\r\n']);
  talk.abort.abort();
  expect(await talk.exitCode).toBe(130);
  expect(talk.call.closed).toBe(1);
});

test('nothing is spoken before the call is connected, then the whole file and silence', async () => {
  const talk = await TalkRun.open({ transport: 'webrtc' });
  await talk.pass(100);
  expect(talk.call.isOpen).toBe(false);
  talk.call.connect();
  await talk.pass(1);

  const frames = talk.call.spoken(FRAMES + 2);
  expect(frames.slice(0, FRAMES).every((sent) => sent?.length === 480)).toBe(true);
  expect(frames.slice(FRAMES)).toEqual([undefined, undefined]);
  expect(talk.engine.methods).not.toContain('thread/realtime/appendAudio');
  talk.abort.abort();
  await talk.exitCode;
});

test('the answer is what comes while it can be heard, and the talk waits for its end', async () => {
  const talk = await inCall({ outputPath: 'out.wav' });
  talk.call.hears(frame(1));
  talk.call.spoken(FRAMES);
  await talk.speak();
  talk.begin();
  talk.notify('thread/realtime/outputAudioBuffer/started', { responseId: 'r1' });
  talk.call.hears(frame(2));
  talk.complete();
  await talk.pass(10_000);
  talk.call.hears(frame(3));
  talk.notify('thread/realtime/outputAudioBuffer/stopped', { responseId: 'r1' });
  talk.call.hears(frame(4));
  await talk.pass(300);
  talk.call.hears(frame(5));
  await talk.pass(1_000);

  expect(await talk.exitCode).toBe(0);
  const { samples } = parseWav(talk.files.contents.get('out.wav') ?? new Uint8Array(0));
  expect(Array.from(new Set(samples))).toEqual([2, 3, 4]);
  expect(talk.call.closed).toBe(1);
});

test('an answer that is heard for longer than the limit is not given up, one that falls silent is', async () => {
  const talk = await inCall();
  talk.call.spoken(FRAMES);
  await talk.speak();
  talk.begin();
  talk.notify('thread/realtime/outputAudioBuffer/started', { responseId: 'r1' });
  talk.complete();
  for (let second = 0; second < 50; second += 1) {
    await talk.pass(1_000);
    talk.call.hears(frame(2_000));
  }
  expect(talk.call.closed).toBe(0);
  for (let second = 0; second < 31; second += 1) {
    await talk.pass(1_000);
    talk.call.hears(frame(1));
  }

  expect(await talk.exitCode).toBe(1);
  expect(talk.stderr).toContain('nothing arrived for 30 s');
});

test('an interruption that comes before the last sound does not end the recording of the next', async () => {
  const talk = await inCall({ outputPath: 'out.wav' });
  talk.call.spoken(FRAMES);
  await talk.speak();
  talk.begin('r1');
  talk.notify('thread/realtime/outputAudioBuffer/started', { responseId: 'r1' });
  talk.notify('thread/realtime/outputAudioBuffer/cleared', { responseId: 'r1' });
  talk.complete('r1', 'cancelled');
  talk.begin('r2');
  talk.notify('thread/realtime/outputAudioBuffer/started', { responseId: 'r2' });
  await talk.pass(1_000);
  talk.call.hears(frame(7));
  talk.complete('r2');
  talk.notify('thread/realtime/outputAudioBuffer/stopped', { responseId: 'r2' });
  await talk.pass(2_000);

  expect(await talk.exitCode).toBe(0);
  const { samples } = parseWav(talk.files.contents.get('out.wav') ?? new Uint8Array(0));
  expect(Array.from(new Set(samples))).toEqual([7]);
});

test('a network that leads nowhere ends the talk with its cause and a way out', async () => {
  const talk = await TalkRun.open({ transport: 'webrtc' });
  talk.call.fail('no answer to connectivity checks within 15 s');

  expect(await talk.exitCode).toBe(1);
  expect(talk.stderr).toMatch(/^parley talk: .*no answer to connectivity checks.*\n$/u);
  expect(talk.engine.methods).toContain('thread/realtime/stop');
});

test('an answer that is none ends the talk with its cause and a way out', async () => {
  const talk = await TalkRun.open({ transport: 'webrtc' });
  talk.notify('thread/realtime/sdp', { sdp: '<html>' });

  expect(await talk.exitCode).toBe(1);
  expect(talk.stderr).toContain('This is not an SDP answer.');
  expect(talk.stderr).toContain('--transport websocket');
  expect(talk.call.closed).toBe(1);
});

test('a machine that cannot make calls says so', async () => {
  const talk = new TalkRun({ transport: 'webrtc' }, ({ call }) => {
    call.problem = new Error('no network interface');
  });

  expect(await talk.exitCode).toBe(1);
  expect(talk.stderr).toContain('no network interface');
});

test('a call that the provider hangs up in the middle is an error', async () => {
  const talk = await inCall();
  talk.call.hangUp();

  expect(await talk.exitCode).toBe(1);
  expect(talk.stderr).toContain('The call ended: the far side hung up');
});

test('an interruption while the offer is being made leaves no call behind', async () => {
  const ready = Promise.withResolvers<void>();
  const talk = new TalkRun({ transport: 'webrtc' }, ({ call }) => {
    call.ready = ready.promise;
  });
  await talk.engine.requested('thread/start');
  await talk.pass(1);
  talk.abort.abort();
  expect(await talk.exitCode).toBe(130);
  ready.resolve();
  await talk.pass(1);

  expect(talk.call.closed).toBe(1);
  expect(talk.engine.methods).not.toContain('thread/realtime/start');
});
