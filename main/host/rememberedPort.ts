import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '../../core/platform/index.ts';
import { CommandError, PortInUseError } from '../engine/index.ts';

const fileIn = (home: string): string => join(home, 'browser-host.json');

/**
 * The port of the host's first start. A browser keeps settings and the permission for the microphone by
 * origin, and the port is a part of that.
 */
async function recallPort(home: string): Promise<number | undefined> {
  try {
    return portIn(JSON.parse(await readFile(fileIn(home), 'utf8')));
  } catch {
    // A memory that cannot be read is none.
    return undefined;
  }
}

/** By hand, because zod alone would take longer to load than all the rest of the host. */
function portIn(memory: unknown): number | undefined {
  if (typeof memory !== 'object' || memory === null || !('port' in memory)) return undefined;
  const { port } = memory;
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535;
  return isPort ? port : undefined;
}

/**
 * Starts where the browser knows Parley already. Where that port cannot be had another is used this once, so
 * that the next start finds back, and `tell` says so.
 */
export async function startAtKnownPort<Host extends { readonly port: number }>(
  home: string,
  start: (port: number) => Promise<Host>,
  tell: (sentence: string) => void,
): Promise<Host> {
  const known = await recallPort(home);
  if (known === undefined) {
    const host = await start(0);
    await rememberPort(home, host.port);
    return host;
  }
  try {
    return await start(known);
  } catch (error) {
    // Windows reserves ports anew at each of its starts, so it is not always another program that has it.
    if (!(error instanceof CommandError)) throw error;
    const why = error instanceof PortInUseError ? 'is in use' : 'may not be used now';
    const host = await start(0);
    tell(
      `Port ${known} of the last start ${why}, so this one has port ${host.port}, where your browser asks for the microphone again.`,
    );
    return host;
  }
}

/** Where it cannot be written, the next start has another port, and nothing else is lost. */
async function rememberPort(home: string, port: number): Promise<void> {
  await writeFileAtomic(fileIn(home), `${JSON.stringify({ port })}\n`).catch(() => undefined);
}
