import { describe, expect, test } from 'vitest';

import type { Done, Move } from './plan.ts';
import { planFor } from './skills.ts';
import { PRACTICE_MISTAKE } from './workSkills.ts';

const ran = (output: string, code = 0): Done => ({
  tool: 'exec_command',
  input: '',
  output: `Chunk ID: abc123\nWall time: 0.1 seconds\nProcess exited with code ${code}\nOriginal token count: 1\nOutput:\n${output}`,
});
const patched = (input = ''): Done => ({
  tool: 'apply_patch',
  input,
  output:
    'Exit code: 0\nWall time: 0.1 seconds\nOutput:\nSuccess. Updated the following files:\nM x',
});
const refused: Done = { tool: 'apply_patch', input: '', output: 'patch rejected by the user' };

function next(request: string, done: readonly Done[] = [], earlier: readonly Done[] = []): Move {
  const plan = planFor(request, 0);
  if (plan.type !== 'work') throw new Error(`${request} is no work but ${plan.type}`);
  return plan.next(done, earlier);
}

test('a folder is looked into, and told by name', () => {
  expect(next('what is in this folder?')).toEqual({
    type: 'command',
    script: 'ls -1',
    isLogin: false,
  });
  expect(next("dire ce qu'il y a dans ce dossier", [ran('a.txt\nsrc\n')])).toEqual({
    type: 'report',
    text: '2 things are in this folder:\n\n- `a.txt`\n- `src`',
  });
  expect(next('list the files', [ran('')])).toMatchObject({
    text: 'There is nothing in this folder.',
  });
  expect(next('list the files', [ran('not there', 2)])).toMatchObject({
    text: expect.stringContaining('I could not do that') as unknown,
  });
});

test('a file is made where there is none, and one that is there is left alone', () => {
  const request = 'make a file called notes with 3 + 4 apples';
  expect(next(request)).toMatchObject({ type: 'command' });
  expect(next(request, [ran('there')])).toMatchObject({ type: 'report' });
  expect(next(request, [ran('free')])).toEqual({
    type: 'patch',
    patch: '*** Begin Patch\n*** Add File: notes\n+3 + 4 apples\n*** End Patch\n',
  });
  expect(next(request, [ran('free'), patched()])).toEqual({
    type: 'report',
    text: 'I made the file **notes**.',
  });
  expect(next(request, [ran('free'), refused])).toMatchObject({
    text: expect.stringContaining('rejected by the user') as unknown,
  });
});

describe('a failing test', () => {
  const request = 'fix the failing test';
  const failing = ran('not ok 2 - adds up', 1);
  const source = ran(`export function total(items) {\n${PRACTICE_MISTAKE.wrong}\n}`);

  test('is seen to fail, looked into, mended, and seen to pass', () => {
    expect(next(request)).toMatchObject({
      type: 'command',
      script: expect.stringContaining('test') as unknown,
    });
    expect(next(request, [failing])).toMatchObject({
      type: 'command',
      script: 'cat src/basket.mjs',
    });
    expect(next(request, [failing, source])).toEqual({
      type: 'patch',
      patch: `*** Begin Patch\n*** Update File: src/basket.mjs\n@@\n-${PRACTICE_MISTAKE.wrong}\n+${PRACTICE_MISTAKE.right}\n*** End Patch\n`,
    });
    expect(next(request, [failing, source, patched()])).toMatchObject({ type: 'command' });
    expect(next(request, [failing, source, patched(), ran('ok')])).toMatchObject({
      text: expect.stringContaining('All tests pass now') as unknown,
    });
  });

  test('that cannot be understood, or may not be mended, is told so', () => {
    expect(next(request, [ran('ok')])).toMatchObject({
      text: expect.stringContaining('nothing to fix') as unknown,
    });
    expect(next(request, [failing, ran('no such file', 1)])).toMatchObject({
      text: expect.stringContaining('I do not see why') as unknown,
    });
    expect(next(request, [failing, source, refused])).toMatchObject({
      text: expect.stringContaining('rejected') as unknown,
    });
    expect(next(request, [failing, source, patched(), failing])).toMatchObject({
      text: expect.stringContaining('still fail') as unknown,
    });
  });
});

test('a change is taken back by its reverse, and nothing where there was none', () => {
  const update = '*** Begin Patch\n*** Update File: a\n@@\n-old\n+new\n*** End Patch\n';
  const add = '*** Begin Patch\n*** Add File: b\n+x\n*** End Patch\n';
  expect(next('undo that')).toMatchObject({ type: 'report' });
  expect(next('undo that', [], [patched(update)])).toEqual({
    type: 'patch',
    patch: '*** Begin Patch\n*** Update File: a\n@@\n+old\n-new\n*** End Patch\n',
  });
  expect(next('annuler ça', [], [patched(update), patched(add), refused])).toEqual({
    type: 'patch',
    patch: '*** Begin Patch\n*** Delete File: b\n*** End Patch\n',
  });
  expect(next('undo that', [patched()], [patched(add)])).toMatchObject({
    text: 'I took the last change back.',
  });
});
