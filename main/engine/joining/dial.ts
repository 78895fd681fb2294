import { statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import process from 'node:process';

import { WebSocket } from 'ws';

import { errorText, hasCode } from '../../../core/base/index.ts';
import { type JoiningFacts, joiningHeaders, VERSION_HEADER } from './facts.ts';

export type DialResult =
  | { readonly kind: 'joined'; readonly socket: WebSocket }
  /** An engine runs, and cannot be joined for a reason that follows "because". */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'nobody' };

/** An engine that is being loaded on a busy machine answers when it is there. */
const DIAL_TIMEOUT_MS = 10_000;
const MAX_REFUSAL_CHARS = 1_000;
/** Of a folder's mode: its group's and everybody's. */
const OTHERS_WRITE = 0o022;

/** Connects to the engine that listens on a socket, unless others could have put one there. Never rejects. */
export function dial(
  path: string,
  facts: JoiningFacts,
  timeoutMs = DIAL_TIMEOUT_MS,
): Promise<DialResult> {
  const stranger = strangerAt(path);
  if (stranger !== undefined) return Promise.resolve({ kind: 'refused', reason: stranger });
  const { promise, resolve } = Promise.withResolvers<DialResult>();
  const socket = new WebSocket('ws://localhost/', {
    // Without a limit of its own the connection never tells that the one below has passed.
    createConnection: () => connect({ path, timeout: timeoutMs }),
    headers: joiningHeaders(facts),
    perMessageDeflate: false,
    handshakeTimeout: timeoutMs,
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
    finish(isNobody ? { kind: 'nobody' } : { kind: 'refused', reason: wordsOf(error) });
  });
  return promise;
}

/** Why what listens there may be another user's, who would be told what is said; `undefined` where it is ours. */
function strangerAt(path: string): string | undefined {
  const ownId = process.getuid?.();
  if (ownId === undefined) return undefined;
  const folder = dirname(path);
  try {
    const { uid, mode } = statSync(folder);
    const isPrivate = uid === ownId && (mode & OTHERS_WRITE) === 0;
    return isPrivate ? undefined : `other users can write to ${folder}`;
  } catch (error) {
    return hasCode(error, 'ENOENT', 'ENOTDIR') ? undefined : errorText(error);
  }
}

/** The library has words of its own for an engine that hangs. */
const wordsOf = ({ message }: Error): string =>
  /timed out/u.test(message) ? 'it does not answer' : message;

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
