import { join } from 'node:path';

import type { StopWord } from '../../app/media/spotter/index.ts';
import { Spotting, WordDecoder } from '../../app/media/spotter/recognition/index.ts';
import {
  concatPcm,
  msToSamples,
  Resampler,
  SAMPLE_RATE_HZ,
  samplesToMs,
  silence,
} from '../../realtime/audio/index.ts';
import type { SpeechLanguage } from '../../realtime/audio/recognition/index.ts';
import type { Clip } from './measure.ts';
import { withNoise } from './noise.ts';

const MODELS = join(import.meta.dirname, '../../node_modules/soundswallower/model/');

const FRAME_SAMPLES = msToSamples(20);
const BEFORE_MS = 1_000;
const AFTER_MS = 600;
/** Quieter than this beside the loudest sample is no part of a word any more. */
const END_SHARE = 1 / 40;
const ROOM_TONE_PEAK = 16;

/** What stops Parley, and what lets it speak on, as people say it. */
export const STOP_WORDS: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: ['stop', 'stop!', 'wait', 'quiet'],
  fr: ['stop', 'arrête', 'arrêtez', 'attends', 'attendez', 'silence'],
};

/** What people say while they listen, and mean nobody to stop. */
export const LISTENING_SOUNDS: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: ['mm-hmm', 'uh huh', 'hmm', 'okay', 'yeah', 'right', 'ah', 'sure'],
  fr: ['mm-hmm', 'oui', "d'accord", 'ah bon', 'euh', 'ouais'],
};

export type Spotted = {
  readonly word: StopWord | undefined;
  /** From the end of the sound to the decision, this machine's time for decoding included. */
  readonly lateMs: number;
};

/** The spotter of the page, fed as fast as it goes. */
export class StopEars {
  readonly #decoder: WordDecoder;

  private constructor(decoder: WordDecoder) {
    this.#decoder = decoder;
  }

  static async load(language: SpeechLanguage): Promise<StopEars> {
    return new StopEars(await WordDecoder.load(language, MODELS));
  }

  /** The first word made out in a clip that is said in a quiet room, or in noise. */
  listen(clip: Clip, ratioDb: number | undefined, seed: number): Spotted {
    const plain = atSessionRate(clip);
    const said = ratioDb === undefined ? plain : withNoise(plain, SAMPLE_RATE_HZ, ratioDb, seed);
    const heard = roomTone(concatPcm([silence(BEFORE_MS), said, silence(AFTER_MS)]), seed);
    const endMs = BEFORE_MS + samplesToMs(lastLoud(plain));
    // The clock of a listener to whom frames come as they are spoken, and who is busy while it decodes.
    let clockMs = 0;
    let spotted: Spotted | undefined;
    const spotting = new Spotting(
      (samples) => {
        const startedMs = performance.now();
        const word = this.#decoder.decode(samples);
        clockMs += performance.now() - startedMs;
        return word;
      },
      (reply) => {
        if (reply.type === 'speechEnded' && reply.word !== undefined)
          spotted ??= { word: reply.word, lateMs: clockMs - endMs };
      },
    );
    spotting.take({ type: 'listen', isListening: true });
    for (let end = FRAME_SAMPLES; end <= heard.length; end += FRAME_SAMPLES) {
      clockMs = Math.max(clockMs, samplesToMs(end));
      spotting.take({ type: 'heard', frame: heard.slice(end - FRAME_SAMPLES, end) });
    }
    return spotted ?? { word: undefined, lateMs: Number.NaN };
  }
}

function atSessionRate({ samples, sampleRateHz }: Clip): Int16Array {
  const resampler = new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  return concatPcm([resampler.push(samples), resampler.flush()]);
}

function lastLoud(samples: Int16Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return samples.findLastIndex((sample) => Math.abs(sample) > peak * END_SHARE);
}

/** Every microphone hears a room. */
function roomTone(samples: Int16Array, seed: number): Int16Array<ArrayBuffer> {
  let state = seed;
  return Int16Array.from(samples, (sample) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const hiss = Math.round((state / 2 ** 31) * ROOM_TONE_PEAK);
    return Math.max(-32_768, Math.min(32_767, sample + hiss));
  });
}
