import type { Clock, NewId } from '../base/index.ts';
import type { ModelClientSession, TurnContext } from '../model/index.ts';
import type { NotificationMethod, NotificationParamsOf } from '../protocol/index.ts';
import type { RequestClients } from '../rpc/index.ts';
import type { SessionTelemetry } from '../telemetry/index.ts';
import type { ToolRegistry } from '../tools/index.ts';
import type { ThreadRecord } from './records.ts';

/** Tells clients something; who hears it is not the thread's business. */
export type Notify = <M extends NotificationMethod>(
  method: M,
  params: NotificationParamsOf<M>,
) => void;

/** The one thing a turn needs of the model client: one sampling after the other. */
export type Sampler = Pick<ModelClientSession, 'stream'>;

/** Everything a thread reaches out for. */
export type ThreadPorts = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly notify: Notify;
  readonly requestClients: RequestClients;
  /** A sampler for one turn. Resolves late on purpose: a provider may have to be started first. */
  readonly sampler: (turn: TurnContext) => Promise<Sampler>;
  readonly tools: ToolRegistry;
  readonly telemetry: SessionTelemetry;
  /** Writes one record down; what was applied in memory already. */
  readonly store: (record: ThreadRecord) => void;
};

/** What the turns of a thread run with. */
export type ThreadSettings = {
  readonly model: string;
  readonly modelProvider: string;
  readonly reasoningEffort: string | null;
  /** Tokens that fit into that model; null when nobody knows. */
  readonly contextWindowOf: (model: string) => number | null;
  readonly cwd: string;
  readonly instructions: string;
  readonly developerInstructions: string | undefined;
};
