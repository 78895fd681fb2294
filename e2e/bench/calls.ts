import { type Browser, chromium, type Page } from 'playwright';

import { findChromiumHere } from '../../.ci/chromium.ts';
import { systemClock } from '../../core/platform/index.ts';
import { createCaller, FRAME_MS, FRAME_SAMPLES } from '../../realtime/rtc/index.ts';
import { AssistantPage, recordedVoicePath, startBarePage, startHost } from '../support/index.ts';
import { type Build, builds, launcherOf } from './builds.ts';
import {
  type Benchmark,
  type BenchRow,
  collectAlternately,
  type Measure,
  middleOf,
} from './row.ts';
import { compare } from './rowOf.ts';
import { ServerProcess } from './serverProcess.ts';

const PAGE_ROUNDS = 12;
const STOP_ROUNDS = 15;
const CHANNEL_LIMIT_MS = 120;
const FIRST_SOUND_LIMIT_MS = 400;
const STOP_LIMIT_MS = 60;
const SESSIONS = 20;
const LOAD_MS = 8_000;
/** Until what comes with the first sound, the recogniser, is there whole. */
const WARM_ROUNDS = 250;
const MEMORY_ROUNDS = 200;
/** What a process may grow by without having lost anything. */
const FLAT_MB = 12;
/** With room for more, V8 collects so late that what is lost could not be told from what is not. */
const TIGHT_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=1'];

/** Calls by WebRTC: between a real browser and the built-in server, and many at once. */
export const benchCalls: Benchmark = async ({ before, rounds }) => {
  const own = builds(before);
  const browser = await launch();
  try {
    return [
      ...(await callStart(browser, own, Math.min(PAGE_ROUNDS, rounds))),
      await stopToSilence(browser, own, Math.min(STOP_ROUNDS, rounds)),
      await manySessions(own),
      await memory(own[0]),
    ];
  } finally {
    await browser.close();
  }
};

async function launch(): Promise<Browser> {
  const executablePath = await findChromiumHere();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--disable-gpu',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${recordedVoicePath()}`,
      '--allow-loopback-in-peer-connection',
    ],
  });
}

async function callStart(
  browser: Browser,
  own: readonly Build[],
  rounds: number,
): Promise<readonly BenchRow[]> {
  await using servers = new AsyncDisposableStack();
  await using bare = await startBarePage();
  const page = await browser.newPage();
  await page.goto(bare.url);
  const calls: (() => Promise<readonly number[]>)[] = [];
  for (const build of own) {
    const server = servers.use(await ServerProcess.start(build));
    const order = { callsUrl: `${server.url}/realtime/calls`, key: server.apiKey };
    calls.push(async () => {
      const { channelOpenMs, firstSoundMs } = await page.evaluate(measureCall, order);
      return [channelOpenMs, firstSoundMs];
    });
  }
  const measured = await collectAlternately(calls, rounds);
  await page.close();
  const row = (what: string, at: number, atMost: number): BenchRow =>
    compare(
      { what, unit: 'ms', promised: { atMost } },
      own.map(({ name }, build) => [
        name,
        middleOf((measured[build] ?? []).filter((_, index) => index % 2 === at)),
      ]),
    );
  return [
    row('WebRTC offer to event channel open, p50', 0, CHANNEL_LIMIT_MS),
    row('WebRTC offer to first sound of an answer in the page, p50', 1, FIRST_SOUND_LIMIT_MS),
  ];
}

/** Runs in the page: makes a call, asks for an answer as soon as it can, and waits to hear it. */
async function measureCall({
  callsUrl,
  key,
}: {
  readonly callsUrl: string;
  readonly key: string;
}): Promise<{ readonly channelOpenMs: number; readonly firstSoundMs: number }> {
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  const microphone = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const [track] = microphone.stream.getAudioTracks();
  if (track === undefined) throw new Error('no track');
  const analyser = new AnalyserNode(context, { fftSize: 256 });
  const samples = new Float32Array(analyser.fftSize);
  const element = new Audio();
  element.muted = true;

  const startedMs = performance.now();
  const peer = new RTCPeerConnection();
  peer.addTrack(track, microphone.stream);
  const channel = peer.createDataChannel('oai-events');
  const opened = new Promise<number>((resolve) => {
    channel.addEventListener('open', () => {
      resolve(performance.now() - startedMs);
    });
  });
  peer.addEventListener('track', ({ streams, track: far }) => {
    const stream = streams[0] ?? new MediaStream([far]);
    element.srcObject = stream;
    void element.play();
    context.createMediaStreamSource(stream).connect(analyser);
  });
  await peer.setLocalDescription();
  const form = new FormData();
  form.set('sdp', peer.localDescription?.sdp ?? '');
  form.set('session', JSON.stringify({ type: 'realtime', model: 'practice' }));
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(callsUrl, { method: 'POST', headers, body: form });
  const sdp = await response.text();
  if (!response.ok) throw new Error(sdp);
  await peer.setRemoteDescription({ type: 'answer', sdp });
  const channelOpenMs = await opened;
  const content = [{ type: 'input_text', text: 'What is 6 times 7?' }];
  const item = { type: 'message', role: 'user', content };
  channel.send(JSON.stringify({ type: 'conversation.item.create', item }));
  channel.send(JSON.stringify({ type: 'response.create' }));
  const firstSoundMs = await new Promise<number>((resolve) => {
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (!samples.some((sample) => Math.abs(sample) > 0.01)) return;
      clearInterval(timer);
      resolve(performance.now() - startedMs);
    }, 4);
  });
  peer.close();
  await context.close();
  return { channelOpenMs, firstSoundMs };
}

async function stopToSilence(
  browser: Browser,
  own: readonly Build[],
  rounds: number,
): Promise<BenchRow> {
  const figures: (readonly [string, Measure])[] = [];
  for (const build of own) {
    const { value, p95 = value } = middleOf(await stopTimes(browser, build, rounds));
    figures.push([build.name, { value: p95, note: `p50 ${value.toFixed(1)} ms` }]);
  }
  const what = 'Escape to silence in the page, by WebRTC, p95';
  return compare({ what, unit: 'ms', promised: { atMost: STOP_LIMIT_MS } }, figures);
}

async function stopTimes(
  browser: Browser,
  build: Build,
  rounds: number,
): Promise<readonly number[]> {
  await using host = await startHost({}, launcherOf(build));
  const context = await browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  await page.addInitScript(() => {
    localStorage.setItem('parley.settings', JSON.stringify({ connection: 'webrtc' }));
  });
  const assistant = new AssistantPage(page);
  await assistant.open(host.url);
  await assistant.startMuted();
  await page.waitForFunction(() => window.parleyProbe.words.includes('Listening'));
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const ms = await stopOnce(assistant, page);
    if (round > 0) times.push(Math.max(0, ms));
  }
  await context.close();
  return times;
}

async function stopOnce(assistant: AssistantPage, page: Page): Promise<number> {
  const audible = await assistant.audibleMs();
  await assistant.send('Count to 30');
  const LONG_ENOUGH_MS = 400;
  await page.waitForFunction(
    ({ from, atLeast }) => {
      const loud = window.parleyProbe.sound.filter(({ level }) => level > 0.01);
      return loud.length * 10 > from + atLeast;
    },
    { from: audible, atLeast: LONG_ENOUGH_MS },
  );
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => {
    const { sound, escapeAtMs = Number.POSITIVE_INFINITY } = window.parleyProbe;
    const now = sound.at(-1)?.atMs ?? 0;
    const last = sound.findLast(({ level }) => level > 0.01)?.atMs ?? 0;
    return now > escapeAtMs + 300 && now - last > 250;
  });
  return assistant.heardAfterEscapeMs();
}

async function manySessions(own: readonly Build[]): Promise<BenchRow> {
  const figures: (readonly [string, Measure])[] = [];
  for (const build of own) figures.push([build.name, await loadOf(build)]);
  return compare(
    {
      what: `CPU of the built-in server per call, ${SESSIONS} at once`,
      unit: 'ms of CPU a second',
    },
    figures,
  );
}

async function loadOf(build: Build): Promise<Measure> {
  await using server = await ServerProcess.start(build);
  const calls = await Promise.all(Array.from({ length: SESSIONS }, async () => callOf(server)));
  for (const call of calls) call.ask('Count to 30');
  await systemWait(500);
  const framesBefore = calls.map((call) => call.heardFrames);
  const before = await server.cpuMs();
  const startedMs = performance.now();
  await systemWait(LOAD_MS);
  const cpuMs = (await server.cpuMs()) - before;
  const seconds = (performance.now() - startedMs) / 1000;
  const rates = calls.map((call, index) => {
    return (call.heardFrames - (framesBefore[index] ?? 0)) / seconds;
  });
  await Promise.all(calls.map(async (call) => call.close()));
  return {
    value: cpuMs / seconds / SESSIONS,
    note: `${Math.min(...rates).toFixed(1)} of ${1000 / FRAME_MS} frames a second heard in the worst`,
  };
}

async function memory(build: Build): Promise<BenchRow> {
  await using server = await ServerProcess.start(build, TIGHT_HEAP);
  const round = async (): Promise<void> => {
    const call = await callOf(server);
    await call.close();
  };
  for (let n = 0; n < WARM_ROUNDS; n += 1) await round();
  const before = await server.memoryMb();
  for (let n = 0; n < MEMORY_ROUNDS; n += 1) await round();
  const after = await server.memoryMb();
  return {
    what: `growth of the built-in server over ${MEMORY_ROUNDS} calls`,
    unit: 'MB',
    ours: {
      value: Math.max(0, after - before),
      note: `${after.toFixed(0)} MB resident in the end`,
    },
    promised: { atMost: FLAT_MB },
    against: [],
  };
}

type BenchCall = {
  readonly heardFrames: number;
  ask(text: string): void;
  close(): Promise<void>;
};

/** A connected call that sends a quiet hiss and counts what it hears. */
async function callOf(server: ServerProcess): Promise<BenchCall> {
  let heardFrames = 0;
  const call = await createCaller({
    clock: systemClock,
    handlers: {
      onAudio: () => {
        heardFrames += 1;
      },
      onEvent: () => undefined,
      onChannelOpen: () => undefined,
      onClosed: () => undefined,
    },
  });
  const { peer } = call;
  await call.accept(await server.answer(call.offerSdp));
  await call.connected;
  const hiss = Int16Array.from({ length: FRAME_SAMPLES }, (_, index) => (index % 7) - 3);
  peer.source = () => hiss;
  return {
    get heardFrames() {
      return heardFrames;
    },
    ask: (text) => {
      const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
      peer.sendEvent(JSON.stringify({ type: 'conversation.item.create', item }));
      peer.sendEvent(JSON.stringify({ type: 'response.create' }));
    },
    close: async () => peer.close(),
  };
}

async function systemWait(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.after(ms, resolve);
  await promise;
}
