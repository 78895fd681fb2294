import { concatPcm, encodePcm, msToSamples, silence } from '../../realtime/audio/index.ts';
import { tone } from '../../realtime/audio/testing/index.ts';
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamStep,
} from '../model/testing/index.ts';
import type { ParamsOf } from '../protocol/index.ts';
import type { RpcProbe } from './rpcProbe.ts';
import { startTestEngine, type TestEngine, type TestEngineOptions } from './testEngine.ts';

type Scripts = readonly (readonly UpstreamStep[])[];

export type CascadeBenchOptions = TestEngineOptions & {
  readonly ears: Scripts;
  readonly mouth?: Scripts;
  /** Of requests to the two ends; none unless given. */
  readonly endRetries?: number;
  /** Further lines of `[realtime]`, and of the tables of the two ends. */
  readonly realtimeSettings?: string;
  readonly earsSettings?: string;
  readonly mouthSettings?: string;
};

/** A running voice session of an engine whose voice is a cascade of three scripted servers. */
export type CascadeBench = AsyncDisposable & {
  readonly engine: TestEngine;
  readonly ears: ScriptedUpstream;
  readonly mouth: ScriptedUpstream;
  readonly probe: RpcProbe;
  readonly threadId: string;
  /** Says something for half a second, and then nothing for long enough to be taken as done. */
  speak(): Promise<void>;
};

/** The words of a turn, in one answer. */
export const hears = (text: string): readonly UpstreamStep[] => [
  { head: { status: 200, headers: { 'content-type': 'application/json' } } },
  { bytes: JSON.stringify({ text }) },
];

/** Sound of so many milliseconds, as it is asked for. */
export const sounds = (durationMs = 200): readonly UpstreamStep[] => {
  const { buffer } = tone(440, durationMs);
  return [
    { head: { status: 200, headers: { 'content-type': 'audio/pcm' } } },
    { bytes: new Uint8Array(buffer) },
  ];
};

export async function startCascade(
  { ears: heard, mouth: said = [sounds()], ...options }: CascadeBenchOptions,
  params: Partial<ParamsOf<'thread/realtime/start'>> = {},
): Promise<CascadeBench> {
  const ears = await startScriptedUpstream(heard);
  const mouth = await startScriptedUpstream(said);
  const end = (id: string, { url }: ScriptedUpstream): string => `
[model_providers.${id}]
base_url = "${url.href}"
experimental_bearer_token = "sk-${id}"
request_max_retries = ${options.endRetries ?? 0}
`;
  const engine = await startTestEngine({
    ...options,
    config: `${options.config ?? ''}
[realtime]
provider = "cascade"
${options.realtimeSettings ?? ''}
[realtime.cascade.speech_to_text]
provider = "ears"
model = "whisper"
${options.earsSettings ?? ''}
[realtime.cascade.text_to_speech]
provider = "mouth"
model = "kokoro"
${options.mouthSettings ?? ''}
${end('ears', ears)}${end('mouth', mouth)}`,
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio', ...params });
  await probe.notification('thread/realtime/session/updated');
  return {
    engine,
    ears,
    mouth,
    probe,
    threadId,
    speak: async () => {
      const samples = concatPcm([silence(300), tone(300, 500), silence(800)]);
      for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
        const data = encodePcm(samples.slice(start, start + CHUNK_SAMPLES));
        const audio = { data, sampleRate: 24_000, numChannels: 1 };
        await probe.call('thread/realtime/appendAudio', { threadId, audio });
      }
    },
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await Promise.all([ears.close(), mouth.close()]);
    },
  };
}

const CHUNK_SAMPLES = msToSamples(100);
