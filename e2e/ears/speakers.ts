import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { concatPcm, Resampler, SAMPLE_RATE_HZ } from '../../realtime/audio/index.ts';
import type { SpeechLanguage } from '../../realtime/audio/recognition/index.ts';
import { createFliteVoice, FLITE_VOICES } from '../../realtime/audio/speech/index.ts';

const run = promisify(execFile);
const WAV_HEADER_BYTES = 44;
const WAV_RATE_OFFSET = 24;
const MOST_BYTES = 16 * 1024 * 1024;

/** A synthetic voice of one language. */
export type Speaker = {
  readonly name: string;
  readonly language: SpeechLanguage;
  /** PCM16 at the rate of sessions. */
  say(text: string): Promise<Int16Array>;
};

/** flite's five voices, which come with the product. `owned` closes what they need. */
export function fliteSpeakers(owned: AsyncDisposableStack): Speaker[] {
  const voice = createFliteVoice();
  owned.defer(() => voice.close());
  return FLITE_VOICES.map((name) => ({
    name: `flite ${name}`,
    language: 'en',
    say: async (text) => {
      const chunks: Int16Array[] = [];
      const never = new AbortController().signal;
      for await (const chunk of voice.speak(`${text}.`, never, { voice: name })) chunks.push(chunk);
      return concatPcm(chunks);
    },
  }));
}

const ESPEAK_VOICES: readonly (readonly [voice: string, language: SpeechLanguage])[] = [
  ['en-us', 'en'],
  ['en-gb', 'en'],
  ['en-us+f3', 'en'],
  ['fr-fr', 'fr'],
  ['fr-be', 'fr'],
  ['fr-fr+f3', 'fr'],
];

/** Debian's `espeak-ng`, or none where it is not installed. */
export async function espeakSpeakers(): Promise<Speaker[]> {
  const installed = await run('espeak-ng', ['--version']).then(
    () => true,
    () => false,
  );
  if (!installed) return [];
  return ESPEAK_VOICES.map(([voice, language]) => ({
    name: `espeak-ng ${voice}`,
    language,
    say: async (text) => {
      const { stdout } = await run('espeak-ng', ['-v', voice, '--stdout', text], {
        encoding: 'buffer',
        maxBuffer: MOST_BYTES,
      });
      // Sizes in the header of what goes to a pipe are made up, so it is no file for a parser.
      const resampler = new Resampler(stdout.readUInt32LE(WAV_RATE_OFFSET), SAMPLE_RATE_HZ);
      const bytes = Uint8Array.from(stdout.subarray(WAV_HEADER_BYTES));
      const samples = new Int16Array(bytes.buffer, 0, Math.floor(bytes.length / 2));
      return concatPcm([resampler.push(samples), resampler.flush()]);
    },
  }));
}
