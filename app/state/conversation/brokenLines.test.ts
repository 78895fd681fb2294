import { expect, test } from 'vitest';

import type { ServerNotification } from '../../../core/protocol/index.ts';
import { applyNotification } from './conversation.ts';
import { emptyConversation } from './entries.ts';

const threadId = 'thread-1';
const speech: ServerNotification = {
  method: 'thread/realtime/speech/started',
  params: { threadId, itemId: 'u1', audioStartMs: 0 },
};
const committed: ServerNotification = {
  method: 'thread/realtime/input/committed',
  params: { threadId, itemId: 'u1', previousItemId: null },
};
const words = (role: 'user' | 'assistant', itemId: string): ServerNotification => ({
  method: 'thread/realtime/transcript/delta',
  params: { threadId, role, delta: 'Half a', itemId },
});
const whole = (role: 'user' | 'assistant', itemId: string): ServerNotification => ({
  method: 'thread/realtime/transcript/done',
  params: { threadId, role, text: 'Half a sentence.', itemId },
});
const lost: ServerNotification = {
  method: 'thread/realtime/stage',
  params: { threadId, stage: 'reconnecting', attempt: 1, detail: 'closed with code 1006' },
};
const closed: ServerNotification = {
  method: 'thread/realtime/closed',
  params: { threadId, reason: 'requested' },
};
const run = (notices: readonly ServerNotification[]) =>
  notices.reduce((state, notice) => applyNotification(state, notice, 0), emptyConversation);

test.for<{ name: string; notices: ServerNotification[]; line: object }>([
  {
    name: 'speech that was being heard says why there are no words',
    notices: [speech, lost],
    line: { status: 'failed', failure: 'the connection was lost' },
  },
  {
    name: 'a turn that waits for its words says so when the conversation ends first',
    notices: [speech, committed, closed],
    line: { status: 'failed', failure: 'the conversation ended first' },
  },
  {
    name: 'words of the user that have come stay',
    notices: [words('user', 'u1'), lost],
    line: { status: 'broken', text: 'Half a' },
  },
  {
    name: 'an answer keeps its words and is broken off',
    notices: [words('assistant', 'a1'), lost, lost],
    line: { status: 'broken', text: 'Half a' },
  },
  {
    name: 'a complete answer stays complete',
    notices: [whole('assistant', 'a1'), lost, closed],
    line: { status: 'done', text: 'Half a sentence.' },
  },
  {
    name: 'words that come late after all are taken',
    notices: [speech, committed, closed, whole('user', 'u1')],
    line: { status: 'done', text: 'Half a sentence.', failure: undefined },
  },
])('when the connection goes, $name', ({ notices, line }) => {
  expect(run(notices).entries).toMatchObject([line]);
});

test('the stages of a new connection change no line', () => {
  const before = run([words('assistant', 'a1')]);
  const stage: ServerNotification = {
    method: 'thread/realtime/stage',
    params: { threadId, stage: 'configuring' },
  };

  expect(applyNotification(before, stage, 0)).toBe(before);
});
