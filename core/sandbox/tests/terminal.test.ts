import process from 'node:process';

import { spawn } from '@lydell/node-pty';
import { expect, test } from 'vitest';

import { createSandbox } from '../index.ts';
import { Place, thisUser } from '../testing/index.ts';

test.runIf(process.platform === 'linux')(
  'Ctrl-C in a terminal reaches what runs in it, whose exit code comes back',
  async () => {
    using place = new Place(thisUser());
    const sandbox = createSandbox({ platform: process.platform, home: place.home });
    const prepared = await sandbox.prepare(
      {
        argv: [
          '/bin/bash',
          '-c',
          `trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.05; done`,
        ],
        cwd: place.workspace,
        env: { PATH: process.env['PATH'] ?? '' },
        isTerminal: true,
      },
      place.permissions(),
    );
    const { program, args, cwd, env } = prepared;
    const terminal = spawn(program, [...args], { cwd, env, rows: 24, cols: 80 });
    let shown = '';
    terminal.onData((text) => {
      if (!shown.includes('ready') && `${shown}${text}`.includes('ready')) terminal.write('\x03');
      shown += text;
    });
    const { promise: ended, resolve } = Promise.withResolvers<number>();
    terminal.onExit(({ exitCode: code }) => {
      resolve(code);
    });

    const exitCode = await ended;
    prepared.dispose();

    expect({ exitCode, shown }).toEqual({ exitCode: 7, shown: expect.stringContaining('caught') });
  },
);
