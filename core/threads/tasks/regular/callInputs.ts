import type { Clock } from '../../../base/index.ts';
import type { ModelEvent } from '../../../model/index.ts';
import type { InputWatcher, ToolList } from '../../../tools/index.ts';
import type { TurnItems } from '../turnItems.ts';
import { asCall } from './calls.ts';

/** Lets tools see what they are called with while the model writes it. */
export class CallInputs {
  readonly #tools: ToolList;
  readonly #items: Pick<TurnItems, 'delta'>;
  readonly #clock: Clock;
  readonly #watchers = new Map<string, InputWatcher>();

  constructor(tools: ToolList, items: Pick<TurnItems, 'delta'>, clock: Clock) {
    this.#tools = tools;
    this.#items = items;
    this.#clock = clock;
  }

  read(event: ModelEvent): void {
    switch (event.type) {
      case 'itemAdded':
        this.#watch(event);
        return;
      case 'callInputDelta':
        this.#watchers.get(event.itemId)?.take(event.delta);
        return;
      case 'itemDone':
        this.#watchers.get(event.itemId)?.end();
        this.#watchers.delete(event.itemId);
        return;
      case 'itemInterrupted':
        this.#watchers.delete(event.itemId);
        return;
      case 'created':
      case 'textDelta':
      case 'reasoningSummaryPartAdded':
      case 'reasoningSummaryDelta':
      case 'reasoningDelta':
      case 'serverModel':
      case 'modelsEtag':
      case 'reasoningIncluded':
      case 'rateLimits':
      case 'completed':
    }
  }

  #watch({ itemId, item }: Extract<ModelEvent, { readonly type: 'itemAdded' }>): void {
    const call = asCall(item);
    if (call === undefined) return;
    const watcher = this.#tools.find(call)?.watchInput?.({
      clock: this.#clock,
      delta: (method, fields) => {
        this.#items.delta(method, call.callId, fields);
      },
    });
    if (watcher !== undefined) this.#watchers.set(itemId, watcher);
  }
}
