import { accessSync, constants, existsSync } from 'node:fs';
import { posix } from 'node:path';

import { accessTo, type FileRules, type ResolvedPermissions } from '../permissions/index.ts';
import type { CommandOutcome } from './contract.ts';
import { locate, rawPath, textOf } from './paths/index.ts';

/** How a shell tells that the filter of system calls ended a program (SIGSYS). */
const FILTERED_EXIT_CODE = 128 + 31;
/** What a program says of its failure stands at the end of what it prints. */
const MAX_LINES = 200;
/** On the disk what a refusal is about may be named on a line of its own, as npm does. */
const LINES_AROUND = 2;

const READ_ONLY = /read-only file system|\bEROFS\b/iu;
const NO_ACCESS = /permission denied|\bEACCES\b/iu;
const NO_RIGHT = /operation not permitted|\bEPERM\b/iu;
/** Calls that the filter refuses, as programs name them. */
const FILTERED_CALLS =
  /\b(?:socket|ptrace|io_uring\w*|perf_event_open|keyctl|add_key|userfaultfd|bpf)\b/iu;
const NO_NETWORK =
  /could not resolve host|temporary failure in name resolution|network is unreachable|\b(?:ENETUNREACH|EAI_AGAIN)\b/iu;

/**
 * Whether a failure was the sandbox's doing: not by the words alone, which a test or an `echo` can print, but where
 * they are said of a path that the permissions close and that would be open outside.
 */
export function isDenial(
  { exitCode, output }: CommandOutcome,
  { files, network }: ResolvedPermissions,
  cwd: string,
): boolean {
  if (exitCode === 0) return false;
  if (exitCode === FILTERED_EXIT_CODE) return true;
  const lines = output.split('\n').slice(-MAX_LINES);
  return lines.some((line, at) => {
    if (network === 'restricted' && NO_NETWORK.test(line)) return true;
    if (NO_RIGHT.test(line) && FILTERED_CALLS.test(line)) return true;
    const isReadOnly = READ_ONLY.test(line);
    if (!isReadOnly && !NO_ACCESS.test(line)) return false;
    const nearby = lines.slice(Math.max(0, at - LINES_AROUND), at + LINES_AROUND + 1);
    return nearby
      .flatMap(pathsIn)
      .map((path) => posix.resolve(cwd, path))
      .some((path) =>
        isReadOnly ? isKeptFromWriting(files, path) : isKeptFromReading(files, path),
      );
  });
}

/** What a line can mean a path by: what it quotes, what has a slash, and what stands before the words of the system. */
function pathsIn(line: string): readonly string[] {
  const quoted = line.matchAll(/['"`‘“](?<path>[^'"`’”]+)['"`’”]/gu);
  const blamed = line.matchAll(/(?:^|: )(?<path>[^:]+): [A-Z][a-z-]+ [a-z ]+$/gu);
  const slashed = line.matchAll(/(?<path>[^\s:'"`‘’“”,;()[\]]*\/[^\s:'"`‘’“”,;()[\]]*)/gu);
  return [...quoted, ...blamed, ...slashed].flatMap(({ groups }) => {
    const path = groups?.['path']?.trim();
    return path === undefined || path === '' ? [] : [path];
  });
}

function isKeptFromWriting(files: FileRules, path: string): boolean {
  if (namesOf(path).every((name) => accessTo(files, name) === 'write')) return false;
  return isAllowed(existing(path), constants.W_OK);
}

const isKeptFromReading = (files: FileRules, path: string): boolean =>
  namesOf(path).some((name) => accessTo(files, name) === 'deny') && isAllowed(path, constants.R_OK);

/** By the name that was said, and by the one it leads to. */
const namesOf = (path: string): readonly string[] => [path, textOf(locate(rawPath(path)).path)];

/** The path, or where nothing is there the folder in which it would begin. */
function existing(path: string): string {
  let name = path;
  while (!existsSync(name) && posix.dirname(name) !== name) name = posix.dirname(name);
  return name;
}

/** By the system, to us and without a sandbox. */
function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
