import { type AppServerClient, ConnectionClosedError } from '../../../core/protocol/index.ts';
import { type MicrophoneChoice, SAMPLE_RATE_HZ, type VoiceMedia } from '../../media/index.ts';
import { type AudioChunk, AudioOutbox } from './outbox.ts';
import { changedChoices, type VoiceChoices } from './voiceChoices.ts';
import type { Transport } from './machine/index.ts';

/** One voice session as the engine sees it: the thread it is in, and what is asked of it. */
export class VoiceSession {
  readonly media: VoiceMedia;
  readonly outbox = new AudioOutbox((chunk) => {
    this.#sendAudio(chunk);
  });
  readonly #client: () => AppServerClient | undefined;
  #threadId: string | undefined;
  #told: VoiceChoices | undefined;
  readonly #language: string;
  #microphone: MicrophoneChoice;

  constructor(
    media: VoiceMedia,
    client: () => AppServerClient | undefined,
    microphone: MicrophoneChoice,
    language: string,
  ) {
    this.media = media;
    this.#client = client;
    this.#microphone = microphone;
    this.#language = language;
  }

  /** What of the microphone is chosen otherwise than it was when this was last asked. */
  microphoneNews(choice: MicrophoneChoice): 'device' | 'processing' | undefined {
    const before = this.#microphone;
    this.#microphone = choice;
    if (before.id !== choice.id) return 'device';
    const isSame =
      before.echoCancellation === choice.echoCancellation &&
      before.noiseSuppression === choice.noiseSuppression &&
      before.autoGainControl === choice.autoGainControl;
    return isSame ? undefined : 'processing';
  }

  /** Whom to ask, and in which thread; undefined until it was asked for, and while the engine is away. */
  get engine(): { readonly client: AppServerClient; readonly threadId: string } | undefined {
    const client = this.#client();
    const threadId = this.#threadId;
    return client === undefined || threadId === undefined ? undefined : { client, threadId };
  }

  /** The thread it was asked for in. */
  get threadId(): string | undefined {
    return this.#threadId;
  }

  async request(threadId: string, choices: VoiceChoices, transport: Transport): Promise<void> {
    const client = this.#client();
    if (client === undefined) throw new ConnectionClosedError('thread/realtime/start');
    this.#threadId = threadId;
    this.#told = choices;
    await client.request('thread/realtime/start', {
      threadId,
      ...choices,
      transport,
      language: this.#language,
      reconnect: true,
    });
  }

  /** What of these choices the engine has not been told yet. */
  news(choices: VoiceChoices): Partial<VoiceChoices> | undefined {
    return this.#told === undefined ? undefined : changedChoices(this.#told, choices);
  }

  async tell(choices: VoiceChoices): Promise<void> {
    const changes = this.news(choices);
    if (changes === undefined) return;
    this.#told = choices;
    await this.#ask((client, threadId) =>
      client.request('thread/realtime/update', { threadId, ...changes }),
    );
  }

  async stop(): Promise<void> {
    await this.#ask((client, threadId) => client.request('thread/realtime/stop', { threadId }));
  }

  /** Lets go of microphone and loudspeaker; twice is harmless. */
  release(): void {
    this.outbox.hold();
    this.media.close();
  }

  #sendAudio(chunk: AudioChunk): void {
    const audio = { ...chunk, sampleRate: SAMPLE_RATE_HZ, numChannels: 1 };
    // A chunk that the session no longer takes is no news: the session's own end says why.
    this.#ask((client, threadId) =>
      client.request('thread/realtime/appendAudio', { threadId, audio }),
    ).catch(() => undefined);
  }

  /** Does nothing where there is no session to ask anything of. */
  async #ask(
    request: (client: AppServerClient, threadId: string) => Promise<unknown>,
  ): Promise<void> {
    const { engine } = this;
    if (engine !== undefined) await request(engine.client, engine.threadId);
  }
}
