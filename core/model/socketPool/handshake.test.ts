import { expect, test } from 'vitest';

import {
  type AfterHandshake,
  afterHandshake,
  type HandshakeFailure,
  type WhenToRemember,
} from './handshake.ts';

const status = (code: number): HandshakeFailure => ({ kind: 'status', status: code });
const connection = (
  failure: Extract<HandshakeFailure, { kind: 'connection' }>['failure'],
): HandshakeFailure => ({ kind: 'connection', failure });
const again: AfterHandshake = { go: 'again' };
const http = (remember: WhenToRemember, tell: boolean): AfterHandshake => ({
  go: 'http',
  remember,
  tell,
});

test.for<[string, HandshakeFailure, number, AfterHandshake]>([
  ['426 goes to HTTP at once and quietly', status(426), 1, http('now', false)],
  ['400 goes to HTTP at once', status(400), 1, http('now', true)],
  ['401 leaves it to the request to complain', status(401), 1, http('whenHttpWorks', false)],
  ['404 is tried once more', status(404), 1, again],
  ['404 twice goes to HTTP', status(404), 2, http('now', true)],
  ['403 is tried once more', status(403), 1, again],
  ['429 twice goes to HTTP', status(429), 2, http('now', true)],
  ['503 twice goes to HTTP', status(503), 2, http('now', true)],
  ['a redirect twice goes to HTTP', status(307), 2, http('now', true)],
  ['a hanging server is waited for once', connection('connectTimeout'), 1, http('now', true)],
  ['a cut connection is tried once more', connection('broken'), 1, again],
  ['a cut connection twice goes to HTTP', connection('broken'), 2, http('now', true)],
  [
    'a missing network says nothing about sockets',
    connection('unreachable'),
    2,
    http('never', true),
  ],
])('%s', ([, failure, failed, after]) => {
  expect(afterHandshake(failure, failed)).toEqual(after);
});
