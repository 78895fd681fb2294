import { assertNever, textHead } from '../../base/index.ts';
import type { TextModelOutput } from '../model/index.ts';
import {
  CALL_TELLINGS,
  type CallOutput,
  CHARACTERS_PER_TOKEN,
  estimateTokens,
  itemOf,
  type ItemStatus,
  type OpenItem,
  type OutputItem,
  partOf,
  TELLINGS,
} from './outputItems.ts';

export type ResponsesEvent = {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
};

/** A response as it goes over the wire. */
export type ResponseObject = {
  readonly id: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly [field: string]: unknown;
};

type Failure = { readonly code: string; readonly message: string };

export type ComposerOptions = {
  readonly newId: (prefix: string) => string;
  readonly nowMs: () => number;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** Fields of the request that the response repeats. */
  readonly echo: Readonly<Record<string, unknown>>;
};

/**
 * Turns what a model does into the events of one response, each in its place: everything that is
 * added is done, and the last event says how it ended.
 */
export class ResponseComposer {
  readonly id: string;
  readonly #options: ComposerOptions;
  readonly #createdAt: number;
  readonly #output: OutputItem[] = [];
  #outputTokens = 0;
  #reasoningTokens = 0;
  #open: OpenItem | undefined;
  #phase: string | undefined;
  #sequence = 0;
  #isFull = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    this.id = options.newId('resp');
    this.#createdAt = this.#nowSeconds();
  }

  /** The tokens of the response are used up; nothing more is added. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** What was written so far, whole items alone. */
  get output(): readonly OutputItem[] {
    return this.#output;
  }

  begin(): ResponsesEvent[] {
    const response = this.#response('in_progress');
    return [
      this.#event('response.created', { response }),
      this.#event('response.in_progress', { response }),
    ];
  }

  /** Adds what the model did; `fail` and `cut` are ends and not for here. */
  add(output: Exclude<TextModelOutput, { type: 'fail' | 'cut' }>): ResponsesEvent[] {
    if (this.#isFull) return [];
    switch (output.type) {
      case 'newMessage': {
        const events = this.#closeItem('completed');
        this.#phase = output.phase;
        return events;
      }
      case 'text':
        return this.#append('message', output.delta);
      case 'reasoning':
        return this.#append('reasoning', output.delta);
      case 'call':
        return this.#addCall(output, output.arguments);
      case 'customCall':
        return this.#addCall(output, output.input);
      default:
        return assertNever(output, 'model output');
    }
  }

  /** The end of what the model had to say, or of the tokens it had for that. */
  complete(): { readonly response: ResponseObject; readonly events: ResponsesEvent[] } {
    const events = this.#closeItem(this.#isFull ? 'incomplete' : 'completed');
    const response = this.#isFull
      ? {
          ...this.#response('incomplete'),
          incomplete_details: { reason: 'max_output_tokens' },
          usage: this.#usage(),
        }
      : {
          ...this.#response('completed'),
          completed_at: this.#nowSeconds(),
          usage: this.#usage(),
        };
    return {
      response,
      events: [...events, this.#event(`response.${response.status}`, { response })],
    };
  }

  fail(failure: Failure): ResponsesEvent[] {
    const events = this.#closeItem('incomplete');
    const response = { ...this.#response('failed'), error: failure, usage: this.#usage() };
    return [...events, this.#event('response.failed', { response })];
  }

  #append(kind: OpenItem['kind'], delta: string): ResponsesEvent[] {
    const continued = this.#open?.kind === kind ? this.#open : undefined;
    const closing = continued === undefined ? this.#closeItem('completed') : [];
    const fitting = this.#fit(continued?.text ?? '', delta);
    if (fitting === '' && this.#isFull) return closing;
    const telling = TELLINGS[kind];
    const open = continued ?? {
      kind,
      id: this.#options.newId(telling.prefix),
      phase: this.#phase,
      text: '',
    };
    const opening = continued === undefined ? this.#opening(open) : [];
    this.#open = { ...open, text: open.text + fitting };
    const fields = { ...this.#place(open), delta: fitting, ...telling.extra };
    return [...closing, ...opening, this.#event(telling.textDelta, fields)];
  }

  /** As much of the text as the tokens are enough for, after what stands before it in its item. */
  #fit(before: string, text: string): string {
    const left = this.#options.maxOutputTokens - this.#outputTokens;
    const room = left * CHARACTERS_PER_TOKEN - before.length;
    if (text.length <= room) return text;
    this.#isFull = true;
    return room > 0 ? textHead(text, room) : '';
  }

  #opening(open: OpenItem): ResponsesEvent[] {
    return [
      this.#itemEvent('response.output_item.added', itemOf(open, 'in_progress')),
      this.#event(TELLINGS[open.kind].partAdded, {
        ...this.#place(open),
        part: partOf({ ...open, text: '' }),
      }),
    ];
  }

  #closeItem(status: ItemStatus): ResponsesEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const place = this.#place(open);
    const { textDone, partDone, extra } = TELLINGS[open.kind];
    const events = [
      this.#event(textDone, { ...place, text: open.text, ...extra }),
      this.#event(partDone, { ...place, part: partOf(open) }),
    ];
    const tokens = estimateTokens(open.text);
    this.#outputTokens += tokens;
    if (open.kind === 'reasoning') this.#reasoningTokens += tokens;
    return [...events, this.#finish(itemOf(open, status))];
  }

  #addCall({ type, name }: CallOutput, words: string): ResponsesEvent[] {
    const events = this.#closeItem('completed');
    const fitting = this.#fit('', words);
    if (fitting === '' && this.#isFull) return events;
    const { itemType, prefix, field, eventType } = CALL_TELLINGS[type];
    const id = this.#options.newId(prefix);
    const item = { type: itemType, id, call_id: this.#options.newId('call'), name };
    const place = { item_id: id, output_index: this.#output.length };
    this.#outputTokens += estimateTokens(fitting);
    const named = type === 'call' ? { name } : {};
    return [
      ...events,
      this.#itemEvent('response.output_item.added', {
        ...item,
        [field]: '',
        status: 'in_progress',
      }),
      this.#event(`${eventType}.delta`, { ...place, delta: fitting }),
      this.#event(`${eventType}.done`, { ...place, ...named, [field]: fitting }),
      this.#finish({
        ...item,
        [field]: fitting,
        status: this.#isFull ? 'incomplete' : 'completed',
      }),
    ];
  }

  #finish(item: OutputItem): ResponsesEvent {
    const event = this.#itemEvent('response.output_item.done', item);
    this.#output.push(item);
    return event;
  }

  #itemEvent(type: string, item: OutputItem): ResponsesEvent {
    return this.#event(type, { output_index: this.#output.length, item });
  }

  #place(open: OpenItem): Readonly<Record<string, unknown>> {
    return { item_id: open.id, output_index: this.#output.length, ...TELLINGS[open.kind].index };
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): ResponsesEvent {
    const event = { type, sequence_number: this.#sequence, ...fields };
    this.#sequence += 1;
    return event;
  }

  #response(status: ResponseObject['status']): ResponseObject {
    return {
      id: this.id,
      object: 'response',
      created_at: this.#createdAt,
      completed_at: null,
      status,
      error: null,
      incomplete_details: null,
      ...this.#options.echo,
      output: [...this.#output],
      usage: null,
    };
  }

  /** Nothing is ever read from a cache here, or written to one. */
  #usage(): Readonly<Record<string, unknown>> {
    const { inputTokens } = this.#options;
    return {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: this.#outputTokens,
      output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
      total_tokens: inputTokens + this.#outputTokens,
    };
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.nowMs() / 1000);
  }
}
