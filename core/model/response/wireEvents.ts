import { parseJson } from '../../base/index.ts';
import * as z from 'zod';

import { ResponseItem } from '../contract/index.ts';

/**
 * Stream events of the Responses API that the client acts on (responses §11.1), over SSE and in
 * plain JSON answers alike. Fields that servers are known to leave out are optional here.
 */

const place = {
  item_id: z.string().nullish(),
  output_index: z.int().nonnegative().nullish(),
};

/** No answer has as many parts; what names a later one would only cost memory. */
const MAX_PART_INDEX = 999;
const partIndex = z.int().nonnegative().max(MAX_PART_INDEX).nullish();

/** An error as providers describe it, in bodies and in events. */
export const ProviderError = z.looseObject({
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
});
export type ProviderError = z.infer<typeof ProviderError>;

/** Usage is read leniently later: anything odd in it must not cost the answer. */
export const ResponseObject = z.looseObject({
  id: z.string().nullish(),
  status: z.string().nullish(),
  model: z.string().nullish(),
  output: z.array(z.unknown()).nullish(),
  usage: z.unknown().optional(),
  error: ProviderError.nullish(),
  incomplete_details: z.looseObject({ reason: z.string().nullish() }).nullish(),
  end_turn: z.boolean().nullish(),
});
export type ResponseObject = z.infer<typeof ResponseObject>;

const RateLimitWindowWire = z.looseObject({
  used_percent: z.number().nullish(),
  window_minutes: z.number().nullish(),
  reset_at: z.number().nullish(),
});

export const WireEvent = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('response.created'), response: ResponseObject }),
  z.looseObject({
    ...place,
    type: z.literal('response.output_item.added'),
    item: ResponseItem,
  }),
  z.looseObject({ ...place, type: z.literal('response.output_text.delta'), delta: z.string() }),
  z.looseObject({ ...place, type: z.literal('response.refusal.delta'), delta: z.string() }),
  z.looseObject({
    ...place,
    type: z.literal('response.reasoning_summary_part.added'),
    summary_index: partIndex,
  }),
  z.looseObject({
    ...place,
    type: z.literal('response.reasoning_summary_text.delta'),
    summary_index: partIndex,
    delta: z.string(),
  }),
  z.looseObject({
    ...place,
    type: z.literal('response.reasoning_text.delta'),
    content_index: partIndex,
    delta: z.string(),
  }),
  z.looseObject({
    ...place,
    type: z.literal('response.custom_tool_call_input.delta'),
    delta: z.string(),
  }),
  z.looseObject({
    ...place,
    type: z.literal('response.output_item.done'),
    item: ResponseItem,
  }),
  z.looseObject({ type: z.literal('response.completed'), response: ResponseObject }),
  z.looseObject({ type: z.literal('response.failed'), response: ResponseObject }),
  z.looseObject({ type: z.literal('response.incomplete'), response: ResponseObject }),
  z.looseObject({ type: z.literal('response.cancelled'), response: ResponseObject.nullish() }),
  z.looseObject({
    type: z.literal('response.metadata'),
    headers: z.record(z.string(), z.unknown()).nullish(),
  }),
  z.looseObject({
    type: z.literal('codex.rate_limits'),
    plan_type: z.string().nullish(),
    metered_limit_name: z.string().nullish(),
    limit_name: z.string().nullish(),
    rate_limits: z
      .looseObject({
        primary: RateLimitWindowWire.nullish(),
        secondary: RateLimitWindowWire.nullish(),
      })
      .nullish(),
    credits: z
      .looseObject({
        has_credits: z.boolean().nullish(),
        unlimited: z.boolean().nullish(),
        balance: z.union([z.string(), z.number()]).nullish(),
      })
      .nullish(),
  }),
  z.looseObject({
    type: z.literal('error'),
    status: z.int().nullish(),
    status_code: z.int().nullish(),
    // Real servers put these beside the type as well as under `error`.
    code: z.union([z.string(), z.number()]).nullish(),
    message: z.string().nullish(),
    error: z.union([ProviderError, z.string()]).nullish(),
  }),
]);
export type WireEvent = z.infer<typeof WireEvent>;

export type DecodedWireEvent =
  | { readonly kind: 'known'; readonly event: WireEvent }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly type: string | undefined; readonly reason: string };

let knownTypes: ReadonlySet<string> | undefined;

/** With the first event of its kind: the table need not be there before. */
function isKnown(type: string): boolean {
  knownTypes ??= new Set(WireEvent.options.map((option) => option.shape.type.value));
  return knownTypes.has(type);
}

const Tagged = z.looseObject({ type: z.string() });

/**
 * Decodes one event. Only a known type whose fields are wrong is malformed; some servers name the
 * type in the SSE `event:` line alone, which is what `eventName` is for.
 */
export function decodeWireEvent(text: string, eventName?: string): DecodedWireEvent {
  const json = parseJson(text);
  if ('problem' in json) {
    return { kind: 'malformed', type: eventName, reason: `the data ${json.problem}` };
  }
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'malformed', type: eventName, reason: 'the data is not a JSON object' };
  }
  const tagged = Tagged.safeParse(
    'type' in value || eventName === undefined ? value : { ...value, type: eventName },
  );
  if (!tagged.success) {
    return { kind: 'malformed', type: undefined, reason: 'the event has no type' };
  }
  const { type } = tagged.data;
  const delta = textDelta(tagged.data);
  if (delta !== undefined) return { kind: 'known', event: delta };
  if (!isKnown(type)) return { kind: 'unknown', type };
  const event = WireEvent.safeParse(tagged.data);
  if (!event.success) return { kind: 'malformed', type, reason: z.prettifyError(event.error) };
  return { kind: 'known', event: event.data };
}

export type DecodedWhole =
  | { readonly kind: 'whole'; readonly response: ResponseObject }
  | { readonly kind: 'malformed'; readonly type: string | undefined; readonly reason: string };

/** Decodes an answer that is one JSON object: a response, or an error dressed as a success. */
export function decodeWhole(text: string): DecodedWhole {
  const json = parseJson(text);
  if ('problem' in json) {
    return { kind: 'malformed', type: undefined, reason: `the answer ${json.problem}` };
  }
  const response = ResponseObject.safeParse(json.value);
  if (!response.success) {
    return { kind: 'malformed', type: undefined, reason: z.prettifyError(response.error) };
  }
  if (!response.data.output && !response.data.error) {
    return { kind: 'malformed', type: undefined, reason: 'the answer is not a response object' };
  }
  return { kind: 'whole', response: response.data };
}

/** The hot path: what the table asks of a text delta, checked by hand (a test compares both). */
function textDelta(value: Readonly<Record<string, unknown>>): WireEvent | undefined {
  const { type, item_id, output_index, delta } = value;
  if (type !== 'response.output_text.delta') return undefined;
  if (typeof item_id !== 'string' || typeof delta !== 'string') return undefined;
  if (output_index === undefined) return { type, item_id, delta };
  if (typeof output_index !== 'number' || !Number.isSafeInteger(output_index)) return undefined;
  return output_index < 0 ? undefined : { type, item_id, output_index, delta };
}
