import type { Clock } from '../../base/index.ts';
import type { ModelProvider } from '../contract/index.ts';
import type { HttpPort } from '../http/index.ts';
import type { SocketAccess } from '../sockets/index.ts';

/** Where the client reports what is odd but no failure; a pino logger fits. */
export type ModelLog = {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

/** What a model client works with as long as it lives. */
export type ModelClientOptions = {
  readonly provider: ModelProvider;
  /** Thread id; also what the provider caches prompts by. */
  readonly conversationId: string;
  readonly installationId: string;
  /** The headers that name the program which asks; nothing of the provider's replaces them. */
  readonly callerHeaders: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Shared with other clients as a rule; whoever made it closes it. */
  readonly http: HttpPort;
  /** Shared like `http`; without it everything goes by HTTP. */
  readonly sockets?: SocketAccess;
  readonly log: ModelLog;
  /** In [0, 1): spreads the repeats of many clients over time. `Math.random` by default. */
  readonly random?: () => number;
};
