import { RealtimeConnectError } from '../../realtime/transport/index.ts';

const UNAUTHORIZED = 401;

/** Whether a Realtime server, asked for a socket or a call, did not accept the key. */
export function isKeyRefusal(error: unknown): boolean {
  if (!(error instanceof RealtimeConnectError)) return false;
  return error.failure.kind === 'status' && error.failure.status === UNAUTHORIZED;
}
