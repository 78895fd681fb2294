import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as z from 'zod';

import { writeFileAtomic } from '../../core/platform/index.ts';

const PortFile = z.object({ port: z.int().min(1).max(65_535) });

const fileIn = (home: string): string => join(home, 'browser-host.json');

/**
 * The port of the host's first start. A browser keeps settings and the permission for the microphone by
 * origin, and the port is a part of that.
 */
export async function recallPort(home: string): Promise<number | undefined> {
  try {
    return PortFile.parse(JSON.parse(await readFile(fileIn(home), 'utf8'))).port;
  } catch {
    // A memory that cannot be read is none.
    return undefined;
  }
}

/** Where it cannot be written, the next start has another port, and nothing else is lost. */
export async function rememberPort(home: string, port: number): Promise<void> {
  await writeFileAtomic(fileIn(home), `${JSON.stringify({ port })}\n`).catch(() => undefined);
}
