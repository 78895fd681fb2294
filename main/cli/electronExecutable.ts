import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Found without importing the package, whose import would download what is missing. */
export function electronExecutable(packageFolder: string): string | undefined {
  try {
    const path = readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim();
    const executable = join(packageFolder, 'dist', path);
    return existsSync(executable) ? executable : undefined;
  } catch {
    return undefined;
  }
}
