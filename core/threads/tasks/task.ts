import type {
  AdditionalContext,
  Delegation,
  ThreadEnvironment,
  TraceContext,
  TurnError,
  UnsteerableKind,
  UserInput,
} from '../../protocol/index.ts';
import type { Interactions } from '../../interactions/index.ts';
import type { ConversationLog, NewRecord } from '../history/index.ts';
import type { ThreadPorts, ThreadSettings } from '../ports.ts';
import type { TurnItems } from './turnItems.ts';

export type ClientMetadata = Readonly<Record<string, string>>;

/** What holds for one turn alone. */
export type TurnOptions = {
  /** A JSON Schema the final answer has to fit. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** In place of the thread's. */
  readonly serviceTier?: string;
  /** In place of the thread's; none where the turn may work nowhere. */
  readonly environments?: readonly ThreadEnvironment[];
};

/** What starts a turn, or joins a running one. */
export type TurnInput = {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId?: string;
  readonly delegation?: Delegation;
  /** What the model is told instead of `input`, where the two differ. */
  readonly modelText?: string;
  /** Notes for the model that stand before this input. */
  readonly notes?: readonly string[];
  /** What the client has the model know before this input. */
  readonly context?: AdditionalContext;
  /** For the provider; takes the place of what came with earlier input of the same turn. */
  readonly clientMetadata?: ClientMetadata;
  /** The same, but added to it. */
  readonly clientMetadataPatch?: ClientMetadata;
  /** The caller's trace; counts where the input starts a turn. */
  readonly trace?: TraceContext;
  /** Count where the input starts a turn. */
  readonly options?: TurnOptions;
};

/** How a turn ended. */
export type TurnOutcome =
  | { readonly status: 'completed' }
  | { readonly status: 'interrupted' }
  | { readonly status: 'failed'; readonly error: TurnError };

/**
 * Work that a thread does as a turn: answering its user, and whatever else takes a while and changes
 * the conversation. The thread announces, records and ends the turn; the task does what lies between.
 */
export interface TurnTask {
  readonly kind: string;
  /** What clients know it as where it takes no words by its nature (app-server §3). */
  readonly unsteerable?: UnsteerableKind;
  /**
   * More from the user while it runs. True when the task will tell the model, whatever happens; false
   * when it takes nothing, or nothing more: then the words start the next turn.
   */
  join(input: TurnInput): boolean;
  /** Asks it to come to its end soon; may be called at any time and more than once. */
  requestInterrupt(): void;
  /** Called once. Runs to the end and says how it ended; never rejects. */
  run(): Promise<TurnOutcome>;
}

/** What the thread lends to a task for its turn. */
export type TaskContext = {
  readonly threadId: string;
  readonly turnId: string;
  /** When the turn began; the time now while it waits. */
  readonly startedAtMs: () => number;
  readonly settings: ThreadSettings;
  readonly ports: ThreadPorts;
  readonly log: Pick<ConversationLog, 'history' | 'usage' | 'contextTokens' | 'compactions'>;
  readonly interactions: Interactions;
  /** What the turn shows; left open, it is completed at the end of the turn. */
  readonly items: TurnItems;
  /** Writes down, in the order of the calls. */
  readonly record: (record: NewRecord) => void;
  /** Tells people something they should hear once in a thread, not with every turn. */
  readonly warnOnce: (message: string) => void;
};

/** Makes the task of a turn that is about to start. */
export type StartTask = (context: TaskContext) => TurnTask;
