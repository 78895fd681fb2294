import { afterAll, expect, test } from 'vitest';

import { concatPcm, decodePcm } from '../../../realtime/audio/index.ts';
import { createFliteVoice, FLITE_VOICES } from '../../../realtime/audio/speech/index.ts';
import { practising, type RpcProbe } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const flite = createFliteVoice();
afterAll(() => flite.close());

/** What is heard when somebody says hello in a session that begins like this. */
async function greeted(probe: RpcProbe, start: Fields): Promise<Int16Array> {
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio', ...start });
  await probe.notification('thread/realtime/started');
  await probe.call('thread/realtime/appendText', { threadId, text: 'hello', respond: true });
  await probe.notification('thread/realtime/response/completed');
  return concatPcm(
    probe
      .all('thread/realtime/outputAudio/delta')
      .map((params) => decodePcm(String((params['audio'] as Fields)['data']))),
  );
}

async function spoken(text: string, voice: string, speed: number): Promise<readonly number[]> {
  const parts: Int16Array[] = [];
  const sound = flite.speak(text, new AbortController().signal, { voice, speed });
  for await (const part of sound) parts.push(part);
  return Array.from(concatPcm(parts));
}

test('the practice provider lists the voices it has, beside the families', async () => {
  await practising(async (probe) => {
    const { voices } = await probe.call('thread/realtime/listVoices', {});

    expect(voices).toMatchObject({ own: FLITE_VOICES, defaultOwn: 'slt', defaultV2: 'marin' });
  });
});

test('the families are listed whatever is wrong with the settings, and for others no more', async () => {
  await practising(async (probe) => {
    const { voices } = await probe.call('thread/realtime/listVoices', {});

    expect(voices).toMatchObject({ defaultV2: 'marin' });
    expect(voices).not.toHaveProperty('own');
  }, 'model_provider = "nobody"');
});

test.for<readonly [what: string, config: string, start: Fields, voice: string, speed: number]>([
  ['the one that is set, at its pace', 'voice = "rms"\nspeed = 1.5', {}, 'rms', 1.5],
  ['the one a start asks for', 'voice = "rms"', { voice: 'kal16' }, 'kal16', 1],
  ['its first for a name of OpenAI’s', '', { voice: 'cedar' }, 'slt', 1],
])('practice talks with %s', async ([, config, start, voice, speed]) => {
  await practising(async (probe) => {
    const heard = await greeted(probe, start);
    const transcript = probe
      .all('thread/realtime/transcript/done')
      .find((params) => params['role'] === 'assistant');
    const [first = ''] = String(transcript?.['text']).match(/.+?[.!?]+(?=\s|$)/u) ?? [];
    const expected = await spoken(first, voice, speed);

    expect(expected.length).toBeGreaterThan(10_000);
    expect(Array.from(heard.slice(0, expected.length))).toEqual(expected);
  }, `[realtime]\n${config}`);
});

test('practice refuses a voice it does not have, and says which there are', async () => {
  await practising(async (probe) => {
    const threadId = await probe.thread();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });

    expect(await probe.notification('thread/realtime/error')).toMatchObject({
      message: expect.stringMatching(/^Voice rsm .*slt, rms, awb, kal, kal16, alloy/u) as string,
    });
  }, '[realtime]\nvoice = "rsm"');
});
