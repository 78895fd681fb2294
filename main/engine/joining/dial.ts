import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { WebSocket } from 'ws';

import { hasCode } from '../../../core/base/index.ts';
import { type JoiningFacts, joiningHeaders, VERSION_HEADER } from './facts.ts';

export type DialResult =
  | { readonly kind: 'joined'; readonly socket: WebSocket }
  /** An engine runs, and cannot be joined for a reason that follows "because". */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'nobody' };

/** An engine that is being loaded on a busy machine answers when it is there. */
const DIAL_TIMEOUT_MS = 10_000;
const MAX_REFUSAL_CHARS = 1_000;

/** Connects to the engine that listens on a socket. Never rejects. */
export function dial(path: string, facts: JoiningFacts): Promise<DialResult> {
  const { promise, resolve } = Promise.withResolvers<DialResult>();
  const socket = new WebSocket('ws://localhost/', {
    createConnection: () => connect(path),
    headers: joiningHeaders(facts),
    perMessageDeflate: false,
    handshakeTimeout: DIAL_TIMEOUT_MS,
    // It is an engine of the same user, whose answers have no bound.
    maxPayload: 0,
  });
  const finish = (result: DialResult): void => {
    if (result.kind !== 'joined') socket.terminate();
    resolve(result);
  };
  socket.on('upgrade', ({ headers }) => {
    if (headers[VERSION_HEADER] === facts.version) return;
    finish({ kind: 'refused', reason: 'it is another program' });
  });
  socket.on('open', () => {
    finish({ kind: 'joined', socket });
  });
  socket.on('unexpected-response', (_request, response) => {
    const refuse = async (): Promise<void> => {
      finish({ kind: 'refused', reason: await readWords(response) });
    };
    void refuse();
  });
  socket.on('error', (error) => {
    const isNobody = hasCode(error, 'ECONNREFUSED', 'ENOENT');
    finish(isNobody ? { kind: 'nobody' } : { kind: 'refused', reason: error.message });
  });
  return promise;
}

async function readWords(response: IncomingMessage): Promise<string> {
  let words = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response as AsyncIterable<string>) {
      words += chunk;
      if (words.length > MAX_REFUSAL_CHARS) break;
    }
  } catch {
    // What has come says enough.
  }
  return words === '' ? `it answers ${response.statusCode ?? 'nothing'}` : words;
}
