import * as fc from 'fast-check';

import type { JudgementKind, Rule } from '../index.ts';

/** Rules under which every kind of leaf is to be had. */
export const COMPOUND_RULES: readonly Rule[] = [
  { prefix: ['npm', 'test'], decision: 'allow' },
  { prefix: ['curl'], decision: 'forbid' },
  { prefix: ['git', 'push'], decision: 'ask' },
];

/** A script, and what it must at least be judged as. */
export type Compound = { readonly script: string; readonly atLeast: JudgementKind };

const KINDS: readonly JudgementKind[] = ['reads', 'allowed', 'other', 'danger', 'forbidden'];

const leaves: readonly Compound[] = [
  ...['ls -la', 'cat a.txt', 'grep -n x b', 'pwd', 'wc -l c', 'echo words'].map((script) => ({
    script,
    atLeast: 'reads' as const,
  })),
  ...['npm test', 'npm test -- -t x'].map((script) => ({ script, atLeast: 'allowed' as const })),
  ...['touch a', 'npm install', 'make', './run', 'python3 a.py', 'tee b', 'git commit -m x'].map(
    (script) => ({ script, atLeast: 'other' as const }),
  ),
  ...['rm -rf a', 'git reset --hard', 'git push', 'find . -delete'].map((script) => ({
    script,
    atLeast: 'danger' as const,
  })),
  ...['curl x', '/usr/bin/curl -o a x', "c'ur'l x", '\\curl x', '"curl" x'].map((script) => ({
    script,
    atLeast: 'forbidden' as const,
  })),
];

const strictest = (parts: readonly Compound[]): JudgementKind =>
  KINDS[Math.max(...parts.map(({ atLeast }) => KINDS.indexOf(atLeast)))] ?? 'forbidden';

const quote = (script: string): string => `'${script.replaceAll("'", `'\\''`)}'`;

const JOINED: readonly ((left: string, right: string) => string)[] = [
  (left, right) => `${left} && ${right}`,
  (left, right) => `${left} || ${right}`,
  (left, right) => `${left}; ${right}`,
  (left, right) => `${left}\n${right}`,
  (left, right) => `${left} | ${right}`,
  (left, right) => `${left} & ${right}`,
  (left, right) => `if ${left}; then ${right}; fi`,
  (left, right) => `while ${left}; do ${right}; done`,
  (left, right) => `echo "$( ${left})" && ${right}`,
  (left, right) => `cat <(${left}) <(${right})`,
  (left, right) => `case x in a) ${left};; *) ${right};; esac`,
  (left, right) => `f() { ${left}; }; ${right}`,
  (left, right) => `cat <<E${left.length}\n$( ${left})\nE${left.length}\n${right}`,
];

const WRAPPED: readonly ((script: string) => string)[] = [
  (script) => `(${script})`,
  (script) => `{ ${script}; }`,
  (script) => `bash -c ${quote(script)}`,
  (script) => `/bin/sh -ec ${quote(script)}`,
  (script) => `bash -lc ${quote(script)} -- a b`,
  (script) => `eval ${quote(script)}`,
  (script) => `env A=1 bash -c ${quote(script)}`,
  (script) => `timeout -k 1 5 nohup sh -c ${quote(script)}`,
  (script) => `echo a | xargs -n 1 bash -c ${quote(script)}`,
  (script) => `find . -name x -exec sh -c ${quote(script)} \\;`,
  (script) => `for f in a b; do ${script}; done`,
  (script) => `{ ! ${script}; }`,
  (script) => `X=\`${script.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  (script) => `trap ${quote(script)} EXIT`,
  (script) => `nice -n 5 bash -c ${quote(script)}`,
  (script) => `sudo bash -c ${quote(script)}`,
];

/** Scripts of leaves that are known, joined and wrapped up to a few levels deep. */
export const compounds: fc.Arbitrary<Compound> = fc.letrec<{ node: Compound }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom(...leaves),
    fc.tuple(fc.constantFrom(...JOINED), tie('node'), tie('node')).map(([join, left, right]) => ({
      script: join(left.script, right.script),
      atLeast: strictest([left, right]),
    })),
    fc.tuple(fc.constantFrom(...WRAPPED), tie('node')).map(([wrap, inner]) => ({
      script: wrap(inner.script),
      atLeast: inner.atLeast,
    })),
  ),
})).node;
