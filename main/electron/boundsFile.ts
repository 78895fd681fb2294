import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Rectangle } from '../shell/index.ts';

/** Remembers where the window was. Losing this is no harm, so nothing here fails. */
export function createBoundsFile(folder: string): {
  load(): Promise<unknown>;
  save(bounds: Rectangle): Promise<void>;
} {
  const file = join(folder, 'window.json');
  return {
    load: async () => {
      try {
        return JSON.parse(await readFile(file, 'utf8'));
      } catch {
        return undefined;
      }
    },
    save: async (bounds) => {
      try {
        await writeFile(file, `${JSON.stringify(bounds)}\n`);
      } catch {
        // A profile that is read-only, or gone, which is not made anew: the window then opens in its usual place.
      }
    },
  };
}
