import { fork } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { type Ran, runPrepared, type RunRequest } from './runPrepared.ts';

/** Somebody whose engine runs commands. */
export interface SandboxUser extends AsyncDisposable {
  readonly isRoot: boolean;
  run(request: RunRequest): Promise<Ran>;
  /** Gives a folder to this user. */
  own(folder: string): void;
}

/** Of Debian and most others. */
const NOBODY = 65_534;

export const thisUser = (): SandboxUser => ({
  isRoot: process.geteuid?.() === 0,
  run: runPrepared,
  own: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** A user without any rights of an administrator, in a process of its own; only an administrator can be both. */
export async function ordinaryUser(): Promise<SandboxUser> {
  const child = fork(join(import.meta.dirname, 'sandboxProcess.ts'), {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    env: { PATH: process.env['PATH'] },
    execArgv: [],
  });
  const waiting: ((answer: unknown) => void)[] = [];
  const next = (): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.push(resolve);
    return promise;
  };
  child.on('message', (answer) => waiting.shift()?.(answer));
  const gone = new Promise<never>((_resolve, reject) => {
    child.on('exit', (code) => {
      reject(new Error(`the process of the ordinary user ended with ${String(code)}`));
    });
  });
  gone.catch(() => undefined);
  await Promise.race([next(), gone]);
  return {
    isRoot: false,
    run: async (request) => {
      const answered = next();
      child.send(request);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sandboxProcess.ts sends nothing else
      const answer = (await Promise.race([answered, gone])) as Ran | { readonly failed: string };
      if ('failed' in answer) throw new Error(answer.failed);
      return answer;
    },
    own: (folder) => {
      chownSync(folder, NOBODY, NOBODY);
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}
