import {
  isSupportedRate,
  mixDown,
  Resampler,
  SAMPLE_RATE_HZ,
  WavReader,
} from '../../realtime/audio/index.ts';

const NOTHING = new Int16Array(0);
/** As many bytes as tell one container from another. */
const MAGIC_BYTES = 12;
const CONTAINERS: Readonly<Record<string, string>> = {
  ID3: 'MP3',
  OggS: 'Ogg',
  fLaC: 'FLAC',
};
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'audio/mpeg': 'MP3',
  'audio/mp3': 'MP3',
  'audio/ogg': 'Ogg',
  'audio/opus': 'Opus',
  'audio/flac': 'FLAC',
  'audio/aac': 'AAC',
};

type Source =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wav'; readonly reader: WavReader }
  | { readonly kind: 'pcm'; readonly rateHz: number };

/**
 * Makes PCM16 mono at 24 kHz of the sound a server sends: WAV of any rate, or samples as they are. Which
 * of them it is shows in the bytes, because servers send what they can and name it as they like.
 */
export class SoundDecoder {
  readonly #pcmRateHz: number;
  #source: Source = { kind: 'unknown' };
  #pending: Uint8Array = new Uint8Array(0);
  #resampler: Resampler | undefined;

  /** Throws an Error in words where the media type says that it is no sound, or one of another kind. */
  constructor(contentType: string | undefined, pcmRateHz: number) {
    const [mediaType = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
    const name = mediaType.trim();
    const compressed = MEDIA_TYPES[name];
    if (compressed !== undefined) throw compressedSound(compressed);
    if (/^text\/|json$|html|xml/u.test(name)) throw new Error(`the answer is ${name}, not sound`);
    const rate = parameters.map((parameter) => /^\s*rate=(\d+)\s*$/u.exec(parameter)?.[1]);
    const given = Number(rate.find((value) => value !== undefined) ?? pcmRateHz);
    this.#pcmRateHz = isSupportedRate(given) ? given : pcmRateHz;
  }

  push(bytes: Uint8Array): Int16Array {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    if (this.#source.kind === 'unknown') {
      if (this.#pending.length < MAGIC_BYTES) return NOTHING;
      this.#source = this.#recognised();
    }
    return this.#decode(this.#source);
  }

  /** What was held back. */
  end(): Int16Array {
    if (this.#source.kind === 'unknown') this.#source = this.#recognised();
    const last = this.#decode(this.#source);
    const rest = this.#resampler?.flush() ?? NOTHING;
    return last.length === 0 ? rest : Int16Array.from([...last, ...rest]);
  }

  #recognised(): Source {
    const magic = Buffer.from(this.#pending.subarray(0, 4)).toString('latin1');
    if (magic === 'RIFF') return { kind: 'wav', reader: new WavReader() };
    const container = Object.keys(CONTAINERS).find((start) => magic.startsWith(start));
    if (container !== undefined) throw compressedSound(CONTAINERS[container] ?? '');
    return { kind: 'pcm', rateHz: this.#pcmRateHz };
  }

  #decode(source: Source): Int16Array {
    switch (source.kind) {
      case 'unknown':
        return NOTHING;
      case 'wav': {
        const interleaved = source.reader.push(this.#pending);
        this.#pending = new Uint8Array(0);
        const { format } = source.reader;
        if (format === undefined) return NOTHING;
        const { channels, sampleRateHz } = format;
        return this.#resampled(mixDown(interleaved, channels), sampleRateHz);
      }
      case 'pcm': {
        const whole = this.#pending.length - (this.#pending.length % 2);
        // Copied, which a Buffer's own `slice` does not do: samples cannot begin at an odd place.
        const bytes = Uint8Array.from(this.#pending.subarray(0, whole));
        const samples = new Int16Array(bytes.buffer);
        this.#pending = Uint8Array.from(this.#pending.subarray(whole));
        return this.#resampled(samples, source.rateHz);
      }
    }
  }

  #resampled(samples: Int16Array, rateHz: number): Int16Array {
    if (rateHz === SAMPLE_RATE_HZ || samples.length === 0) return samples;
    if (!isSupportedRate(rateHz)) throw new Error(`sound of ${rateHz} Hz cannot be played`);
    this.#resampler ??= new Resampler(rateHz, SAMPLE_RATE_HZ);
    return this.#resampler.push(samples);
  }
}

function compressedSound(what: string): Error {
  return new Error(`the sound is ${what}; set format = "wav" or "pcm"`);
}
