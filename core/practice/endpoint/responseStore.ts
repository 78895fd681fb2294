import { itemForWire, itemIdOf, otherCallOf, ResponseItem } from '../../model/index.ts';
import type { ResponseObject } from './composer.ts';
import type { OutputItem } from './outputItems.ts';
import { type ApiError, type CreateRequest, ITEM_REFERENCE } from './requestBody.ts';

/** A response that can be gone on from, and the new input that led to it. */
export type StoredResponse = {
  readonly response: ResponseObject;
  readonly input: readonly ResponseItem[];
  readonly output: readonly ResponseItem[];
  readonly previousId: string | undefined;
};

export type StoreLimits = { readonly maxResponses: number; readonly maxBytes: number };

type Kept = StoredResponse & { readonly bytes: number };

/**
 * Responses by their id, as many as the limits allow; the one not used for longest leaves first. What
 * another store has besides can be reached through this one.
 */
export class ResponseStore {
  readonly #limits: StoreLimits;
  readonly #beyond: ResponseStore | undefined;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>();
  /** Which response an item belongs to, by the item's id. */
  readonly #owners = new Map<string, string>();
  #bytes = 0;

  constructor(limits: StoreLimits, beyond?: ResponseStore) {
    this.#limits = limits;
    this.#beyond = beyond;
  }

  add(stored: StoredResponse): void {
    const { response, input, output } = stored;
    const bytes = JSON.stringify([response, input.map(itemForWire)]).length;
    if (bytes > this.#limits.maxBytes) return;
    this.#kept.set(response.id, { ...stored, bytes });
    this.#bytes += bytes;
    for (const id of ownedIds(input, output)) this.#owners.set(id, response.id);
    for (const [id] of this.#kept) {
      if (this.#kept.size <= this.#limits.maxResponses && this.#bytes <= this.#limits.maxBytes) {
        return;
      }
      this.delete(id);
    }
  }

  get(id: string): StoredResponse | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined) return this.#beyond?.get(id);
    // Whatever is used moves to the end of the order.
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    return kept;
  }

  /** Whether there was one to delete. */
  delete(id: string): boolean {
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    this.#kept.delete(id);
    this.#bytes -= kept.bytes;
    for (const itemId of ownedIds(kept.input, kept.output)) {
      if (this.#owners.get(itemId) === id) this.#owners.delete(itemId);
    }
    return true;
  }

  findItem(itemId: string): ResponseItem | undefined {
    const stored = this.#kept.get(this.#owners.get(itemId) ?? '');
    const own = [...(stored?.input ?? []), ...(stored?.output ?? [])];
    return own.find((item) => itemIdOf(item) === itemId) ?? this.#beyond?.findItem(itemId);
  }

  /** Everything said up to a response, its own output included; undefined where a part is missing. */
  conversation(id: string): readonly ResponseItem[] | undefined {
    const turns: StoredResponse[] = [];
    for (let next: string | undefined = id; next !== undefined;) {
      const stored = this.get(next);
      if (stored === undefined) return undefined;
      turns.unshift(stored);
      next = stored.previousId;
    }
    return turns.flatMap(({ input, output }) => input.concat(output));
  }
}

function ownedIds(...lists: readonly (readonly ResponseItem[])[]): readonly string[] {
  return lists.flat().flatMap((item) => itemIdOf(item) ?? []);
}

/** What of a response a later request reads as input. */
export function storedOutput(output: readonly OutputItem[]): readonly ResponseItem[] {
  return output.map((item) => ResponseItem.parse(item));
}

export type ResolvedInput = {
  readonly kind: 'resolved';
  /** The new input with its ids, and with what it referred to. */
  readonly input: readonly ResponseItem[];
  /** All that the model reads: what was said before, and the new input. */
  readonly all: readonly ResponseItem[];
};

/** Looks up what a request refers to: the response it goes on from, and items by their ids. */
export function resolveInput(
  request: Pick<CreateRequest, 'input' | 'previousResponseId'>,
  store: ResponseStore,
): ResolvedInput | { readonly kind: 'missing'; readonly error: ApiError } {
  const { previousResponseId: id } = request;
  const before = id === undefined ? [] : store.conversation(id);
  if (before === undefined) {
    const message = `Previous response with id '${id?.slice(0, 80)}' not found.`;
    return notFound(400, message, 'previous_response_id', 'previous_response_not_found');
  }
  const input: ResponseItem[] = [];
  for (const [index, item] of request.input.entries()) {
    const reference = referencedId(item);
    const found = reference === undefined ? item : store.findItem(reference);
    if (found === undefined) {
      const message = `Item with id '${reference?.slice(0, 80)}' not found.`;
      return notFound(404, message, `input.${index}.id`, 'item_not_found');
    }
    input.push(found);
  }
  const all = [...before, ...input];
  const stray = outputWithoutCall(all);
  if (stray !== undefined) {
    const message = `No tool call found for the output with call_id '${stray.slice(0, 80)}'.`;
    return notFound(400, message, 'input', 'tool_call_not_found');
  }
  return { kind: 'resolved', input, all };
}

/** The `call_id` of the first output that nobody has called for. */
function outputWithoutCall(items: readonly ResponseItem[]): string | undefined {
  const called = new Set<string>();
  for (const item of items) {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') called.add(item.call_id);
    if (item.type === 'unknownItem') called.add(otherCallOf(item)?.callId ?? '');
    const isOutput =
      item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
    if (isOutput && !called.has(item.call_id)) return item.call_id;
  }
  return undefined;
}

function referencedId(item: ResponseItem): string | undefined {
  if (item.type !== 'unknownItem' || item.raw['type'] !== ITEM_REFERENCE) return undefined;
  return itemIdOf(item) ?? '';
}

function notFound(
  status: number,
  message: string,
  param: string,
  code: string,
): { readonly kind: 'missing'; readonly error: ApiError } {
  return {
    kind: 'missing',
    error: { status, message, type: 'invalid_request_error', param, code },
  };
}
