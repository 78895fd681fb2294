import { concatPcm, Resampler, SAMPLE_RATE_HZ, writeWav } from '../../realtime/audio/index.ts';
import type { Transcription, TranscriptionTurn } from '../../realtime/server/index.ts';
import { type HttpResponse, readParts } from '../model/index.ts';
import type { Endpoint } from './endpoint.ts';
import { readTranscriptPart } from './transcriptionAnswer.ts';

/** What recognisers work with, and the only rate that some of them take. */
const SENT_RATE_HZ = 16_000;
/** More words than anybody says in one turn. */
const MAX_ANSWER_CHARACTERS = 1024 * 1024;

export type TranscriberOptions = {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly language: string | undefined;
  readonly prompt: string | undefined;
  readonly stream: boolean;
};

type Turn = Pick<TranscriptionTurn, 'language' | 'prompt' | 'onDelta'>;

/** One that needs to know nothing of the conversation. */
export type RemoteTranscriber = { begin(turn: Turn): Transcription };

/** Has spoken turns written down by a server's `/audio/transcriptions`, each when it is over. */
export function createRemoteTranscriber(options: TranscriberOptions): RemoteTranscriber {
  return { begin: (turn) => new RemoteTranscription(options, turn) };
}

class RemoteTranscription implements Transcription {
  readonly #options: TranscriberOptions;
  readonly #turn: Turn;
  readonly #resampler = new Resampler(SAMPLE_RATE_HZ, SENT_RATE_HZ);
  #sound: Int16Array[] = [];

  constructor(options: TranscriberOptions, turn: Turn) {
    this.#options = options;
    this.#turn = turn;
  }

  push(samples: Int16Array): void {
    this.#sound.push(this.#resampler.push(samples));
  }

  async end(signal: AbortSignal): Promise<{ readonly text: string }> {
    const samples = concatPcm([...this.#sound, this.#resampler.flush()]);
    this.#sound = [];
    if (samples.length === 0) return { text: '' };
    const form = new Response(this.#form(samples));
    const exchange = await this.#options.endpoint.open({
      path: '/audio/transcriptions',
      contentType: form.headers.get('content-type') ?? '',
      body: await form.bytes(),
      signal,
    });
    try {
      return { text: await this.#read(exchange.response) };
    } catch (error) {
      throw exchange.fault(error);
    } finally {
      exchange.close();
    }
  }

  cancel(): void {
    this.#sound = [];
  }

  #form(samples: Int16Array): FormData {
    const { model, stream } = this.#options;
    const { language = this.#options.language, prompt = this.#options.prompt } = this.#turn;
    const wav = writeWav({ sampleRateHz: SENT_RATE_HZ, channels: 1, samples });
    const form = new FormData();
    form.set('file', new Blob([Uint8Array.from(wav)], { type: 'audio/wav' }), 'turn.wav');
    form.set('model', model);
    form.set('response_format', 'json');
    if (language !== undefined) form.set('language', language);
    if (prompt !== undefined) form.set('prompt', prompt);
    if (stream) form.set('stream', 'true');
    return form;
  }

  async #read(response: HttpResponse): Promise<string> {
    let text: string | undefined;
    for await (const part of readParts(response.body, MAX_ANSWER_CHARACTERS)) {
      const read = readTranscriptPart(part);
      switch (read.type) {
        case 'delta':
          text = (text ?? '') + read.text;
          this.#turn.onDelta?.(read.text);
          break;
        case 'whole':
          // Nothing that follows could add to it.
          return read.text.trim();
        case 'failure':
          throw new Error(`it failed: ${read.message}`);
        case 'garbage':
          throw new Error('the answer is no transcription');
        case 'other':
          break;
      }
    }
    if (text === undefined) throw new Error('the answer is no transcription');
    return text.trim();
  }
}
