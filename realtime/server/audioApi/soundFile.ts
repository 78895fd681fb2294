import { errorText } from '../../../core/base/index.ts';
import {
  isSupportedRate,
  mixDown,
  parseWav,
  Resampler,
  SAMPLE_RATE_HZ,
  type WavAudio,
} from '../../audio/index.ts';
import { refuse, type Refused } from '../errors/index.ts';

const MAX_SECONDS = 600;

/** What the files of other formats begin with, and at which byte. */
const OTHER_FORMATS = [
  { name: 'an MP3 file', magic: 'ID3', at: 0 },
  { name: 'an MP3 file', magic: '\u{FF}\u{FB}', at: 0 },
  { name: 'an Ogg file', magic: 'OggS', at: 0 },
  { name: 'a FLAC file', magic: 'fLaC', at: 0 },
  { name: 'a WebM file', magic: '\u{1A}\u{45}\u{DF}\u{A3}', at: 0 },
  { name: 'an MP4 file', magic: 'ftyp', at: 4 },
] as const;

export type SoundFile = {
  readonly kind: 'sound';
  readonly wav: WavAudio;
  readonly seconds: number;
};

/** Reads an uploaded file, or says what to do with it. */
export function readSoundFile(bytes: Uint8Array): SoundFile | Refused {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const other = OTHER_FORMATS.find(({ magic, at }) => head.startsWith(magic, at));
  if (other !== undefined) {
    return refuseFile(
      `This is ${other.name}, and only WAV files can be read here; convert it first: ffmpeg -i IN OUT.wav.`,
    );
  }
  let wav: WavAudio;
  try {
    wav = parseWav(bytes);
  } catch (error) {
    return refuseFile(errorText(error));
  }
  const { sampleRateHz, channels, samples } = wav;
  if (!isSupportedRate(sampleRateHz)) {
    return refuseFile(`The WAV file has ${sampleRateHz} Hz; 8,000 to 192,000 Hz can be read.`);
  }
  const seconds = samples.length / channels / sampleRateHz;
  if (seconds > MAX_SECONDS) {
    return refuseFile(
      `The file lasts ${Math.round(seconds)} seconds; at most ${MAX_SECONDS} can be recognised at once.`,
    );
  }
  return { kind: 'sound', wav, seconds };
}

/** The sound as sessions have it, mono at 24 kHz, about half a second at a time. */
export function* inPieces({ wav }: SoundFile): Iterable<Int16Array> {
  const { sampleRateHz, channels, samples } = wav;
  const resampler =
    sampleRateHz === SAMPLE_RATE_HZ ? undefined : new Resampler(sampleRateHz, SAMPLE_RATE_HZ);
  const pieceLength = Math.floor(sampleRateHz / 2) * channels;
  for (let start = 0; start < samples.length; start += pieceLength) {
    const mono = mixDown(samples.subarray(start, start + pieceLength), channels);
    yield resampler === undefined ? mono : resampler.push(mono);
  }
  if (resampler !== undefined) yield resampler.flush();
}

function refuseFile(message: string): Refused {
  return refuse(400, 'invalid_audio', message, 'file');
}
