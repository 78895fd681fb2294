import { messageText, type ModelEvent, type ResponseItem } from '../../../model/index.ts';
import type { NewItem } from '../../../tools/index.ts';
import type { Notify } from '../../ports.ts';
import type { TurnItems } from '../turnItems.ts';

/**
 * Shows what the model says as items of the turn; each is completed also when the stream breaks inside
 * it (responses §19). A delta costs one notification and nothing more: thousands come in a second.
 */
export class ModelItems {
  readonly #items: TurnItems;
  readonly #notify: Notify;

  constructor(items: TurnItems, notify: Notify) {
    this.#items = items;
    this.#notify = notify;
  }

  read(event: ModelEvent): void {
    const { threadId, turnId } = this.#items;
    switch (event.type) {
      case 'textDelta': {
        const { itemId, delta } = event;
        this.#notify('item/agentMessage/delta', { threadId, turnId, itemId, delta });
        return;
      }
      case 'reasoningSummaryPartAdded': {
        const { itemId, summaryIndex } = event;
        const params = { threadId, turnId, itemId, summaryIndex };
        this.#notify('item/reasoning/summaryPartAdded', params);
        return;
      }
      case 'reasoningSummaryDelta': {
        const { itemId, summaryIndex, delta } = event;
        const params = { threadId, turnId, itemId, delta, summaryIndex };
        this.#notify('item/reasoning/summaryTextDelta', params);
        return;
      }
      case 'reasoningDelta': {
        const { itemId, contentIndex, delta } = event;
        const params = { threadId, turnId, itemId, delta, contentIndex };
        this.#notify('item/reasoning/textDelta', params);
        return;
      }
      case 'itemAdded':
        this.#start(event.itemId, event.item);
        return;
      case 'itemDone':
        this.#complete(event.itemId, event.item, false);
        return;
      case 'itemInterrupted':
        this.#complete(event.itemId, event.item, true);
        return;
      case 'created':
      case 'serverModel':
      case 'modelsEtag':
      case 'reasoningIncluded':
      case 'rateLimits':
      case 'completed':
    }
  }

  #start(itemId: string, item: ResponseItem): void {
    const shown = asThreadItem(itemId, item);
    if (shown !== undefined && !this.#items.isOpen(itemId)) this.#items.start(shown);
  }

  #complete(itemId: string, item: ResponseItem, interrupted: boolean): void {
    // Some providers send only the finished item: then it starts here as well.
    this.#start(itemId, item);
    const shown = asThreadItem(itemId, item);
    if (shown === undefined) return;
    this.#items.complete(
      interrupted && shown.type === 'agentMessage' ? { ...shown, interrupted } : shown,
    );
  }
}

/** The item as clients see it; undefined for kinds that are shown in another way or not at all. */
function asThreadItem(itemId: string, item: ResponseItem): NewItem | undefined {
  if (item.type === 'message') {
    return {
      type: 'agentMessage',
      id: itemId,
      text: messageText(item),
      phase: item.phase ?? null,
      memoryCitation: null,
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
