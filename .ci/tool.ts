import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import * as z from 'zod';

/** The repository's root folder. */
export const ROOT = dirname(import.meta.dirname);

const Manifest = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });

/**
 * The script behind a command of an installed package, to be run by this very Node: no shell, no shim,
 * and therefore the same on every system. `command` matters where a package has several.
 */
export function toolPath(packageName: string, command = packageName): string {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin } = Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const script = typeof bin === 'string' ? bin : bin[command];
  if (script === undefined)
    throw new Error(`The package ${packageName} has no command ${command}.`);
  return join(folder, script);
}
