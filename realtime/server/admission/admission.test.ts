import type { IncomingHttpHeaders } from 'node:http';

import { expect, test } from 'vitest';

import { admitSession, checkVisitor } from './admission.ts';

const url = (path: string): URL => new URL(path, 'http://localhost');

test.for<{ path: string; outcome: Record<string, unknown> }>([
  { path: '/v1/realtime?model=m', outcome: { kind: 'session', model: 'm', type: 'realtime' } },
  { path: '/v1/realtime/?model=m', outcome: { kind: 'session' } },
  {
    path: '/v1/realtime?intent=transcription',
    outcome: { kind: 'session', type: 'transcription' },
  },
  { path: '/v1/realtime', outcome: { status: 400 } },
  { path: '/v1/realtime?model=', outcome: { status: 400 } },
  { path: '/v1/realtime?call_id=rtc_1', outcome: { kind: 'join', callId: 'rtc_1' } },
  { path: '/v1/realtime?call_id=rtc_1&model=m', outcome: { status: 400 } },
  { path: '/v1/other?model=m', outcome: { status: 404 } },
])('$path', ({ path, outcome }) => {
  expect(admitSession({ url: url(path), headers: {} })).toMatchObject(outcome);
});

test.for<{ name: string; headers: IncomingHttpHeaders; status: number | undefined }>([
  { name: 'the key', headers: { authorization: 'Bearer secret' }, status: undefined },
  {
    name: 'the key as a browser sends it',
    headers: { 'sec-websocket-protocol': 'realtime, openai-insecure-api-key.secret' },
    status: undefined,
  },
  { name: 'another key', headers: { authorization: 'Bearer secret2' }, status: 401 },
  { name: 'no key', headers: {}, status: 401 },
  { name: 'another scheme', headers: { authorization: 'Basic secret' }, status: 401 },
  {
    name: 'a page of this machine',
    headers: { authorization: 'Bearer secret', origin: 'http://127.0.0.1:8123' },
    status: undefined,
  },
  {
    name: 'a page from elsewhere',
    headers: { authorization: 'Bearer secret', origin: 'https://evil.example' },
    status: 403,
  },
  {
    name: 'a page that only looks local',
    headers: { authorization: 'Bearer secret', origin: 'http://localhost.evil.example' },
    status: 403,
  },
  {
    name: 'a page without an origin of its own',
    headers: { authorization: 'Bearer secret', origin: 'null' },
    status: 403,
  },
])('a visitor with $name', ({ headers, status }) => {
  const admission = checkVisitor({ url: url('/'), headers }, 'secret');

  expect(admission.kind === 'refused' ? admission.status : undefined).toBe(status);
});
