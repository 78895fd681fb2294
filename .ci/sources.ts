import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ModuleItem, parseSync } from '@swc/core';

const SOURCES = '{app,core,realtime,main}/**/*.{ts,tsx}';
const TEST_CODE = /(?:\.(?:test|spec)\.tsx?$|\.d\.ts$|(?:^|\/)(?:testing|tests)\/)/;

/** All sources that ship, as sorted paths with forward slashes relative to `root`. */
export function productSources(root: string): readonly string[] {
  return globSync(SOURCES, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !TEST_CODE.test(file))
    .toSorted();
}

/** The top-level statements of one TypeScript file. */
export function parseSource(root: string, file: string): readonly ModuleItem[] {
  const code = readFileSync(join(root, file), 'utf8');
  return parseSync(code, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2024' }).body;
}
