import type { Transport } from '../../../core/protocol/index.ts';
import type { OpenedEngine } from '../joining/index.ts';
import type { ElectronPort } from './electronPort.ts';

/** Electron's `process.parentPort`: the page's ports come in through it, one message each. */
export type UtilityParent = {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): unknown;
  postMessage(message: unknown): void;
};

export type UtilityDeps = {
  startEngine(): Promise<OpenedEngine>;
  createTransport(port: ElectronPort): Transport;
  fail(error: unknown): void;
  /** The engine of another process that was joined has ended. */
  lose(sentence: string): void;
};

/**
 * Connects every port main forwards to the one engine. A port that comes before the engine is up waits;
 * when the engine cannot start, ports are closed, so that the page sees the end and not a silence.
 */
export async function serveUtility(parent: UtilityParent, deps: UtilityDeps): Promise<void> {
  const engine = deps.startEngine();
  parent.on('message', ({ ports }) => {
    for (const port of ports) void attach(port, engine, deps);
  });
  try {
    const { lost } = await engine;
    if (lost !== undefined) deps.lose(await lost);
  } catch (error) {
    deps.fail(error);
  }
}

async function attach(
  port: ElectronPort,
  engine: Promise<OpenedEngine>,
  deps: UtilityDeps,
): Promise<void> {
  try {
    (await engine).connect(deps.createTransport(port));
  } catch {
    port.close();
  }
}
