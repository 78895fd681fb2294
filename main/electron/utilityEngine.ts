import type { MessagePortMain, UtilityProcess } from 'electron';

import type { EngineEnd, SupervisedEngine } from '../supervisor/index.ts';

/** The slice of Electron's utility process this adapter uses. */
export type UtilityChild = Pick<UtilityProcess, 'postMessage' | 'kill'> & {
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
};

/** The engine in a utility process, as its supervisor sees it: the page's ports are its clients. */
export function superviseUtility(
  child: UtilityChild,
  ended: (end: EngineEnd) => void,
): SupervisedEngine<MessagePortMain> {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  let failure: string | undefined;
  child.on('message', (message) => {
    failure = failureReason(message) ?? failure;
  });
  child.on('exit', (code) => {
    resolve();
    ended(
      failure === undefined
        ? { reason: `It ended unexpectedly, with code ${code}.` }
        : { reason: failure, exitCode: code },
    );
  });
  return {
    connect: (port) => {
      child.postMessage({ type: 'connect' }, [port]);
    },
    close: async () => {
      child.kill();
      await gone;
    },
  };
}

/** The engine says why it could not start (see main/engine/utility.ts). */
function failureReason(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('reason' in message)) return undefined;
  return typeof message.reason === 'string' ? message.reason : undefined;
}
