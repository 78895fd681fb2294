import process from 'node:process';

import { createPortTransport } from '../../core/rpc/index.ts';
import { VERSION } from '../version.ts';
import {
  type ElectronPort,
  portFromElectron,
  serveUtility,
  type UtilityParent,
} from './electron/index.ts';
import { loadEngine } from './loadEngine.ts';
import { failureLine, workingFolder } from './process/index.ts';
import { startEngine } from './startEngine.ts';

/** The engine inside Electron's utility process. Only there does `process.parentPort` exist. */
export async function runUtility(): Promise<void> {
  const { parentPort } = process as typeof process & { parentPort: UtilityParent };
  await serveUtility(parentPort, {
    startEngine: () =>
      startEngine(
        { configOverrides: [], enable: [], disable: [] },
        { env: process.env, cwd: workingFolder(), version: VERSION, loadEngine },
      ),
    createTransport: (port: ElectronPort) => createPortTransport(portFromElectron(port)),
    fail: (error) => {
      const reason = failureLine(error);
      process.stderr.write(reason);
      parentPort.postMessage({ type: 'failed', reason: reason.replace(/^parley: |\n$/gu, '') });
      process.exitCode = 1;
    },
  });
}
