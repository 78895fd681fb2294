import process from 'node:process';

import { createPortTransport } from '../../core/rpc/index.ts';
import { VERSION } from '../version.ts';
import {
  type ElectronPort,
  portFromElectron,
  serveUtility,
  type UtilityParent,
} from './electron/index.ts';
import { openEngine } from './joining/index.ts';
import { loadEngine } from './loadEngine.ts';
import { failureLine, workingFolder } from './process/index.ts';

const tell = (sentence: string): void => {
  process.stderr.write(`parley: ${sentence}\n`);
};

/** The engine inside Electron's utility process. Only there does `process.parentPort` exist. */
export async function runUtility(): Promise<void> {
  const { parentPort } = process as typeof process & { parentPort: UtilityParent };
  await serveUtility(parentPort, {
    startEngine: () =>
      openEngine(
        { configOverrides: [], enable: [], disable: [] },
        { env: process.env, cwd: workingFolder(), version: VERSION, loadEngine, tell },
        'share',
      ),
    createTransport: (port: ElectronPort) => createPortTransport(portFromElectron(port)),
    lose: (sentence) => {
      // Started again by its host, it is the engine itself.
      tell(sentence);
      process.exit(1);
    },
    fail: (error) => {
      const reason = failureLine(error);
      process.stderr.write(reason);
      parentPort.postMessage({ type: 'failed', reason: reason.replace(/^parley: |\n$/gu, '') });
      process.exitCode = 1;
    },
  });
}
