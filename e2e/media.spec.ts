import { newUuid, systemClock } from '../core/platform/index.ts';
import { createFliteVoice } from '../realtime/audio/speech/index.ts';
import { type RealtimeModel, startRealtimeServer } from '../realtime/server/index.ts';
import { expect, measureTone, startBarePage, test } from './support/index.ts';

// The media of a call by themselves: a bare page on one end, the built-in Realtime server on the other.

const TONE_MS = 30_000;
const AMPLITUDE = 0.25;
const UP_HZ = 440;
const DOWN_HZ = 660;
const RATE_HZ = 24_000;
const API_KEY = 'a-key-for-this-test';

/** Plays a tone to whoever asks for a response, and keeps the longest turn it heard. */
class ToneModel implements RealtimeModel {
  readonly hears = false;
  heard = new Int16Array();

  async *respond({ items }: Parameters<RealtimeModel['respond']>[0]) {
    for (const item of items) {
      const samples = item.type === 'message' ? item.heard?.samples : undefined;
      if (samples !== undefined && samples.length > this.heard.length) this.heard = samples.slice();
    }
    if (this.heard.length > 0) return;
    const samples = Int16Array.from({ length: (RATE_HZ * TONE_MS) / 1000 }, (_, index) =>
      Math.round(32_767 * AMPLITUDE * Math.sin((2 * Math.PI * DOWN_HZ * index) / RATE_HZ)),
    );
    yield { type: 'playBack' as const, samples };
  }
}

test('a tone of thirty seconds arrives each way as it was sent, without a gap', async ({
  page,
}) => {
  test.setTimeout(90_000);
  const voice = createFliteVoice();
  const model = new ToneModel();
  const server = await startRealtimeServer({
    apiKey: API_KEY,
    voice,
    clock: systemClock,
    newId: (prefix) => `${prefix}_${newUuid().replaceAll('-', '')}`,
    model,
  });
  try {
    await using bare = await startBarePage();
    await page.goto(bare.url);
    const { sampleRateHz, down } = await page.evaluate(talk, {
      callsUrl: `${server.url.href}/realtime/calls`,
      key: API_KEY,
      frequencyHz: UP_HZ,
      amplitude: AMPLITUDE,
      durationMs: TONE_MS,
    });
    await expect.poll(() => model.heard.length).toBeGreaterThan(0);

    for (const [what, facts, frequencyHz] of [
      ['down', measureTone(down, sampleRateHz, AMPLITUDE), DOWN_HZ],
      [
        'up',
        measureTone(
          Float32Array.from(model.heard, (v) => v / 32_768),
          RATE_HZ,
          AMPLITUDE,
        ),
        UP_HZ,
      ],
    ] as const) {
      expect.soft(Math.abs(facts.frequencyHz - frequencyHz), what).toBeLessThan(1);
      expect.soft(Math.abs(facts.levelDb), what).toBeLessThan(1);
      expect.soft(facts.longestGapMs, what).toBeLessThanOrEqual(20);
      expect.soft(facts.durationMs, what).toBeGreaterThan(TONE_MS - 200);
    }
  } finally {
    await server.close();
    await voice.close();
  }
});

type TalkOrder = {
  readonly callsUrl: string;
  readonly key: string;
  readonly frequencyHz: number;
  readonly amplitude: number;
  readonly durationMs: number;
};

/** Runs in the page: calls, sends a tone, records what comes, and has the server take its turn. */
async function talk(
  order: TalkOrder,
): Promise<{ readonly sampleRateHz: number; readonly down: number[] }> {
  const { callsUrl, key, frequencyHz, amplitude, durationMs } = order;
  const context = new AudioContext({ sampleRate: 48_000 });
  const peer = new RTCPeerConnection();
  const oscillator = new OscillatorNode(context, { frequency: frequencyHz });
  const gain = new GainNode(context, { gain: 0 });
  const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  oscillator.connect(gain).connect(microphone);
  oscillator.start();
  const [track] = microphone.stream.getAudioTracks();
  if (track === undefined) throw new Error('no track');
  peer.addTrack(track, microphone.stream);
  const channel = peer.createDataChannel('oai-events');
  const opened = new Promise((resolve) => {
    channel.addEventListener('open', resolve, { once: true });
  });
  const remote = new Promise<MediaStream>((resolve) => {
    peer.addEventListener('track', ({ streams, track: far }) => {
      resolve(streams[0] ?? new MediaStream([far]));
    });
  });
  await peer.setLocalDescription();
  const form = new FormData();
  form.set('sdp', peer.localDescription?.sdp ?? '');
  const session = {
    type: 'realtime',
    model: 'practice',
    audio: { input: { turn_detection: null } },
  };
  form.set('session', JSON.stringify(session));
  const response = await fetch(callsUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  });
  const sdp = await response.text();
  if (!response.ok) throw new Error(sdp);
  await peer.setRemoteDescription({ type: 'answer', sdp });
  const stream = await remote;
  // Chromium plays nothing into Web Audio that no element plays.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  await element.play();
  await opened;

  const chunks: Float32Array[] = [];
  const source = context.createMediaStreamSource(stream);
  const tap = context.createScriptProcessor(4096, 1, 1);
  tap.addEventListener('audioprocess', ({ inputBuffer }) => {
    chunks.push(inputBuffer.getChannelData(0).slice());
  });
  source.connect(tap).connect(context.destination);
  const send = (event: object): void => {
    channel.send(JSON.stringify(event));
  };
  const ended = new Promise<void>((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (data.includes('"output_audio_buffer.stopped"')) resolve();
    });
  });
  gain.gain.value = amplitude;
  send({ type: 'response.create' });
  await Promise.all([
    ended,
    new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    }),
  ]);
  gain.gain.value = 0;
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  send({ type: 'input_audio_buffer.commit' });
  send({ type: 'response.create' });
  await new Promise((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (data.includes('"response.done"')) resolve(undefined);
    });
  });
  peer.close();
  const down = chunks.flatMap((chunk) => Array.from(chunk));
  await context.close();
  return { sampleRateHz: 48_000, down };
}
