import { ProductError } from '../base/index.ts';
import type { CallRequest, CreatedCall } from '../voice/index.ts';

const BOUNDARY = 'codex-realtime-call-boundary';

/** The provider took the call and did not say which one it is. */
class NoCallIdError extends ProductError {
  readonly code = 'noCallId';
  readonly retryable = false;
}

/** What is posted to make a call: the offer as it came, and the session it begins with. */
export function offerBody(
  url: URL,
  { offerSdp, session }: Pick<CallRequest, 'offerSdp' | 'session'>,
): { readonly contentType: string; readonly body: string } {
  const json = JSON.stringify(session);
  // One kind of backend takes JSON instead of a form (realtime-v2 §16.2).
  if (url.pathname.includes('/backend-api')) {
    return { contentType: 'application/json', body: JSON.stringify({ sdp: offerSdp, session }) };
  }
  const part = (name: string, type: string, content: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body: `${part('sdp', 'application/sdp', offerSdp)}${part('session', 'application/json', json)}--${BOUNDARY}--\r\n`,
  };
}

/** The call that was made. Throws a ProductError where the answer names none. */
export function createdCall(
  url: URL,
  headers: Readonly<Record<string, string>>,
  answerSdp: string,
): CreatedCall {
  const given = headers['location'];
  const callId = callIdOf(given);
  if (callId !== undefined) return { callId, answerSdp };
  const what = given === undefined ? 'no Location' : `the Location ${JSON.stringify(given)}`;
  throw new NoCallIdError(
    `The realtime server at ${url.host} took the call with ${what}, which names no call`,
  );
}

/** Where a call is hung up (realtime-v2 §21.1). */
export function hangUpUrl(callsUrl: URL, callId: string): URL {
  const url = new URL(callsUrl);
  url.pathname += `/${encodeURIComponent(callId)}/hangup`;
  return url;
}

/** The last part of the path that looks like a call's id; absolute addresses will do too. */
function callIdOf(location: string | undefined): string | undefined {
  return location
    ?.split('?', 1)[0]
    ?.split('/')
    .findLast((segment) => /^rtc_./u.test(segment));
}
