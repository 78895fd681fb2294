import * as fc from 'fast-check';
import { mkdirSync, mkdtempDisposableSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { PermissionProfile } from '../../protocol/index.ts';
import {
  type Access,
  accessTo,
  canonicalEntries,
  RANK,
  type RestrictedFiles,
} from '../access/index.ts';
import { canonicalFileSet, type FileSet, placedFiles, type Places } from '../policy/index.ts';
import { bindGrant } from './bindGrant.ts';
import { realPathOf } from './realPath.ts';
import {
  describeExtra,
  type ExtraPermissions,
  extraPermissions,
  grantExtra,
  mergePermissions,
  type PermissionGrant,
  SessionGrants,
} from './index.ts';
import { intersectPermissions } from './intersect.ts';

const places: Places = { cwd: '/w', workspaceRoots: ['/w', '/v'], hasSlashTmp: true };

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const access = fc.constantFrom<Access>('read', 'write', 'deny');
const files: fc.Arbitrary<FileSet> = fc.record(
  {
    entries: fc.array(
      fc.oneof(
        fc.record({ path: path.map((at) => ({ type: 'path' as const, path: at })), access }),
        fc.record({
          path: path.map((at) => ({
            type: 'glob_pattern' as const,
            pattern: at === '/' ? '/a/*' : `${at}/*`,
          })),
          access: fc.constant<Access>('deny'),
        }),
      ),
      { maxLength: 5 },
    ),
    globScanMaxDepth: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['entries'] },
);
const extra: fc.Arbitrary<ExtraPermissions> = fc.record({ files, network: fc.boolean() });

const rules = (placed: Pick<RestrictedFiles, 'entries' | 'denyGlobs'>): RestrictedFiles => ({
  kind: 'restricted',
  protectedPaths: [],
  ...placed,
});
const rank = (of: RestrictedFiles, at: string): number => RANK[accessTo(of, at)];

const asking = (fileSystem: PermissionProfile['fileSystem'], enabled = false) =>
  extraPermissions({ fileSystem, network: { enabled } });
/** A pattern that is denied. */
const glob = (pattern: string) => ({
  path: { type: 'glob_pattern' as const, pattern },
  access: 'deny' as const,
});
/** Leave to write there. */
const leave = (at: string): PermissionGrant => ({
  entries: [{ path: at, access: 'write' }],
  denyGlobs: [],
  network: 'restricted',
});

describe('what counts of an answer', () => {
  test('is at most what was asked for, and at most what was answered, at every path', () => {
    fc.assert(
      fc.property(extra, extra, path, (asked, answered, at) => {
        const grant = intersectPermissions(asked, answered, places);
        if (grant === undefined) return;
        const allowed = rank(rules(grant), at);
        expect(allowed).toBeLessThanOrEqual(rank(rules(placedFiles(asked.files, places)), at));
        expect(allowed).toBeLessThanOrEqual(rank(rules(placedFiles(answered.files, places)), at));
        expect(grant.network === 'enabled').toBe(asked.network && answered.network);
      }),
      { numRuns: 500 },
    );
  });

  test('is all of it where exactly that was asked for', () => {
    fc.assert(
      fc.property(extra, path, (asked, at) => {
        const grant = intersectPermissions(asked, asked, places);
        const before = rank(rules(placedFiles(asked.files, places)), at);
        expect(grant === undefined ? 0 : rank(rules(grant), at)).toBe(
          grant === undefined ? 0 : before,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('a narrower path and less are kept, a broader path and more are dropped', () => {
    const asked = asking({ read: ['/etc'], write: ['out'] }, true);

    expect(intersectPermissions(asked, asking({ write: ['/w/out/sub', '/usr'] }), places)).toEqual({
      entries: [{ path: '/w/out/sub', access: 'write' }],
      denyGlobs: [],
      network: 'restricted',
    });
    expect(intersectPermissions(asked, asking({ write: ['/', '/etc'] }), places)).toBeUndefined();
    expect(intersectPermissions(asked, asking({ read: ['/w/out'] }), places)?.entries).toEqual([
      { path: '/w/out', access: 'read' },
    ]);
    expect(intersectPermissions(asking(null), asking(null, true), places)).toBeUndefined();
  });

  test('patterns of both sides stay closed, looked for as deep as the deeper one says', () => {
    const a = { path: { type: 'path' as const, path: '/a' }, access: 'write' as const };
    const asked = asking({ entries: [a, glob('/a/**/*.env')], globScanMaxDepth: 3 });
    const answered = asking({ entries: [a, glob('/a/*.key'), glob('/z/*')], globScanMaxDepth: 5 });

    expect(intersectPermissions(asked, answered, places)).toEqual({
      entries: [{ path: '/a', access: 'write' }],
      denyGlobs: ['/a/**/*.env', '/a/*.key'],
      globScanMaxDepth: 5,
      network: 'restricted',
    });
    const unbounded = asking({ entries: [a, glob('/a/*.key')] });
    expect(intersectPermissions(asked, unbounded, places)).not.toHaveProperty('globScanMaxDepth');
  });

  test('a pattern that is to be read or written is refused', () => {
    expect(() =>
      asking({ entries: [{ path: { type: 'glob_pattern', pattern: '/a/*' }, access: 'read' }] }),
    ).toThrow('glob file system permissions only support deny-read entries');
  });
});

describe('what is in force after a grant', () => {
  const placed = extra.map(({ files: set, network }) => ({
    ...placedFiles(set, places),
    network: network ? ('enabled' as const) : ('restricted' as const),
  }));

  test('is nothing less than before but what the grant denies, and nothing more than both together', () => {
    fc.assert(
      fc.property(placed, placed, path, (base, granted, at) => {
        const before = { files: rules(base), network: base.network };
        const grant: PermissionGrant = {
          ...granted,
          entries: granted.entries.filter((entry) => entry.access !== 'deny'),
          denyGlobs: [],
        };
        const after = mergePermissions(before, grant);
        if (after.files.kind !== 'restricted') throw new Error('no rules');
        const now = rank(after.files, at);
        const past = rank(before.files, at);
        expect(now).toBeGreaterThanOrEqual(past);
        expect(now).toBeLessThanOrEqual(Math.max(past, rank(rules(grant), at)));
        expect(after.network === 'enabled').toBe(
          base.network === 'enabled' || granted.network === 'enabled',
        );
      }),
      { numRuns: 500 },
    );
  });

  test('holds for the turn, or for the session, as it was granted', () => {
    const base = { files: rules({ entries: [], denyGlobs: [] }), network: 'restricted' } as const;
    const session = new SessionGrants();
    const first = session.forTurn();
    first.add(leave('/turn'), 'turn');
    first.add(leave('/session'), 'session');
    const open = (of: typeof first) =>
      ['/turn', '/session'].map((at) => accessTo(of.over(base).files, at));

    expect(open(first)).toEqual(['write', 'write']);
    expect(open(session.forTurn())).toEqual(['deny', 'write']);
  });
});

test('one set in any order is one set', () => {
  fc.assert(
    fc.property(files, fc.infiniteStream(fc.nat()), (set, order) => {
      const shuffled = set.entries
        .map((entry) => ({ entry, at: order.next().value }))
        .toSorted((one, other) => one.at - other.at)
        .map(({ entry }) => entry);
      expect(canonicalFileSet({ ...set, entries: shuffled })).toEqual(canonicalFileSet(set));
      expect(placedFiles({ ...set, entries: shuffled }, places)).toEqual(placedFiles(set, places));
      expect(canonicalEntries(placedFiles(set, places).entries)).toEqual(
        placedFiles(set, places).entries,
      );
    }),
    { numRuns: 200 },
  );
});

test('what clients are shown of a request is what they would answer to grant it', () => {
  fc.assert(
    fc.property(extra, (asked) => {
      const { files: set, network } = extraPermissions(describeExtra(asked, '/w'));
      expect({ files: set, network }).toEqual({
        network: asked.network,
        files: asked.files.entries.length === 0 ? { entries: [] } : canonicalFileSet(asked.files),
      });
    }),
    { numRuns: 200 },
  );
});

describe('a grant is tied to the folders of the moment of consent', () => {
  test('by the name that was asked and by the one it led to, also where there is nothing yet', () => {
    using root = mkdtempDisposableSync(join(realPathOf(tmpdir()), 'grants-'));
    const at = (...names: string[]): string => join(root.path, ...names);
    mkdirSync(at('ok'));
    mkdirSync(at('victim'));
    symlinkSync(at('ok'), at('link'));
    const asked = extraPermissions({
      network: null,
      fileSystem: { write: ['link/sub'] },
    });
    const environment = { environmentId: 'local', cwd: root.path, runtimeWorkspaceRoots: [] };
    const granted = grantExtra(asked, asked, { environment, machine: { hasSlashTmp: true } });
    const real = { access: 'write', realPath: at('ok', 'sub') };

    expect(granted?.shown.entries).toEqual([{ path: at('link', 'sub'), access: 'write' }]);
    expect(granted?.grant.entries).toEqual([
      { path: at('link', 'sub'), ...real },
      { path: at('ok', 'sub'), ...real },
    ]);
    rmSync(at('link'));
    symlinkSync(at('victim'), at('link'));
    expect(realPathOf(at('link', 'sub'))).toBe(at('victim', 'sub'));
  });

  test('and what it denies is closed by both names', () => {
    const grant: PermissionGrant = {
      entries: [
        { path: '/l', access: 'write' },
        { path: '/l/no', access: 'deny' },
      ],
      denyGlobs: ['/l/*.env'],
      network: 'restricted',
    };
    const bound = rules(bindGrant(grant, (at) => at.replace(/^\/l(?=\/|$)/u, '/r')));

    expect(
      ['/l/x', '/r/x', '/l/no/x', '/r/no/x', '/l/.env', '/r/.env'].map((at) => accessTo(bound, at)),
    ).toEqual(['write', 'write', 'deny', 'deny', 'deny', 'deny']);
  });
});
