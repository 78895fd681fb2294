import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';

import fuzzysort from 'fuzzysort';
import ignore, { type Ignore } from 'ignore';

import type { FuzzyFileSearchResponse } from '../protocol/index.ts';

type Found = FuzzyFileSearchResponse['files'][number];

const MAX_FOUND = 50;
/** Files and folders of one root that are looked at: more than a source tree has, less than a disk. */
const MAX_LOOKED_AT = 100_000;
const MAX_DEPTH = 40;
/** fuzzysort rates from 0 to 1, the protocol in whole numbers. */
const SCORE_STEPS = 1000;

/** Rules of a `.gitignore`, for paths below the folder it lies in. */
type Rules = { readonly below: string; readonly rules: Ignore };

/** See `searchFiles`. */
export async function searchRoots(
  query: string,
  roots: readonly string[],
  signal: AbortSignal,
): Promise<Found[]> {
  if (query.trim() === '') return [];
  const found: Found[] = [];
  for (const root of roots) {
    // One that is no absolute path leads nowhere, as one that is not there.
    if (isAbsolute(root)) await searchRoot(query, root, signal, found);
  }
  return signal.aborted ? [] : best(found);
}

async function searchRoot(
  query: string,
  root: string,
  signal: AbortSignal,
  found: Found[],
): Promise<void> {
  let lookedAt = 0;
  const look = async (folder: string, above: readonly Rules[], depth: number): Promise<void> => {
    const entries = await entriesOf(join(root, folder));
    const rules = entries.some(({ name }) => name === '.gitignore')
      ? [...above, await rulesOf(root, folder)]
      : above;
    for (const entry of entries) {
      if (signal.aborted || lookedAt >= MAX_LOOKED_AT) return;
      lookedAt += 1;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if (entry.name === '.git' || isIgnored(path, isFolder, rules)) continue;
      // oxlint-disable-next-line import/no-named-as-default-member -- its types know the default export only
      const match = fuzzysort.single(query, path);
      if (match !== null && (isFolder || entry.isFile())) {
        found.push({
          root,
          path,
          match_type: isFolder ? 'directory' : 'file',
          file_name: basename(path),
          score: Math.max(0, Math.round(match.score * SCORE_STEPS)),
          indices: [...match.indexes].toSorted((one, other) => one - other),
        });
        // Never far more than is told, however much there is.
        if (found.length > 20 * MAX_FOUND) found.splice(0, found.length, ...best(found));
      }
      if (isFolder && depth < MAX_DEPTH) await look(path, rules, depth + 1);
    }
  };
  await look('', [], 0);
}

const best = (found: readonly Found[]): Found[] =>
  found
    .toSorted((one, other) => other.score - one.score || (one.path < other.path ? -1 : 1))
    .slice(0, MAX_FOUND);

/** A folder that cannot be read, or has gone meanwhile, has nothing. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function rulesOf(root: string, folder: string): Promise<Rules> {
  const text = await readFile(join(root, folder, '.gitignore'), 'utf8').catch(() => '');
  return { below: folder === '' ? '' : `${folder}/`, rules: ignore().add(text) };
}

function isIgnored(path: string, isFolder: boolean, all: readonly Rules[]): boolean {
  let isLeftOut = false;
  // The rules nearest to it have the last word.
  for (const { below, rules } of all) {
    const { ignored, unignored } = rules.test(`${path.slice(below.length)}${isFolder ? '/' : ''}`);
    if (ignored) isLeftOut = true;
    else if (unignored) isLeftOut = false;
  }
  return isLeftOut;
}
