/** The body of an `error` event; the session goes on after it (realtime-v2 §21.4). */
export type ErrorBody = {
  readonly type: 'invalid_request_error';
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** The `event_id` of the client's event that caused it, when it gave one. */
  readonly event_id: string | null;
};

export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly param?: string | undefined;
  readonly eventId?: string | undefined;
};

export function invalidRequest(refusal: Refusal): ErrorBody {
  return {
    type: 'invalid_request_error',
    code: refusal.code,
    message: refusal.message,
    param: refusal.param ?? null,
    event_id: refusal.eventId ?? null,
  };
}
