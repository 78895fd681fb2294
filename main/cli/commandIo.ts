import process from 'node:process';

/** The part of the process a command talks to; tests hand in their own. */
export type CommandIo = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Progress is for people: it is written only where stderr is a terminal. */
  readonly isStderrTty: boolean;
  readonly isStdoutTty: boolean;
};

export function processIo(): CommandIo {
  const { stdout, stderr } = process;
  // A reader that went away (`parley exec ... | head`) is no reason for a stack trace.
  stdout.on('error', () => {
    process.exit(0);
  });
  return { stdout, stderr, isStderrTty: stderr.isTTY, isStdoutTty: stdout.isTTY };
}

/** Aborts at the first Ctrl-C, SIGTERM or hang-up; a second one ends the process as usual. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
