import { assertNever } from '../../base/index.ts';
import type { TextModelOutput } from '../model/index.ts';

export type ResponsesEvent = {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
};

type OutputItem = { readonly type: string; readonly id: string; readonly [field: string]: unknown };

type OpenItem = {
  readonly kind: 'message' | 'reasoning';
  readonly id: string;
  readonly phase: string | undefined;
  readonly text: string;
};

type Failure = { readonly code: string; readonly message: string };

/**
 * Turns what a model does into the events of one response, each in its place: everything that is
 * added is done, and the last event says how it ended.
 */
export class ResponseComposer {
  readonly #newId: (prefix: string) => string;
  readonly #base: Readonly<Record<string, unknown>>;
  readonly #output: OutputItem[] = [];
  readonly #inputTokens: number;
  #outputTokens = 0;
  #reasoningTokens = 0;
  #open: OpenItem | undefined;
  #phase: string | undefined;
  #sequence = 0;

  constructor(values: {
    newId: (prefix: string) => string;
    createdAtMs: number;
    inputTokens: number;
    /** Fields of the request that the response repeats. */
    echo: Readonly<Record<string, unknown>>;
  }) {
    this.#newId = values.newId;
    this.#inputTokens = values.inputTokens;
    this.#base = {
      id: this.#newId('resp'),
      object: 'response',
      created_at: Math.floor(values.createdAtMs / 1000),
      error: null,
      incomplete_details: null,
      previous_response_id: null,
      store: false,
      usage: null,
      ...values.echo,
    };
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
    switch (output.type) {
      case 'newMessage': {
        const events = this.#closeItem();
        this.#phase = output.phase;
        return events;
      }
      case 'text':
        return this.#append('message', output.delta);
      case 'reasoning':
        return this.#append('reasoning', output.delta);
      case 'call':
        return this.#addCall(output.name, output.arguments);
      default:
        return assertNever(output, 'model output');
    }
  }

  complete(): ResponsesEvent[] {
    const events = this.#closeItem();
    return [...events, this.#event('response.completed', { response: this.whole() })];
  }

  fail(failure: Failure): ResponsesEvent[] {
    const events = this.#closeItem();
    const response = { ...this.#response('failed'), error: failure, usage: this.#usage() };
    return [...events, this.#event('response.failed', { response })];
  }

  /** The finished response as one object. */
  whole(): Readonly<Record<string, unknown>> {
    return { ...this.#response('completed'), usage: this.#usage() };
  }

  #append(kind: OpenItem['kind'], delta: string): ResponsesEvent[] {
    const continued = this.#open?.kind === kind ? this.#open : undefined;
    const open = continued ?? {
      kind,
      id: this.#newId(kind === 'message' ? 'msg' : 'rs'),
      phase: this.#phase,
      text: '',
    };
    const events = continued === undefined ? [...this.#closeItem(), ...this.#opening(open)] : [];
    this.#open = { ...open, text: open.text + delta };
    const type =
      kind === 'message' ? 'response.output_text.delta' : 'response.reasoning_summary_text.delta';
    return [...events, this.#event(type, { ...this.#place(open), delta })];
  }

  #opening(open: OpenItem): ResponsesEvent[] {
    const type =
      open.kind === 'message'
        ? 'response.content_part.added'
        : 'response.reasoning_summary_part.added';
    return [
      this.#itemEvent('response.output_item.added', itemOf(open, 'in_progress')),
      this.#event(type, { ...this.#place(open), part: partOf({ ...open, text: '' }) }),
    ];
  }

  #closeItem(): ResponsesEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const place = this.#place(open);
    const isMessage = open.kind === 'message';
    const textDone = isMessage
      ? 'response.output_text.done'
      : 'response.reasoning_summary_text.done';
    const partDone = isMessage
      ? 'response.content_part.done'
      : 'response.reasoning_summary_part.done';
    const events = [
      this.#event(textDone, { ...place, text: open.text }),
      this.#event(partDone, { ...place, part: partOf(open) }),
    ];
    const tokens = estimateTokens(open.text);
    this.#outputTokens += tokens;
    if (!isMessage) this.#reasoningTokens += tokens;
    return [...events, this.#finish(itemOf(open, 'completed'))];
  }

  #addCall(name: string, args: string): ResponsesEvent[] {
    const events = this.#closeItem();
    const id = this.#newId('fc');
    const item = { type: 'function_call', id, call_id: this.#newId('call'), name };
    const place = { item_id: id, output_index: this.#output.length };
    this.#outputTokens += estimateTokens(args);
    return [
      ...events,
      this.#itemEvent('response.output_item.added', {
        ...item,
        arguments: '',
        status: 'in_progress',
      }),
      this.#event('response.function_call_arguments.delta', { ...place, delta: args }),
      this.#event('response.function_call_arguments.done', { ...place, name, arguments: args }),
      this.#finish({ ...item, arguments: args, status: 'completed' }),
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
    const place = { item_id: open.id, output_index: this.#output.length };
    return open.kind === 'message'
      ? { ...place, content_index: 0 }
      : { ...place, summary_index: 0 };
  }

  #event(type: string, fields: Readonly<Record<string, unknown>>): ResponsesEvent {
    const event = { type, sequence_number: this.#sequence, ...fields };
    this.#sequence += 1;
    return event;
  }

  #response(status: string): Readonly<Record<string, unknown>> {
    return { ...this.#base, status, output: [...this.#output] };
  }

  #usage(): Readonly<Record<string, unknown>> {
    return {
      input_tokens: this.#inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: this.#outputTokens,
      output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
      total_tokens: this.#inputTokens + this.#outputTokens,
    };
  }
}

/** No tokeniser is at work here; four characters to a token is what people reckon with. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

function itemOf(open: OpenItem, status: 'in_progress' | 'completed'): OutputItem {
  const { id, phase } = open;
  const parts = status === 'in_progress' ? [] : [partOf(open)];
  if (open.kind === 'reasoning') return { type: 'reasoning', id, summary: parts };
  return {
    type: 'message',
    id,
    role: 'assistant',
    status,
    content: parts,
    ...(phase !== undefined && { phase }),
  };
}

function partOf({ kind, text }: OpenItem): Readonly<Record<string, unknown>> {
  return kind === 'message'
    ? { type: 'output_text', text, annotations: [] }
    : { type: 'summary_text', text };
}
