import type { ErrorBody } from './errorBody.ts';

/** Why a request over HTTP is not served, in the shape the API gives its errors. */
export type Refused = {
  readonly kind: 'refused';
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, string | null>> };
};

export function refuse(status: number, code: string, message: string, param?: string): Refused {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return {
    kind: 'refused',
    status,
    body: { error: { message, type, param: param ?? null, code } },
  };
}

/** What an `error` event would say, as the answer to a request. */
export function refuseEvent({ code, message, param }: ErrorBody): Refused {
  return refuse(400, code, message, param ?? undefined);
}
