import { assertNever, errorText } from '../../../base/index.ts';
import { callInteractions } from '../../../interactions/index.ts';
import { retirementWords } from '../../../models/index.ts';
import {
  type ResolvedPermissions,
  resolvePermissions,
  type TurnGrants,
} from '../../../permissions/index.ts';
import type { TurnError } from '../../../protocol/index.ts';
import {
  loadTurnFileChanges,
  runCalls,
  type ToolCall,
  type ToolHost,
  type ToolList,
  type TurnFileChanges,
} from '../../../tools/index.ts';
import type { Sampler } from '../../ports.ts';
import { FileRecorder } from '../../fileHistory.ts';
import { compact, hasEarlier, isFull } from '../compaction/index.ts';
import {
  asTurnError,
  ModelItems,
  modelRequestOf,
  sample,
  type SamplingOptions,
  tierProblem,
  traceOf,
} from '../sampling/index.ts';
import type { StartTask, TaskContext, TurnInput, TurnOutcome, TurnTask } from '../task.ts';
import { CallInputs } from './callInputs.ts';
import { ChangedFiles } from './changedFiles.ts';
import {
  beginTurn,
  step,
  takesInput,
  type TurnEffect,
  type TurnFact,
  type TurnState,
  type TurnStep,
} from './turnStep.ts';
import { contextItems } from './clientContext.ts';
import { userMessage } from './userInput.ts';

/** Where a turn works nowhere. */
const NOTHING_ALLOWED: ResolvedPermissions = {
  files: { kind: 'restricted', entries: [], denyGlobs: [], protectedPaths: [] },
  network: 'restricted',
};

/** A turn that answers what the user has said. */
export function regularTurn(first: TurnInput): StartTask {
  return (context) => new RegularTurn(context, first);
}

/** Performs what `step` decides and reports what came of it; decides nothing itself. */
class RegularTurn implements TurnTask {
  readonly kind = 'regular';
  readonly #context: TaskContext;
  readonly #first: TurnInput;
  readonly #grants: TurnGrants;
  readonly #abort = new AbortController();
  readonly #over = new AbortController();
  readonly #ended = Promise.withResolvers<TurnOutcome>();
  readonly #opening: TurnStep;
  readonly #files: ChangedFiles;
  #state: TurnState;
  #sampler: Sampler | undefined;
  /** What the last request was sent with, by which its calls are run. */
  #tools: ToolList;

  constructor(context: TaskContext, first: TurnInput) {
    this.#context = context;
    this.#first = first;
    this.#grants = context.ports.grants.forTurn();
    this.#opening = beginTurn(first);
    this.#state = this.#opening.state;
    this.#files = new ChangedFiles(async () => this.#followFiles());
    this.#tools = context.ports.tools.listFor(context.settings);
  }

  join(input: TurnInput): boolean {
    if (!takesInput(this.#state)) return false;
    this.#take({ type: 'joined', input });
    return true;
  }

  requestInterrupt(): void {
    this.#take({ type: 'interruptRequested' });
  }

  async run(): Promise<TurnOutcome> {
    for (const effect of this.#opening.effects) this.#perform(effect);
    return this.#ended.promise;
  }

  #take(fact: TurnFact): void {
    const { state, effects } = step(this.#state, fact);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: TurnEffect): void {
    switch (effect.type) {
      case 'open':
        void this.#open();
        return;
      case 'readInput':
        void this.#readInput(effect.input);
        return;
      case 'setClientMetadata':
        this.#sampler?.setClientMetadata(effect.metadata);
        return;
      case 'record':
        this.#context.record({ type: 'history', items: [...effect.items] });
        return;
      case 'sample':
        if (effect.mayCompact && isFull(this.#context) && hasEarlier(this.#context)) {
          this.#take({ type: 'windowFull', round: effect.round });
        } else {
          void this.#sample(effect.round);
        }
        return;
      case 'compact':
        void this.#compact(effect.round);
        return;
      case 'askToListen':
        this.#sampler?.requestInterrupt();
        return;
      case 'runCalls':
        void this.#runCalls(effect.round, effect.calls);
        return;
      case 'abort':
        this.#abort.abort();
        return;
      case 'end':
        this.#over.abort();
        void this.#end(effect.outcome);
        return;
      default:
        assertNever(effect, 'effect of a turn');
    }
  }

  async #open(): Promise<void> {
    const { turnId, startedAtMs, settings, ports, warnOnce } = this.#context;
    const problem = tierProblem(settings, this.#first.options ?? {});
    if (problem !== undefined) warnOnce(problem);
    const { threadSource } = settings;
    try {
      this.#sampler = await ports.sampler({
        turnId,
        startedAtMs: startedAtMs(),
        trace: traceOf(this.#first.trace),
        windowNumber: this.#context.log.compactions,
        ...(threadSource !== undefined && { threadSource }),
      });
      this.#take({ type: 'opened' });
    } catch (error) {
      this.#take({ type: 'openingFailed', error: asTurnError(error) });
    }
  }

  async #readInput(input: TurnInput): Promise<void> {
    try {
      const { settings, log, ports } = this.#context;
      const message = await userMessage(input, settings.cwd);
      const context = contextItems(input.context ?? {}, log.history, ports.newId);
      this.#take({ type: 'inputRead', input, items: [...context, message] });
    } catch (error) {
      this.#take({ type: 'inputUnreadable', input, error: asTurnError(error) });
    }
  }

  async #sample(round: number): Promise<void> {
    const context = this.#context;
    this.#tools = context.ports.tools.listFor(context.settings);
    try {
      if (this.#sampler === undefined) throw new Error('There is no way to the model');
      const endTurn = await sample({
        context,
        sampler: this.#sampler,
        // The history as it stands now: what this request brings is no part of it, nor of its repeats.
        request: () =>
          modelRequestOf(
            context.settings,
            this.#first.options ?? {},
            [...context.log.history],
            this.#tools.specs,
          ),
        shown: this.#shown(),
        signal: this.#abort.signal,
        events: {
          itemDone: (item) => {
            this.#take({ type: 'itemDone', round, item });
          },
          messageInterrupted: (item) => {
            this.#take({ type: 'messageInterrupted', round, item });
          },
        },
      });
      this.#take({ type: 'sampled', round, endTurn });
    } catch (error) {
      this.#take({ type: 'samplingFailed', round, error: this.#asTurnError(error) });
    }
  }

  /** Where an answer is shown, what its calls are called with included. */
  #shown(): SamplingOptions['shown'] {
    const { items, ports } = this.#context;
    const shown = new ModelItems(items, ports.notify);
    const inputs = new CallInputs(this.#tools, items, ports.clock);
    return {
      read: (event) => {
        shown.read(event);
        inputs.read(event);
      },
      repeated: () => {
        shown.repeated();
      },
      end: (how) => shown.end(how),
    };
  }

  async #compact(round: number): Promise<void> {
    if (!hasEarlier(this.#context)) {
      this.#take({ type: 'compactionFailed', round });
      return;
    }
    try {
      if (this.#sampler === undefined) throw new Error('There is no way to the model');
      await compact({
        context: this.#context,
        sampler: this.#sampler,
        tools: this.#tools,
        signal: this.#abort.signal,
        purpose: {
          trigger: 'auto',
          reason: 'context_limit',
          phase: round === 1 ? 'pre_turn' : 'mid_turn',
        },
      });
      this.#take({ type: 'compacted', round, isStillFull: isFull(this.#context) });
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        const { threadId, ports } = this.#context;
        const message = `The earlier conversation could not be summarised: ${errorText(error)}`;
        ports.notify('warning', { threadId, message });
      }
      this.#take({ type: 'compactionFailed', round });
    }
  }

  async #runCalls(round: number, calls: readonly ToolCall[]): Promise<void> {
    const outputs = await runCalls(this.#tools, calls, this.#toolHost());
    // A command may have changed what a patch had changed before.
    await this.#files.look?.();
    this.#take({ type: 'called', round, outputs });
  }

  async #end(outcome: TurnOutcome): Promise<void> {
    await this.#files.look?.();
    this.#ended.resolve(outcome);
  }

  async #followFiles(): Promise<TurnFileChanges> {
    const { threadId, turnId, settings, ports, record } = this.#context;
    const recorder = new FileRecorder();
    return loadTurnFileChanges({
      folder: settings.cwd,
      tellDiff: (diff) => {
        ports.notify('turn/diff/updated', { threadId, turnId, diff });
      },
      keep: async (files) => {
        record(recorder.recordOf(turnId, files));
      },
    });
  }

  /** A model that is not there may be one whose end was announced: then with what to set instead. */
  #asTurnError(thrown: unknown): TurnError {
    const error = asTurnError(thrown);
    if (error.codexErrorInfo !== 'modelNotFound') return error;
    const { settings, ports } = this.#context;
    const { retirement } = settings.factsOf(settings.model);
    if (retirement === undefined) return error;
    const end = retirementWords(retirement, 'text', ports.clock.nowMs());
    return { ...error, message: `${error.message} ${end}` };
  }

  #toolHost(): ToolHost {
    const { threadId, turnId, settings, ports, items, interactions, record, warnOnce } =
      this.#context;
    const { clock, notify } = ports;
    const [environment] = settings.environments;
    return {
      clock,
      turn: { stopped: this.#abort.signal, over: this.#over.signal },
      isParallel: settings.factsOf(settings.model).supportsParallelToolCalls,
      environment,
      permissions: () =>
        environment === undefined
          ? NOTHING_ALLOWED
          : this.#grants.over(resolvePermissions(settings.permissions, environment, ports.machine)),
      grant: (grant, scope) => {
        this.#grants.add(grant, scope);
      },
      approvalPolicy: settings.permissions.approvalPolicy,
      fileChanges: this.#files,
      items,
      showPlan: (explanation, steps) => {
        const plan = [...steps];
        record({ type: 'plan', turnId, explanation, plan });
        notify('turn/plan/updated', { threadId, turnId, explanation, plan });
      },
      interactionsOf: (itemId, signal) =>
        callInteractions({
          interactions,
          clock,
          turnId,
          itemId,
          signal,
          approvalTimeoutMs: ports.approvalTimeoutMs,
          interrupt: () => {
            this.requestInterrupt();
          },
        }),
      onMissing: (name) => {
        // Its output tells the model; without this nobody else would know (responses §19).
        warnOnce(`The model called a tool named ${name}, which there is not.`);
      },
    };
  }
}
