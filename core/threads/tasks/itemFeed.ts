import type { Clock, NewId } from '../../base/index.ts';
import { messageText, type ModelEvent, type ResponseItem } from '../../model/index.ts';
import type { Delegation, MessagePhase, ThreadItem, UserInput } from '../../protocol/index.ts';
import type { Notify } from '../ports.ts';

type AgentMessage = Extract<ThreadItem, { type: 'agentMessage' }>;
type Reasoning = Extract<ThreadItem, { type: 'reasoning' }>;

export type ItemFeedOptions = {
  readonly threadId: string;
  readonly turnId: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly notify: Notify;
  /** Called once for every item, when it is complete. */
  readonly onCompleted: (item: ThreadItem) => void;
};

/**
 * Shows the items of one turn to clients: started, deltas, completed, in that order and each item
 * completed exactly once, also when the stream breaks inside it (app-server §4, responses §19.7).
 */
export class ItemFeed {
  readonly #options: ItemFeedOptions;
  readonly #open = new Map<string, AgentMessage | Reasoning>();

  constructor(options: ItemFeedOptions) {
    this.#options = options;
  }

  /** What the user said to this turn: started and completed back to back. */
  userMessage(
    content: readonly UserInput[],
    clientId: string | undefined,
    delegation: Delegation | undefined,
  ): void {
    const startedAtMs = this.#options.clock.nowMs();
    const shown = content.map((part) =>
      part.type === 'text' ? { ...part, text_elements: part.text_elements ?? [] } : part,
    );
    const item: ThreadItem = {
      type: 'userMessage',
      id: this.#options.newId(),
      clientId: clientId ?? null,
      content: shown,
      startedAtMs,
      completedAtMs: null,
      ...(delegation === undefined ? {} : { delegation }),
    };
    this.#started(item, startedAtMs);
    this.#completed(item);
  }

  read(event: ModelEvent): void {
    switch (event.type) {
      case 'itemAdded':
        this.#add(event.itemId, event.item);
        return;
      case 'textDelta': {
        const { itemId, delta } = event;
        this.#options.notify('item/agentMessage/delta', { ...this.#ids(), itemId, delta });
        return;
      }
      case 'reasoningSummaryPartAdded': {
        const { itemId, summaryIndex } = event;
        this.#options.notify('item/reasoning/summaryPartAdded', {
          ...this.#ids(),
          itemId,
          summaryIndex,
        });
        return;
      }
      case 'reasoningSummaryDelta': {
        const { itemId, summaryIndex, delta } = event;
        this.#options.notify('item/reasoning/summaryTextDelta', {
          ...this.#ids(),
          itemId,
          delta,
          summaryIndex,
        });
        return;
      }
      case 'reasoningDelta': {
        const { itemId, contentIndex, delta } = event;
        this.#options.notify('item/reasoning/textDelta', {
          ...this.#ids(),
          itemId,
          delta,
          contentIndex,
        });
        return;
      }
      case 'itemDone':
        this.#finish(event.itemId, event.item, false);
        return;
      case 'itemInterrupted':
        this.#finish(event.itemId, event.item, true);
        return;
      case 'completed':
      case 'created':
      case 'modelsEtag':
      case 'rateLimits':
      case 'reasoningIncluded':
      case 'serverModel':
    }
  }

  #ids(): { readonly threadId: string; readonly turnId: string } {
    return { threadId: this.#options.threadId, turnId: this.#options.turnId };
  }

  #add(itemId: string, item: ResponseItem): void {
    const startedAtMs = this.#options.clock.nowMs();
    const shown = asThreadItem(itemId, item, startedAtMs);
    if (shown === undefined || this.#open.has(itemId)) return;
    this.#open.set(itemId, shown);
    this.#started(shown, startedAtMs);
  }

  #finish(itemId: string, item: ResponseItem, interrupted: boolean): void {
    // Some providers send only the finished item: then it starts here as well.
    this.#add(itemId, item);
    const open = this.#open.get(itemId);
    if (open === undefined) return;
    this.#open.delete(itemId);
    const shown = asThreadItem(itemId, item, open.startedAtMs ?? this.#options.clock.nowMs());
    if (shown === undefined) return;
    this.#completed(
      interrupted && shown.type === 'agentMessage' ? { ...shown, interrupted } : shown,
    );
  }

  #started(item: ThreadItem, startedAtMs: number): void {
    this.#options.notify('item/started', { ...this.#ids(), item, startedAtMs });
  }

  #completed(item: ThreadItem): void {
    const completedAtMs = this.#options.clock.nowMs();
    const done = { ...item, completedAtMs };
    this.#options.notify('item/completed', { ...this.#ids(), item: done, completedAtMs });
    this.#options.onCompleted(done);
  }
}

/** The item as clients see it; undefined for kinds that are shown in another way or not at all. */
function asThreadItem(
  itemId: string,
  item: ResponseItem,
  startedAtMs: number,
): AgentMessage | Reasoning | undefined {
  const times = { startedAtMs, completedAtMs: null };
  if (item.type === 'message') {
    return {
      type: 'agentMessage',
      id: itemId,
      text: messageText(item),
      phase: (item.phase ?? null) satisfies MessagePhase | null,
      memoryCitation: null,
      ...times,
    };
  }
  if (item.type === 'reasoning') {
    return {
      type: 'reasoning',
      id: itemId,
      summary: item.summary.map((part) => part.text),
      content: (item.content ?? []).map((part) => part.text),
      ...times,
    };
  }
  return undefined;
}
