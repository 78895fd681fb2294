import type { Clock } from '../../core/base/index.ts';
import type { SpeechVoice } from '../audio/index.ts';
import type { RealtimeModel, Transcriber } from './models/index.ts';
import type { CallMedia } from './calls/index.ts';
import type { HttpRoute, SocketRoute } from './http/index.ts';

export type RealtimeServerLogEntry = {
  readonly level: 'info' | 'warn';
  readonly message: string;
};

export type RealtimeServerOptions = {
  /** Address to listen on; 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** When set, every request must bring it as a bearer key. */
  readonly apiKey?: string;
  /** Stays the caller's: closing the server does not close the voice. */
  readonly voice: SpeechVoice;
  /** Says a word to nobody with the first session, for a voice that has to be loaded; true unless told. */
  readonly warmsUpVoice?: boolean;
  readonly clock: Clock;
  /** Fresh ids of letters, digits, `_` and `-` that begin with the prefix. */
  readonly newId: (prefix: string) => string;
  readonly model: RealtimeModel;
  readonly transcriber?: Transcriber;
  readonly routes?: readonly HttpRoute[];
  readonly socketRoutes?: readonly SocketRoute[];
  /** How long a session may last; 60 minutes, as in the API. */
  readonly sessionLimitMs?: number;
  /** How many WebRTC calls there may be at once; 64 unless told. */
  readonly maxCalls?: number;
  /** What carries calls: WebRTC by `realtime/rtc` unless told, loaded when the first call is coming. */
  readonly loadMedia?: () => Promise<CallMedia>;
  onLog?(entry: RealtimeServerLogEntry): void;
};
