import { AsyncLazy, type Clock } from '../base/index.ts';
import type { CascadeEnds, SpeechEndpoint, tryCascade } from '../cascade/index.ts';
import type { Cascade, ResolvedProvider } from '../config/index.ts';
import type { HttpPort, ModelClient } from '../model/index.ts';
import { BuiltInServer, newApiKey, type RunningServer } from './builtInServer.ts';

export type CascadesOptions = {
  readonly clock: Clock;
  readonly http: HttpPort;
  /** Who asks, as the ends of a cascade are told. */
  readonly headers: Readonly<Record<string, string>>;
  /** A provider's way for sound. */
  readonly endpointOf: (provider: ResolvedProvider) => SpeechEndpoint;
  /** The way to a text model of a voice. */
  readonly textModelOf: (provider: ResolvedProvider) => Promise<ModelClient>;
  readonly onWarning: (message: string) => void;
};

const PRACTICE: ResolvedProvider = { kind: 'practice', id: 'practice' };

/** The voices that are made of three parts: a server for each set of parts that is in use. */
export class Cascades {
  readonly #options: CascadesOptions;
  readonly #servers = new Map<string, BuiltInServer>();

  constructor(options: CascadesOptions) {
    this.#options = options;
  }

  /** The voice of these parts, with the models of `provider` between them. */
  of(provider: ResolvedProvider, cascade: Cascade): BuiltInServer {
    const key = JSON.stringify([provider, cascade]);
    const server =
      this.#servers.get(key) ?? new BuiltInServer(async () => this.#start(provider, cascade));
    this.#servers.set(key, server);
    return server;
  }

  /** Uses each end once, for who wants to know whether they work. */
  async try(cascade: Cascade): ReturnType<typeof tryCascade> {
    const ends = await import('../cascade/index.ts');
    return ends.tryCascade(this.#endsOf(cascade));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#servers.values(), async (server) => server.close()));
  }

  #endsOf({ speechToText, textToSpeech }: Cascade): CascadeEnds {
    const { clock, http, headers, endpointOf } = this.#options;
    return {
      clock,
      http,
      headers,
      speechToText:
        speechToText === undefined
          ? { ...BUILT_IN_EARS, endpoint: endpointOf(PRACTICE) }
          : { ...speechToText, endpoint: endpointOf(speechToText.provider) },
      textToSpeech: textToSpeech && {
        ...textToSpeech,
        endpoint: endpointOf(textToSpeech.provider),
      },
    };
  }

  async #start(provider: ResolvedProvider, cascade: Cascade): Promise<RunningServer> {
    const { textModelOf, onWarning } = this.#options;
    const { startCascadeServer } = await import('../cascade/index.ts');
    const apiKey = newApiKey();
    const textModel = new AsyncLazy(async () => textModelOf(provider));
    const server = await startCascadeServer({
      ...this.#endsOf(cascade),
      apiKey,
      textModel: async () => textModel.get(),
      onLog: ({ level, message }) => {
        if (level === 'warn') onWarning(message);
      },
    });
    return {
      url: server.url,
      apiKey,
      close: async () => {
        await server.close();
        const client = await textModel.made();
        client?.close();
      },
    };
  }
}

/** What the built-in server has for ears. */
const BUILT_IN_EARS = {
  model: 'practice',
  language: undefined,
  prompt: undefined,
  stream: false,
} as const;
