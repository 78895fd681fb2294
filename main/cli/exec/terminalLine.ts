import process from 'node:process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** One line from the user without its end; undefined at the end of the input, or once `over` resolves. */
export type ReadLine = (options: {
  /** Not shown while it is typed. */
  readonly isSecret: boolean;
  readonly over: Promise<void>;
}) => Promise<string | undefined>;

/** Reads from the terminal this process was started in; undefined where there is none. */
export function terminalLine(): ReadLine | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  return async ({ isSecret, over }) => {
    // The terminal itself echoes and edits; for a secret it is told not to, and nothing else does.
    const lines = createInterface(
      isSecret ? { input: stdin, output: nowhere(), terminal: true } : { input: stdin },
    );
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    lines.once('line', resolve);
    lines.once('close', () => {
      resolve(undefined);
    });
    lines.once('SIGINT', () => {
      process.kill(process.pid, 'SIGINT');
    });
    try {
      return await Promise.race([promise, ended(over)]);
    } finally {
      lines.close();
      if (isSecret) stderr.write('\n');
    }
  };
}

async function ended(over: Promise<void>): Promise<undefined> {
  await over;
  return undefined;
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
