import {
  type MessageItem,
  messageText,
  type ModelEvent,
  type ResponseItem,
} from '../../../model/index.ts';
import type { NewItem } from '../../../tools/index.ts';
import type { Notify } from '../../ports.ts';
import type { TurnItems } from '../turnItems.ts';

type Shown = Extract<NewItem, { readonly type: 'agentMessage' | 'reasoning' }>;

/** An item whose answer broke inside it; what takes its place is not known yet. */
type Broken = {
  readonly shown: Shown;
  readonly item: ResponseItem;
  /** The answer is asked for again. */
  readonly isRepeated: boolean;
};

/**
 * Shows what the model says as items of the turn; each is completed also when the stream breaks inside
 * it (responses §19). One that broke stays open until it is known whether a repeat says it again: then it
 * ends for whoever is watching and the turn does not keep it. A delta costs one notification and nothing
 * more: thousands come in a second.
 */
export class ModelItems {
  readonly #items: TurnItems;
  readonly #notify: Notify;
  /** The ids that the turn shows them under: a server may use one again in its next answer. */
  readonly #ids = new Map<string, string>();
  #broken: readonly Broken[] = [];

  constructor(items: TurnItems, notify: Notify) {
    this.#items = items;
    this.#notify = notify;
  }

  read(event: ModelEvent): void {
    const { threadId, turnId } = this.#items;
    switch (event.type) {
      case 'textDelta': {
        const { delta } = event;
        const itemId = this.#idOf(event.itemId);
        this.#notify('item/agentMessage/delta', { threadId, turnId, itemId, delta });
        return;
      }
      case 'reasoningSummaryPartAdded': {
        const { summaryIndex } = event;
        const params = { threadId, turnId, itemId: this.#idOf(event.itemId), summaryIndex };
        this.#notify('item/reasoning/summaryPartAdded', params);
        return;
      }
      case 'reasoningSummaryDelta': {
        const { summaryIndex, delta } = event;
        const params = { threadId, turnId, itemId: this.#idOf(event.itemId), delta, summaryIndex };
        this.#notify('item/reasoning/summaryTextDelta', params);
        return;
      }
      case 'reasoningDelta': {
        const { contentIndex, delta } = event;
        const params = { threadId, turnId, itemId: this.#idOf(event.itemId), delta, contentIndex };
        this.#notify('item/reasoning/textDelta', params);
        return;
      }
      case 'itemAdded': {
        const itemId = this.#items.unusedId(event.itemId);
        this.#ids.set(event.itemId, itemId);
        const shown = asThreadItem(itemId, event.item);
        if (shown === undefined) return;
        this.#abandon(({ shown: { type }, isRepeated }) => isRepeated && type === shown.type);
        this.#items.start(shown);
        return;
      }
      case 'itemDone': {
        const shown = asThreadItem(this.#idOf(event.itemId), event.item);
        if (shown !== undefined) this.#items.complete(shown);
        return;
      }
      case 'itemInterrupted': {
        const { item } = event;
        const shown = asThreadItem(this.#idOf(event.itemId), item);
        if (shown === undefined) return;
        this.#broken = [...this.#broken, { shown: asBroken(shown), item, isRepeated: false }];
        return;
      }
      case 'callInputDelta':
      case 'created':
      case 'serverModel':
      case 'modelsEtag':
      case 'reasoningIncluded':
      case 'rateLimits':
      case 'completed':
    }
  }

  /** The answer is asked for again. */
  repeated(): void {
    this.#broken = this.#broken.map((broken) => ({ ...broken, isRepeated: true }));
  }

  /**
   * There is no further attempt. Completes what broke and nothing took the place of; returns the messages
   * among it, which the model should know of, too.
   */
  end(how: { readonly isWhole: boolean }): readonly MessageItem[] {
    this.#abandon(({ isRepeated }) => how.isWhole && isRepeated);
    const broken = this.#broken;
    this.#broken = [];
    for (const { shown } of broken) this.#items.complete(shown);
    return broken.flatMap(({ item }) => (item.type === 'message' ? [item] : []));
  }

  #idOf(itemId: string): string {
    return this.#ids.get(itemId) ?? itemId;
  }

  #abandon(isOver: (broken: Broken) => boolean): void {
    const over = this.#broken.filter(isOver);
    if (over.length === 0) return;
    this.#broken = this.#broken.filter((broken) => !over.includes(broken));
    for (const { shown } of over) this.#items.abandon(shown);
  }
}

function asBroken(shown: Shown): Shown {
  return shown.type === 'agentMessage' ? { ...shown, interrupted: true } : shown;
}

/** The item as clients see it; undefined for kinds that are shown in another way or not at all. */
function asThreadItem(itemId: string, item: ResponseItem): Shown | undefined {
  if (item.type === 'message') {
    return {
      type: 'agentMessage',
      id: itemId,
      text: messageText(item),
      phase: item.phase ?? null,
      memoryCitation: null,
      moderation: null,
      delivery: null,
      questions: null,
    };
  }
  if (item.type === 'reasoning') {
    return {
      type: 'reasoning',
      id: itemId,
      summary: item.summary.map((part) => part.text),
      content: (item.content ?? []).map((part) => part.text),
    };
  }
  return undefined;
}
