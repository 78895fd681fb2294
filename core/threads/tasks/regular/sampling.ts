import { mergeRateLimits, type MessageItem, type ModelEvent } from '../../../model/index.ts';
import type { RateLimitSnapshot, TokenUsage } from '../../../protocol/index.ts';
import type { ToolList } from '../../../tools/index.ts';
import { addUsage } from '../../history/index.ts';
import type { Sampler } from '../../ports.ts';
import { ReaderPace } from '../../readerPace.ts';
import type { TaskContext, TurnOptions } from '../task.ts';
import { ModelItems } from './modelItems.ts';
import { modelRequestOf } from './modelRequest.ts';
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
  readonly turnOptions: TurnOptions;
  readonly tools: ToolList;
  readonly signal: AbortSignal;
  readonly events: SamplingEvents;
};

/**
 * Asks the model once, with the history as it stands. Shows what comes, counts what it cost, and
 * resolves with whether the model has ended its turn, where it says so. Rejects as `Sampler.stream` does.
 */
export async function sample(options: SamplingOptions): Promise<boolean | undefined> {
  const { context, sampler, turnOptions, tools, signal, events } = options;
  const { threadId, turnId, settings, ports, log } = context;
  const items = new ModelItems(context.items, ports.notify);
  const watch = ports.telemetry.sampling(turnId, settings.model);
  // Making the request takes the time that the disk needs, and more must not be told before that is over.
  ports.journal?.commit();
  const stream = sampler.stream(
    // The history as it stands now: what this request brings is no part of it, nor of its repeats.
    modelRequestOf(settings, turnOptions, [...log.history], tools.specs),
    {
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
    },
  );
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

function countUsage(context: TaskContext, last: TokenUsage): void {
  const { threadId, turnId, settings, ports, log, record } = context;
  const total = addUsage(log.usage, last);
  record({ type: 'tokenUsage', total });
  const { contextWindow } = settings.factsOf(settings.model);
  const modelContextWindow = contextWindow === null ? null : usableOf(contextWindow);
  const tokenUsage = { total, last, modelContextWindow };
  ports.notify('thread/tokenUsage/updated', { threadId, turnId, tokenUsage });
}
