import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { createFileLogger, systemClock } from '../../core/platform/index.ts';
import type { Turn } from '../../core/protocol/index.ts';
import { openThreadStore } from '../../core/store/index.ts';
import type { ThreadRecord } from '../../core/threads/index.ts';
import { cleanEnvironment } from '../support/index.ts';
import { type Build, builds, launcherOf } from './builds.ts';
import { type Benchmark, collectAlternately, middleOf } from './row.ts';
import { compare } from './rowOf.ts';

const TURNS = 5000;
const ROUNDS = 7;
const FIRST_PAGE_LIMIT_MS = 50;
const LISTED_LIMIT_MS = 20;
const ANSWER = 'The parser reads one line at a time, so that the next one is cheap. '.repeat(8);

/** A thread of ten thousand items on the disk. */
async function write(home: string): Promise<string> {
  const log = createFileLogger({ home, clock: systemClock, level: 'silent' });
  const store = openThreadStore(home, { clock: systemClock, log });
  const id = crypto.randomUUID();
  const journal = store.create({
    id,
    createdAtMs: systemClock.nowMs(),
    cwd: '/',
    model: 'parley-practice',
    modelProvider: 'practice',
    originator: 'bench',
    source: 'vscode',
    threadSource: null,
  });
  for (let index = 0; index < TURNS; index += 1) {
    for (const record of recordsOf(crypto.randomUUID(), index)) void journal.append(record);
  }
  journal.setPreview('Question 0');
  await journal.close();
  await store.close();
  return id;
}

function* recordsOf(turnId: string, index: number): Generator<ThreadRecord> {
  const turn: Turn = {
    id: turnId,
    rootTurnId: turnId,
    items: [],
    itemsView: 'notLoaded',
    status: 'completed',
    error: null,
    startedAt: 1_700_000_000,
    completedAt: 1_700_000_001,
    durationMs: 1000,
  };
  const times = { startedAtMs: 1_700_000_000_000, completedAtMs: 1_700_000_001_000 };
  const text = `Question ${index}`;
  yield { type: 'turnStarted', turn: { ...turn, status: 'inProgress', completedAt: null } };
  yield {
    type: 'item',
    turnId,
    item: {
      type: 'userMessage',
      id: `asked-${index}`,
      clientId: null,
      content: [{ type: 'text', text, text_elements: [] }],
      ...times,
    },
  };
  yield {
    type: 'history',
    items: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
  };
  yield {
    type: 'item',
    turnId,
    item: {
      type: 'agentMessage',
      id: `answer-${index}`,
      text: ANSWER,
      phase: null,
      memoryCitation: null,
      ...times,
    },
  };
  yield {
    type: 'history',
    items: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: ANSWER }] },
    ],
  };
  yield { type: 'turnCompleted', turn };
}

/** Milliseconds that an engine which has just started takes to resume it, and to list a page of it then. */
async function resume(build: Build, home: string, threadId: string): Promise<readonly number[]> {
  const child = spawn(process.execPath, [launcherOf(build), 'app-server', '--no-join'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...cleanEnvironment(process.env), PARLEY_HOME: home },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let lastId = 0;
  const call = async (method: string, params: object): Promise<number> => {
    lastId += 1;
    const id = lastId;
    const beganMs = performance.now();
    child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The engine ended instead of answering ${method}.`);
      const answer: unknown = JSON.parse(line.value);
      if (typeof answer !== 'object' || answer === null || Reflect.get(answer, 'id') !== id) {
        continue;
      }
      if (!('result' in answer)) throw new Error(`${method} was refused: ${line.value}`);
      return performance.now() - beganMs;
    }
  };
  const ended = once(child, 'close');
  try {
    const clientInfo = { name: 'bench', title: null, version: '1.0.0' };
    await call('initialize', { clientInfo, capabilities: { experimentalApi: true } });
    await call('thread/list', {});
    await call('thread/start', {});
    const initialTurnsPage = { limit: 20 };
    const resumed = await call('thread/resume', { threadId, excludeTurns: true, initialTurnsPage });
    const listed = await call('thread/turns/list', { threadId, limit: 20 });
    return [resumed, listed];
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** The first page of a thread of ten thousand items that is not loaded, in an engine that has just started. */
export const benchThreadResume: Benchmark = async ({ before, rounds }) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-bench-'));
  const threadId = await write(folder.path);
  const built = builds(before);
  const measured = await collectAlternately(
    built.map((build) => async () => resume(build, folder.path, threadId)),
    Math.min(ROUNDS, rounds),
  );
  const figures = (which: number) =>
    built.map(({ name }, index) => {
      const times = (measured[index] ?? []).filter((_, place) => place % 2 === which);
      return [name, middleOf(times)] as const;
    });
  return [
    compare(
      {
        what: 'thread/resume of 10,000 items, first page, the first time since the start, p50',
        unit: 'ms',
        promised: { atMost: FIRST_PAGE_LIMIT_MS },
      },
      figures(0),
    ),
    compare(
      {
        what: 'thread/turns/list of it, a page, p50',
        unit: 'ms',
        promised: { atMost: LISTED_LIMIT_MS },
      },
      figures(1),
    ),
  ];
};
