import { expect, test } from 'vitest';

import { patchOfScript } from './patchOfScript.ts';

const PATCH = "*** Begin Patch\n*** Add File: a\n+it's $HOME\n*** End Patch";

test.for([
  ["apply_patch <<'EOF'", 'EOF', undefined],
  ['apply_patch <<EOF', 'EOF', undefined],
  ['applypatch << "PATCH"'.replace('<< ', '<<'), 'PATCH', undefined],
  ["cd sub/dir && apply_patch <<'EOF'", 'EOF', 'sub/dir'],
  ["cd 'my folder' && apply_patch <<EOF", 'EOF', 'my folder'],
  ['cd "my folder" && apply_patch <<EOF', 'EOF', 'my folder'],
] as const)('%s … %s is a patch', ([first, last, folder]) => {
  expect(patchOfScript(`${first}\n${PATCH}\n${last}\n`)).toEqual({
    kind: 'patch',
    patch: PATCH,
    folder,
  });
});

test.for([
  ['something behind it', `apply_patch <<EOF\n${PATCH}\nEOF\nrm -rf /`],
  ['the same word twice', `apply_patch <<EOF\n${PATCH}\nEOF\necho hi\nEOF`],
  ['something before it', `touch x && apply_patch <<EOF\n${PATCH}\nEOF`],
  ['two folders', `cd a && cd b && apply_patch <<EOF\n${PATCH}\nEOF`],
  ['a folder that a shell works out', `cd "$X" && apply_patch <<EOF\n${PATCH}\nEOF`],
  ['a home', `cd ~/x && apply_patch <<EOF\n${PATCH}\nEOF`],
  ['an argument', `apply_patch '${PATCH}'`],
  ['a pipe', `apply_patch <<EOF | tee log\n${PATCH}\nEOF`],
  ['a document that does not end', `apply_patch <<EOF\n${PATCH}`],
  ['no document at all', 'apply_patch <<EOF'],
  ['another program', 'ls -l'],
  ['nothing', ''],
] as const)('%s is a script like others', ([, script]) => {
  expect(patchOfScript(script)).toBeUndefined();
});

test('the text of a patch alone is known as one', () => {
  expect(patchOfScript(`\n${PATCH}\n`)).toEqual({
    kind: 'bare',
    output: expect.stringContaining('without explicit call to apply_patch') as string,
  });
});
