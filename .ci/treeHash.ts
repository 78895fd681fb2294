import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file below a folder with the hash of its bytes, by path with forward slashes. */
export function hashFiles(folder: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    hashes.set(relative(folder, file).replaceAll('\\', '/'), hash);
  }
  return hashes;
}

/** One line for each file that is in only one of two trees, or differs between them. */
export function compareTrees(
  first: ReadonlyMap<string, string>,
  second: ReadonlyMap<string, string>,
): readonly string[] {
  const differences: string[] = [];
  for (const [file, hash] of first) {
    const other = second.get(file);
    if (other === undefined) differences.push(`only in the first: ${file}`);
    else if (other !== hash) differences.push(`differs: ${file}`);
  }
  for (const file of second.keys()) {
    if (!first.has(file)) differences.push(`only in the second: ${file}`);
  }
  return differences;
}
