// @vitest-environment happy-dom
import { act, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { CommandItem } from './CommandItem.tsx';
import { FilesItem } from './FilesItem.tsx';
import { TerminalText } from './TerminalText.tsx';

const cleanups: (() => void)[] = [];
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function shown(element: ReactElement): Promise<HTMLElement> {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  cleanups.push(() => {
    act(() => {
      root.unmount();
    });
    host.remove();
  });
  await act(async () => {
    root.render(element);
    await Promise.resolve();
  });
  return host;
}

const command = {
  type: 'command',
  id: 'c',
  command: 'npm test',
  cwd: '/project',
  output: '',
  status: 'inProgress',
  exitCode: undefined,
  durationMs: undefined,
  done: false,
} as const;

test('what a program prints is text in its colours, and nothing else comes of it', async () => {
  const text =
    'a\u001b[31mred\u001b[0m\u001b[2J\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link<b>x</b>\u001b[5A';
  const host = await shown(<TerminalText text={text} />);
  expect(host.textContent).toBe('aredlink<b>x</b>');
  expect(host.querySelector('b, a')).toBeNull();
});

test('of a line that is written over, the last words stand', async () => {
  const host = await shown(<TerminalText text={'10 %\r50 %\r100 %\r\ndone\r\n'} />);
  expect(host.textContent).toBe('100 %\ndone\n');
});

test('a command is shown while it runs, and says how it ended', async () => {
  const running = await shown(<CommandItem item={{ ...command, output: 'ok\n' }} />);
  expect(running.textContent).toContain('npm test');
  expect(running.textContent).toContain('running');
  expect(running.querySelector('pre')?.textContent).toBe('ok\n');
  const failed = await shown(
    <CommandItem
      item={{ ...command, status: 'failed', exitCode: 2, durationMs: 1234, done: true }}
    />,
  );
  expect(failed.textContent).toContain('failed with 2 · 1.2 s');
});

test('a command that hides its end shows it', async () => {
  const host = await shown(<CommandItem item={{ ...command, command: 'ls \u202efr- mr' }} />);
  expect(host.textContent).toContain('ls \\u202efr- mr');
});

test('files are counted by what was added and removed', async () => {
  const host = await shown(
    <FilesItem
      item={{
        type: 'files',
        id: 'f',
        status: 'completed',
        done: true,
        changes: [
          { path: 'a.ts', kind: { type: 'add' }, diff: '---\nx\n' },
          {
            path: 'b.ts',
            kind: { type: 'update', move_path: 'c.ts' },
            diff: '@@ -1,2 +1,2 @@\n same\n-old\n+new\n',
          },
        ],
      }}
    />,
  );
  expect(host.textContent).toContain('2 files');
  expect(host.textContent).toMatch(/a\.tsnew\+2−0/u);
  expect(host.textContent).toMatch(/b\.ts → c\.ts\+1−1/u);
});

test('a patch that came to nothing is no longer being written when its turn is over', async () => {
  const patch = {
    type: 'files',
    id: 'f',
    status: 'inProgress',
    changes: [{ path: 'a.ts', kind: { type: 'add' }, diff: 'x\n' }],
  } as const;
  const writing = await shown(<FilesItem item={{ ...patch, done: false }} />);
  expect(writing.textContent).toContain('writing');
  const over = await shown(<FilesItem item={{ ...patch, done: true }} />);
  expect(over.textContent).toContain('not changed');
});
