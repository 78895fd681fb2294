import { errorText } from '../../../base/index.ts';
import { callInteractions, type Interactions } from '../../../interactions/index.ts';
import {
  mergeRateLimits,
  type MessageItem,
  ModelError,
  type ModelEvent,
  type ResponseItem,
  textMessage,
} from '../../../model/index.ts';
import type {
  Delegation,
  PlanStep,
  RateLimitSnapshot,
  TraceContext,
  Turn,
  TurnError,
  TurnStatus,
  UserInput,
} from '../../../protocol/index.ts';
import { asCall, type Call, outputOf } from './calls.ts';
import { addUsage, type ConversationLog, type ThreadRecord } from '../../history/index.ts';
import { ItemFeed } from '../itemFeed.ts';
import { modelRequestOf, tierTrouble, type TurnWishes } from './modelRequest.ts';
import type { Sampler, ThreadPorts, ThreadSettings } from '../../ports.ts';
import { isSameModel } from './servedModel.ts';
import { traceOf } from './trace.ts';
import { userMessage } from './userInput.ts';

/** What starts a turn, or joins a running one. */
export type TurnInput = {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId?: string;
  readonly delegation?: Delegation;
  /** What the model is told instead of `input`, where the two differ. */
  readonly modelText?: string;
  /** Notes for the model that stand before this input. */
  readonly notes?: readonly string[];
  /** For the provider; takes the place of what came with earlier input of the same turn. */
  readonly clientMetadata?: ClientMetadata;
  /** The same, but added to it. */
  readonly clientMetadataPatch?: ClientMetadata;
  /** The caller's trace; counts where the input starts a turn. */
  readonly trace?: TraceContext;
  /** Count where the input starts a turn. */
  readonly wishes?: TurnWishes;
};

type ClientMetadata = Readonly<Record<string, string>>;

export type RegularTurnOptions = {
  readonly threadId: string;
  readonly turnId: string;
  readonly first: TurnInput;
  readonly settings: ThreadSettings;
  readonly ports: ThreadPorts;
  readonly log: ConversationLog;
  readonly interactions: Interactions;
  readonly record: (record: ThreadRecord) => void;
  readonly onAgentMessage: (text: string) => void;
  /** Tells people something they should hear once in a thread, not with every turn. */
  readonly warnOnce: (message: string) => void;
};

const STOPPED_NOTE =
  'The user stopped this turn before it was finished. What is above may be incomplete.';
const ABORTED_OUTPUT = 'Stopped by the user before it finished.';
const FAILED_OUTPUT = 'Not run, because the answer that asked for it failed.';

/**
 * One turn: asks the model, shows what it says, runs the tools it calls, and asks again until it is
 * done. Ends exactly once; every item it showed is completed, every call it got has an output.
 */
export class RegularTurn {
  readonly turnId: string;
  readonly delegation: Delegation | undefined;
  readonly #options: RegularTurnOptions;
  readonly #feed: ItemFeed;
  readonly #abort = new AbortController();
  readonly #joined: TurnInput[] = [];
  readonly #startedAtMs: number;
  #lastMessage: Turn['items'][number] | undefined;
  #ended = false;
  /** Calls the history knows of and that have no output yet. */
  #calls: Call[] = [];
  /** What the model had begun to say when the stream ended; a repeat says it again, an end keeps it. */
  #begun: MessageItem[] = [];
  #sampler: Sampler | undefined;
  #clientMetadata: ClientMetadata | undefined;

  constructor(options: RegularTurnOptions) {
    const { threadId, turnId, ports } = options;
    this.#options = options;
    this.turnId = turnId;
    this.delegation = options.first.delegation;
    this.#startedAtMs = ports.clock.nowMs();
    this.#feed = new ItemFeed({
      threadId,
      turnId,
      clock: ports.clock,
      newId: ports.newId,
      notify: ports.notify,
      onCompleted: (item) => {
        options.record({ type: 'item', turnId, item });
        if (item.type !== 'agentMessage') return;
        this.#lastMessage = item;
        if (item.text.trim() !== '' && item.interrupted !== true) options.onAgentMessage(item.text);
      },
    });
  }

  /** The turn as it stands; without items, as `turn/start` and `turn/started` show it. */
  describe(status: TurnStatus, error: TurnError | null = null): Turn {
    const running = status === 'inProgress';
    const nowMs = this.#options.ports.clock.nowMs();
    const items = running || this.#lastMessage === undefined ? [] : [this.#lastMessage];
    return {
      id: this.turnId,
      rootTurnId: this.turnId,
      items,
      itemsView: items.length === 0 ? 'notLoaded' : 'summary',
      status,
      error,
      startedAt: seconds(this.#startedAtMs),
      completedAt: running ? null : seconds(nowMs),
      durationMs: running ? null : nowMs - this.#startedAtMs,
      ...(this.delegation === undefined ? {} : { delegation: this.delegation }),
    };
  }

  /**
   * More from the user while the turn runs: told to the model with its next request. False when the
   * turn has come to its end already and takes nothing more.
   */
  join(input: TurnInput): boolean {
    if (this.#ended) return false;
    this.#joined.push(input);
    this.#sampler?.requestInterrupt();
    return true;
  }

  /** True from the moment on that it takes nothing more. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Shows what the user said in this turn to clients. */
  show(input: TurnInput): void {
    this.#feed.userMessage(input.input, input.clientUserMessageId, input.delegation);
  }

  interrupt(): void {
    this.#abort.abort();
  }

  /** Runs to the end and says how it ended; never throws. */
  async run(): Promise<Turn> {
    this.show(this.#options.first);
    this.#joined.unshift(this.#options.first);
    try {
      const sampler = await this.#startSampler();
      let more = true;
      while (more) {
        this.#abort.signal.throwIfAborted();
        await this.#tellJoined();
        more = (await this.#sample(sampler)) || this.#joined.length > 0;
      }
      this.#ended = true;
      return this.describe('completed');
    } catch (error) {
      this.#tellBegun();
      this.#leaveCalls(this.#abort.signal.aborted ? ABORTED_OUTPUT : FAILED_OUTPUT);
      await this.#tellRest();
      this.#ended = true;
      if (this.#abort.signal.aborted) return this.#stopped();
      return this.describe('failed', asTurnError(error));
    }
  }

  async #startSampler(): Promise<Sampler> {
    const { ports, settings, first } = this.#options;
    const trouble = tierTrouble(settings, first.wishes ?? {});
    if (trouble !== undefined) this.#options.warnOnce(trouble);
    const { threadSource } = settings;
    this.#sampler = await ports.sampler({
      turnId: this.turnId,
      startedAtMs: this.#startedAtMs,
      trace: traceOf(first.trace),
      ...(threadSource !== undefined && { threadSource }),
    });
    return this.#sampler;
  }

  #takeMetadata({ clientMetadata, clientMetadataPatch }: TurnInput): void {
    if (clientMetadata === undefined && clientMetadataPatch === undefined) return;
    this.#clientMetadata = { ...(clientMetadata ?? this.#clientMetadata), ...clientMetadataPatch };
    this.#sampler?.setClientMetadata(this.#clientMetadata);
  }

  async #tellJoined(): Promise<void> {
    for (let next = this.#joined.shift(); next !== undefined; next = this.#joined.shift()) {
      this.#takeMetadata(next);
      const notes = (next.notes ?? []).map((note) => textMessage('developer', note));
      const message =
        next.modelText === undefined
          ? await userMessage(next.input, this.#options.settings.cwd)
          : textMessage('user', next.modelText);
      this.#tell([...notes, message]);
    }
  }

  /** What was shown belongs into the history, also where the turn ended before it could be asked. */
  async #tellRest(): Promise<void> {
    while (this.#joined.length > 0) {
      try {
        await this.#tellJoined();
      } catch {
        // An input that cannot be read may be what failed the turn; those behind it are still told.
      }
    }
  }

  /** One request; true when the model has to be asked again. */
  async #sample(sampler: Sampler): Promise<boolean> {
    const { settings, ports, log, first } = this.#options;
    let endTurn: boolean | undefined;
    const watch = ports.telemetry.sampling(this.turnId, settings.model);
    const stream = sampler.stream(
      // The history as it stands now: what this request brings is no part of it, nor of its repeats.
      modelRequestOf(settings, first.wishes ?? {}, [...log.history], ports.tools.specs),
      {
        signal: this.#abort.signal,
        onNotice: (message) => {
          ports.notify('warning', { threadId: this.#options.threadId, message });
        },
        onRetry: ({ message, error }) => {
          this.#begun = [];
          watch.retried();
          this.#notifyError(
            {
              message,
              codexErrorInfo: {
                responseStreamDisconnected: { httpStatusCode: error.httpStatus ?? null },
              },
              additionalDetails: error.message,
            },
            true,
          );
        },
      },
    );
    // The last word on each bucket, told once however the answer ends.
    const limits = new Map<string, RateLimitSnapshot>();
    try {
      for await (const event of stream) {
        this.#feed.read(event);
        this.#notice(event);
        watch.take(event);
        if (event.type === 'itemDone') {
          this.#tell([event.item]);
          const call = asCall(event.item);
          if (call !== undefined) this.#calls.push(call);
        } else if (event.type === 'itemInterrupted') {
          // What was said before the end stays said: the model should know it, too (responses §19.6).
          if (event.item.type === 'message') this.#begun.push(event.item);
        } else if (event.type === 'rateLimits') {
          const { snapshot } = event;
          const { limitId } = snapshot;
          limits.set(limitId, mergeRateLimits(limits.get(limitId), snapshot));
        } else if (event.type === 'completed') {
          this.#tellBegun();
          endTurn = event.endTurn;
          if (event.usage !== undefined) this.#countUsage(event.usage);
        }
      }
      watch.ended();
    } catch (error) {
      watch.ended({ error });
      throw error;
    } finally {
      for (const rateLimits of limits.values()) {
        ports.notify('account/rateLimits/updated', { rateLimits });
      }
    }
    const hasCalls = this.#calls.length > 0;
    if (hasCalls) await this.#runCalls(this.#calls);
    return hasCalls || endTurn === false;
  }

  #tellBegun(): void {
    if (this.#begun.length > 0) this.#tell(this.#begun);
    this.#begun = [];
  }

  /** What the provider says about itself beside the answer. */
  #notice(event: ModelEvent): void {
    const { settings, ports, warnOnce } = this.#options;
    if (event.type === 'modelsEtag') ports.onModelsEtag(event.etag);
    if (event.type === 'serverModel' && !isSameModel(settings.model, event.model)) {
      warnOnce(
        `The provider answers with the model ${event.model}, although ${settings.model} was asked for.`,
      );
    }
  }

  /** Answers what will not be run, because a call without an output makes the history invalid. */
  #leaveCalls(output: string): void {
    if (this.#calls.length > 0) this.#tell(this.#calls.map((call) => outputOf(call, output)));
    this.#calls = [];
  }

  async #runCalls(calls: readonly Call[]): Promise<void> {
    const { threadId, ports, interactions } = this.#options;
    const { tools, notify, clock } = ports;
    const { turnId } = this;
    const { signal } = this.#abort;
    const stopped = new Promise<string>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(ABORTED_OUTPUT);
      });
    });
    const showPlan = (explanation: string | null, plan: readonly PlanStep[]): void => {
      notify('turn/plan/updated', { threadId, turnId, explanation, plan: [...plan] });
    };
    const outputs = await Promise.all(
      calls.map(async ({ callId, name, input }) => {
        if (tools.specs.every((spec) => spec.name !== name)) {
          // Its output tells the model; without this nobody else would know (responses §19.21).
          this.#options.warnOnce(`The model called a tool named ${name}, which there is not.`);
        }
        const asking = callInteractions({
          interactions,
          clock,
          turnId,
          itemId: callId,
          signal,
          interrupt: () => {
            this.interrupt();
          },
        });
        return Promise.race([tools.run(name, input, { signal, showPlan, ...asking }), stopped]);
      }),
    );
    this.#tell(calls.map((call, index) => outputOf(call, outputs[index] ?? ABORTED_OUTPUT)));
    this.#calls = [];
  }

  #stopped(): Turn {
    this.#tell([textMessage('developer', STOPPED_NOTE)]);
    return this.describe('interrupted');
  }

  #countUsage(last: Parameters<typeof addUsage>[1]): void {
    const { threadId, log, settings, ports, record } = this.#options;
    const total = addUsage(log.usage, last);
    record({ type: 'tokenUsage', total });
    ports.notify('thread/tokenUsage/updated', {
      threadId,
      turnId: this.turnId,
      tokenUsage: {
        total,
        last,
        modelContextWindow: settings.factsOf(settings.model).contextWindow,
      },
    });
  }

  #notifyError(error: TurnError, willRetry: boolean): void {
    const { threadId, ports } = this.#options;
    ports.notify('error', { error, willRetry, threadId, turnId: this.turnId });
  }

  #tell(items: readonly ResponseItem[]): void {
    this.#options.record({ type: 'history', items: [...items] });
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

function asTurnError(error: unknown): TurnError {
  if (error instanceof ModelError) {
    return {
      message: error.message,
      codexErrorInfo: error.info,
      additionalDetails: error.details ?? null,
    };
  }
  return { message: errorText(error), codexErrorInfo: 'other', additionalDetails: null };
}
