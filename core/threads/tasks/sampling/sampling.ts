import {
  mergeRateLimits,
  type MessageItem,
  type ModelEvent,
  type ModelRequest,
} from '../../../model/index.ts';
import type { RateLimitSnapshot, TokenUsage } from '../../../protocol/index.ts';
import { addUsage, NO_USAGE } from '../../history/index.ts';
import type { Sampler } from '../../ports.ts';
import { ReaderPace } from '../../readerPace.ts';
import type { TaskContext } from '../task.ts';
import type { ModelItems } from './modelItems.ts';
import { isSameModel } from './servedModel.ts';

/** What a sampling says that the turn goes by. */
export type SamplingEvents = {
  itemDone(item: Extract<ModelEvent, { readonly type: 'itemDone' }>['item']): void;
  /** The model had begun to say this when its answer ended, and has not said it again. */
  messageInterrupted(item: MessageItem): void;
};

export type SamplingOptions = {
  readonly context: TaskContext;
  readonly sampler: Sampler;
  /** Made when what was recorded so far is on its way to the disk. */
  readonly request: () => ModelRequest;
  /** Where what comes is shown. */
  readonly shown: Pick<ModelItems, 'read' | 'repeated' | 'end'>;
  readonly signal: AbortSignal;
  readonly events: SamplingEvents;
};

/** For what the model says to the program and not to people. */
export const UNSHOWN: SamplingOptions['shown'] = {
  read: () => undefined,
  repeated: () => undefined,
  end: () => [],
};

/**
 * Asks the model once. Shows what comes, counts what it cost, and resolves with whether the model has ended
 * its turn, where it says so. Rejects as `Sampler.stream` does.
 */
export async function sample(options: SamplingOptions): Promise<boolean | undefined> {
  const { context, sampler, shown: items, signal, events } = options;
  const { threadId, turnId, settings, ports } = context;
  const watch = ports.telemetry.sampling(turnId, settings.model);
  // Making the request takes the time that the disk needs, and more must not be told before that is over.
  ports.journal?.commit();
  const stream = sampler.stream(options.request(), {
    signal,
    onNotice: (message) => {
      ports.notify('warning', { threadId, message });
    },
    onRetry: ({ message, error, isNews }) => {
      items.repeated();
      watch.retried();
      if (!isNews) return;
      const httpStatusCode = error.httpStatus ?? null;
      ports.notify('error', {
        error: {
          message,
          codexErrorInfo: { responseStreamDisconnected: { httpStatusCode } },
          additionalDetails: error.message,
        },
        willRetry: true,
        threadId,
        turnId,
      });
    },
  });
  // The last word on each bucket, told once however the answer ends.
  const limits = new Map<string, RateLimitSnapshot>();
  let endTurn: boolean | undefined;
  const pace = new ReaderPace(ports, signal);
  try {
    for await (const event of stream) {
      items.read(event);
      watch.take(event);
      switch (event.type) {
        case 'itemDone':
          events.itemDone(event.item);
          break;
        case 'rateLimits': {
          const { limitId } = event.snapshot;
          limits.set(limitId, mergeRateLimits(limits.get(limitId), event.snapshot));
          break;
        }
        case 'serverModel':
          warnOfOtherModel(context, event.model);
          break;
        case 'modelsEtag':
          ports.onModelsEtag(event.etag);
          break;
        case 'completed':
          ({ endTurn } = event);
          if (event.usage !== undefined) countUsage(context, event.usage);
          break;
        case 'textDelta':
        case 'reasoningSummaryPartAdded':
        case 'reasoningSummaryDelta':
        case 'reasoningDelta':
        case 'callInputDelta':
        case 'created':
        case 'itemAdded':
        case 'itemInterrupted':
        case 'reasoningIncluded':
      }
      const pause = pace.pause();
      if (pause !== undefined) await pause;
    }
    for (const item of items.end({ isWhole: true })) events.messageInterrupted(item);
    watch.ended();
  } catch (error) {
    for (const item of items.end({ isWhole: false })) events.messageInterrupted(item);
    watch.ended({ error });
    throw error;
  } finally {
    for (const rateLimits of limits.values()) {
      ports.notify('account/rateLimits/updated', { rateLimits });
    }
  }
  return endTurn;
}

function warnOfOtherModel({ settings, warnOnce }: TaskContext, model: string): void {
  if (isSameModel(settings.model, model)) return;
  warnOnce(
    `The provider answers with the model ${model}, although ${settings.model} was asked for.`,
  );
}

/** What is told of a model's window: the rest is left for its answer (responses §9.4). */
const usableOf = (contextWindow: number): number => Math.floor(contextWindow * 0.95);

/** Adds what a sampling used; `last` says how full the model's window is after it. */
export function countUsage(context: TaskContext, last: TokenUsage): void {
  tellUsage(context, { last, total: addUsage(context.log.usage, last) });
}

/** The history is a shorter one now, by an estimate: nobody has counted it. */
export function recountContext(context: TaskContext, totalTokens: number): void {
  const last = { ...NO_USAGE, totalTokens };
  tellUsage(context, { last, total: context.log.usage });
}

function tellUsage(
  context: TaskContext,
  { last, total }: { readonly last: TokenUsage; readonly total: TokenUsage },
): void {
  const { threadId, turnId, settings, ports, record } = context;
  record({ type: 'tokenUsage', total, last });
  const { contextWindow } = settings.factsOf(settings.model);
  const modelContextWindow = contextWindow === null ? null : usableOf(contextWindow);
  const tokenUsage = { total, last, modelContextWindow };
  ports.notify('thread/tokenUsage/updated', { threadId, turnId, tokenUsage });
}
