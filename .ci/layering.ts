import { globSync } from 'node:fs';

import './teachUsing.ts';

import { cruise } from 'dependency-cruiser';

import configuration from '../.dependency-cruiser.mjs';

const AREAS = ['app', 'core', 'realtime', 'main', 'e2e'];

export type LayeringResult = {
  /** How many modules were looked at. */
  readonly modules: number;
  /** One line each: `rule: from -> to`. */
  readonly violations: readonly string[];
  /** Source files the tool passed over; without a parser it can use, it skips TypeScript in silence. */
  readonly missed: readonly string[];
};

/** Holds the areas below `root` against the rules of `.dependency-cruiser.mjs`. */
export async function checkLayering(root: string): Promise<LayeringResult> {
  const { output } = await cruise(globSync(AREAS, { cwd: root }), {
    ...configuration.options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: configuration.forbidden },
  });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with a text');
  const seen = new Set(output.modules.map((module) => module.source));
  const sources = globSync(`{${AREAS.join(',')}}/**/*.{ts,tsx}`, { cwd: root });
  return {
    modules: seen.size,
    violations: output.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
    ),
    missed: sources
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.endsWith('.d.ts') && !seen.has(file)),
  };
}
