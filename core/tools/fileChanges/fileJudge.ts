import { join } from 'node:path';

import {
  accessTo,
  type FileEntry,
  type FileRules,
  type RestrictedFiles,
} from '../../permissions/index.ts';
import { realLocation } from './location.ts';

/** What may be done with a file without asking anybody; with the reason where that is less than all. */
export type FileVerdict =
  | { readonly kind: 'free' }
  /** People may allow it. */
  | { readonly kind: 'ask'; readonly why: string }
  /** Nobody may. */
  | { readonly kind: 'denied' };

/** A file by the name it was given and by where that leads. */
export type JudgedFile = {
  readonly path: string;
  readonly at: string;
  /** How many names what stands there has. */
  readonly links: number;
};

/**
 * Judges files by a turn's permissions, by the name that was given and by the one its links lead to: the
 * lesser access counts. The folders that permissions name are led to their places as well, because a
 * workspace may itself be reached by a link.
 */
export class FileJudge {
  readonly #given: FileRules;
  readonly #real: FileRules;

  private constructor(given: FileRules, real: FileRules) {
    this.#given = given;
    this.#real = real;
  }

  static async of(files: FileRules): Promise<FileJudge> {
    if (files.kind !== 'restricted') return new FileJudge(files, files);
    const given = await stillConsented(files);
    return new FileJudge(given, await led(given));
  }

  isReadable({ path, at }: Pick<JudgedFile, 'path' | 'at'>): boolean {
    return accessTo(this.#given, path) !== 'deny' && accessTo(this.#real, at) !== 'deny';
  }

  ofWriting(file: JudgedFile): FileVerdict {
    if (!this.isReadable(file)) return { kind: 'denied' };
    const { path, at, links } = file;
    if (accessTo(this.#given, path) !== 'write') return ask(`${path} may only be read`);
    if (accessTo(this.#real, at) !== 'write')
      return ask(`${path} leads to ${at}, which may only be read`);
    // One of its names may lie where nothing may be written, and nobody can tell.
    if (links > 1 && this.#given.kind === 'restricted') {
      return ask(`${path} has ${links} names, and the others may lie anywhere`);
    }
    return { kind: 'free' };
  }
}

const ask = (why: string): FileVerdict => ({ kind: 'ask', why });

/** Without what people consented to when its path led elsewhere. */
async function stillConsented(files: RestrictedFiles): Promise<RestrictedFiles> {
  const entries = await Promise.all(
    files.entries.map(async (entry) => {
      const { path, realPath } = entry;
      return realPath === undefined || (await placeOf(path)) === realPath ? [entry] : [];
    }),
  );
  return { ...files, entries: entries.flat() };
}

async function led(files: RestrictedFiles): Promise<RestrictedFiles> {
  const { entries, denyGlobs, protectedPaths } = files;
  return {
    ...files,
    entries: await Promise.all(entries.map(ledEntry)),
    denyGlobs: [...denyGlobs, ...(await Promise.all(denyGlobs.map(ledPattern)))],
    protectedPaths: [...protectedPaths, ...(await Promise.all(protectedPaths.map(placeOf)))],
  };
}

const ledEntry = async (entry: FileEntry): Promise<FileEntry> => {
  const path = await placeOf(entry.path);
  return { ...entry, path };
};

/** A pattern whose fixed beginning leads where that does. */
async function ledPattern(pattern: string): Promise<string> {
  const names = pattern.split('/');
  const firstOpen = names.findIndex((name) => /[*?[{]/u.test(name));
  if (firstOpen < 1) return pattern;
  const fixed = await placeOf(names.slice(0, firstOpen).join('/') || '/');
  return join(fixed, ...names.slice(firstOpen));
}

/** Where a path leads; where it goes round in circles it leads nowhere else. */
async function placeOf(path: string): Promise<string> {
  return realLocation(path).catch(() => path);
}
