import {
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';

import * as fc from 'fast-check';

import type { ToolContext } from '../../contract.ts';
import { applyPatchTool } from '../tool.ts';

/** What files hold, by their names below the folder of a try. */
type Tree = ReadonlyMap<string, string>;
type Line = { readonly sign: ' ' | '-' | '+'; readonly text: string };
type Hunk =
  | { readonly kind: 'add'; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'update';
      readonly path: string;
      readonly moveTo: string | undefined;
      readonly chunks: readonly {
        readonly context: string | undefined;
        readonly lines: readonly Line[];
      }[];
    };

/** A work tree and a patch that somebody tries on it. */
export type PatchCase = { readonly tree: Tree; readonly hunks: readonly Hunk[] };

const word = fc.constantFrom('a', 'b', 'c', 'd');
const path = fc.constantFrom(
  'one',
  'two',
  'sub/three',
  'sub/deep/four',
  'two/below',
  '../out/five',
);
const inside = fc.constantFrom('one', 'two', 'sub/three', 'sub/deep/four');
const line = fc.record({ sign: fc.constantFrom(' ', '-', '+'), text: word });
const chunk = fc.record({
  context: fc.option(word, { nil: undefined, freq: 3 }),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});
const hunk: fc.Arbitrary<Hunk> = fc.oneof(
  fc.record({ kind: fc.constant('add'), path, lines: fc.array(word, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('delete'), path }),
  fc.record({
    kind: fc.constant('update'),
    path: inside,
    moveTo: fc.option(path, { nil: undefined, freq: 3 }),
    chunks: fc.array(chunk, { minLength: 1, maxLength: 2 }),
  }),
);

/** Work trees with patches of which about as many fit as do not. */
export const patchCases: fc.Arbitrary<PatchCase> = fc.record({
  tree: fc
    .array(fc.tuple(inside, fc.array(word, { maxLength: 6 })), { maxLength: 4 })
    .map((files) => new Map(files.map(([name, lines]) => [name, textOf(lines)]))),
  hunks: fc.array(hunk, { minLength: 1, maxLength: 3 }),
});

const textOf = (lines: readonly string[]): string => lines.map((each) => `${each}\n`).join('');

/** The same rules as plainly as they can be written; undefined where the patch is refused. */
function expected({ tree, hunks }: PatchCase): Tree | undefined {
  const named = hunks.flatMap((each) => {
    const target = each.kind === 'update' ? each.moveTo : undefined;
    return target === undefined || target === each.path ? [each.path] : [each.path, target];
  });
  if (new Set(named).size < named.length) return undefined;
  if (named.some((name) => normalize(name).startsWith('..'))) return undefined;
  const result = new Map(tree);
  for (const each of hunks) {
    if (each.kind === 'add') {
      result.set(each.path, textOf(each.lines));
      continue;
    }
    const before = tree.get(each.path);
    if (before === undefined) return undefined;
    result.delete(each.path);
    if (each.kind === 'delete') continue;
    const after = changed(before.split('\n').slice(0, -1), each.chunks);
    if (after === undefined) return undefined;
    result.set(each.moveTo ?? each.path, textOf(after));
  }
  const names = new Set([...tree.keys(), ...result.keys()]);
  // What is a file, before or after, is no folder that something could lie in.
  const isBelowFile = Array.from(result.keys()).some((name) => names.has(dirname(name)));
  return isBelowFile ? undefined : result;
}

function changed(
  lines: readonly string[],
  chunks: readonly { readonly context: string | undefined; readonly lines: readonly Line[] }[],
): readonly string[] | undefined {
  const done: string[] = [];
  const appended: string[] = [];
  let rest = [...lines];
  for (const { context, lines: changes } of chunks) {
    const old = changes.filter(({ sign }) => sign !== '+').map(({ text }) => text);
    const fresh = changes.filter(({ sign }) => sign !== '-').map(({ text }) => text);
    if (context !== undefined) {
      const at = rest.indexOf(context);
      if (at < 0) return undefined;
      done.push(...rest.splice(0, at + 1));
    }
    if (old.length === 0) {
      (context === undefined ? appended : done).push(...fresh);
      continue;
    }
    const at = rest.findIndex((_line, index) => old.every((each, k) => rest[index + k] === each));
    if (at < 0) return undefined;
    done.push(...rest.splice(0, at), ...fresh);
    rest = rest.slice(old.length);
  }
  return [...done, ...rest, ...appended];
}

function written(hunks: readonly Hunk[]): string {
  const lines = hunks.flatMap((each): readonly string[] => {
    if (each.kind === 'add') {
      return [`*** Add File: ${each.path}`, ...each.lines.map((text) => `+${text}`)];
    }
    if (each.kind === 'delete') return [`*** Delete File: ${each.path}`];
    return [
      `*** Update File: ${each.path}`,
      ...(each.moveTo === undefined ? [] : [`*** Move to: ${each.moveTo}`]),
      ...each.chunks.flatMap(({ context, lines: changes }) => [
        context === undefined ? '@@' : `@@ ${context}`,
        ...changes.map(({ sign, text }) => sign + text),
      ]),
    ];
  });
  return ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');
}

function lookAt(folder: string): Tree {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const inWords = (tree: Tree): string =>
  JSON.stringify(Array.from(tree).toSorted(([one], [other]) => (one < other ? -1 : 1)));

/**
 * Applies the patch of a case to real files, where only their own folder may be written. Resolves with whether it
 * fitted, and with what is wrong where files are neither what the rules say nor what they were.
 */
export async function tryPatch(
  tried: PatchCase,
): Promise<{ readonly isApplied: boolean; readonly problem: string | undefined }> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'patch-case-'));
  const root = realpathSync(folder.path);
  const cwd = join(root, 'ws');
  mkdirSync(join(root, 'out'));
  mkdirSync(cwd);
  for (const [name, text] of tried.tree) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const patch = written(tried.hunks);
  const output = await applyPatchTool(true).run(patch, contextIn(cwd));
  const isApplied = typeof output === 'string' && output.startsWith('Exit code: 0');
  const wanted = expected(tried);
  const found = inWords(lookAt(cwd));
  const isRight =
    isApplied === (wanted !== undefined) &&
    found === inWords(wanted ?? tried.tree) &&
    lookAt(join(root, 'out')).size === 0;
  const problem = `${patch}\non ${inWords(tried.tree)}: ${found}, ${JSON.stringify(output)}`;
  return { isApplied, problem: isRight ? undefined : problem };
}

function contextIn(cwd: string): ToolContext {
  const over = new AbortController();
  return {
    callId: 'c',
    nowMs: () => 0,
    environment: { environmentId: 'local', cwd, runtimeWorkspaceRoots: [cwd] },
    signal: over.signal,
    turn: { stopped: over.signal, over: over.signal },
    grant: () => undefined,
    permissions: () => ({
      files: {
        kind: 'restricted',
        entries: [
          { path: '/', access: 'read' },
          { path: cwd, access: 'write' },
        ],
        denyGlobs: [],
        protectedPaths: [],
      },
      network: 'restricted',
    }),
    approvalPolicy: 'never',
    fileChanges: { made: async () => undefined },
    startItem: () => ({ delta: () => undefined, complete: () => undefined }),
    startLastingItem: () => ({ delta: () => undefined, complete: () => undefined }),
    showPlan: () => undefined,
    ask: nobody,
    requestApproval: nobody,
    callClient: nobody,
  };
}

const nobody = async () =>
  ({ type: 'refused', because: 'nobody', by: undefined, words: undefined }) as const;
