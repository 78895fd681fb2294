import type { Clock, NewId } from '../base/index.ts';
import type { ClientDesk, Responder } from '../interactions/index.ts';
import type { Features } from '../features/index.ts';
import type { ModelClientSession, TurnContext } from '../model/index.ts';
import type { ModelFacts } from '../models/index.ts';
import type { Permissions, PermissionsMachine, SessionGrants } from '../permissions/index.ts';
import type {
  ThreadEnvironment,
  ThreadNotificationMethod,
  NotificationParamsOf,
  ReasoningSummary,
  Verbosity,
} from '../protocol/index.ts';
import type { SessionTelemetry } from '../telemetry/index.ts';
import type { ToolRegistry } from '../tools/index.ts';
import type { NewRecord } from './history/index.ts';

/** Tells clients something; who hears it is not the thread's business. */
export type Notify = <M extends ThreadNotificationMethod>(
  method: M,
  params: NotificationParamsOf<M>,
) => void;

/** The one thing a turn needs of the model client: one sampling after the other. */
export type Sampler = Pick<
  ModelClientSession,
  'stream' | 'compact' | 'setClientMetadata' | 'setWindowNumber' | 'requestInterrupt'
>;

/** Writes down what was applied in memory already. */
export type ThreadJournal = {
  /**
   * Adds the record behind all earlier ones. Resolves when it is on the disk, or when it is known, and
   * people have been told, that it cannot be saved; never rejects.
   */
  append(record: NewRecord): Promise<void>;
  /** Begins now to write what was appended; it is begun anyway when the event loop comes round. */
  commit(): void;
};

/** Everything a thread reaches out for. */
export type ThreadPorts = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly notify: Notify;
  /** What the fastest of those who are told has not taken yet; who is slower than that is not waited for. */
  readonly unreadBytes: () => number;
  /** Where the clients that listen to the thread are asked. */
  readonly clients: ClientDesk;
  /** Policy, hooks and review of the thread: who decides before people are asked. */
  readonly responders: readonly Responder[];
  /** A sampler for one turn. Resolves late on purpose: a provider may have to be started first. */
  readonly sampler: (turn: TurnContext) => Promise<Sampler>;
  readonly tools: ToolRegistry;
  /** How long people may take over an approval; silence is a no. */
  readonly approvalTimeoutMs: number;
  /** What of this machine permissions depend on. */
  readonly machine: PermissionsMachine;
  /** What was granted beyond the settings' permissions for as long as the thread is loaded. */
  readonly grants: SessionGrants;
  /** The provider named its list of models (responses §10). */
  readonly onModelsEtag: (etag: string) => void;
  readonly telemetry: SessionTelemetry;
  /** Where the thread is written down; absent for one that is not kept. */
  readonly journal: ThreadJournal | undefined;
};

/** What the turns of a thread run with. */
export type ThreadSettings = {
  readonly model: string;
  readonly modelProvider: string;
  readonly reasoningEffort: string | null;
  readonly reasoningSummary: ReasoningSummary | null;
  readonly verbosity: Verbosity | null;
  /** As it was asked for; the model decides whether it is sent. */
  readonly serviceTier: string | null;
  /** What is known of a model by now. */
  readonly factsOf: (model: string) => ModelFacts;
  readonly cwd: string;
  /** Where it works, the first one above all; none where it may not. */
  readonly environments: readonly ThreadEnvironment[];
  readonly instructions: string;
  readonly developerInstructions: string | undefined;
  /** Who asks, as the provider is told. */
  readonly threadSource: string | undefined;
  readonly features: Features;
  readonly permissions: Permissions;
};

/** How the model is asked. */
export type SamplingSettings = Pick<
  ThreadSettings,
  'model' | 'reasoningEffort' | 'reasoningSummary' | 'verbosity' | 'serviceTier'
>;

/** What the thread's file keeps of them. */
export type KeptSettings = Pick<
  ThreadSettings,
  'model' | 'reasoningEffort' | 'reasoningSummary' | 'verbosity' | 'cwd' | 'environments'
>;

/** What of the settings a client may change while the thread lives. */
export type SettingChanges = Partial<
  SamplingSettings &
    Pick<
      ThreadSettings,
      'permissions' | 'cwd' | 'environments' | 'instructions' | 'developerInstructions' | 'features'
    >
>;

export function keptSettingsOf(settings: ThreadSettings): KeptSettings {
  const { model, reasoningEffort, reasoningSummary, verbosity, cwd, environments } = settings;
  return { model, reasoningEffort, reasoningSummary, verbosity, cwd, environments };
}
