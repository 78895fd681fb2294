import { expect, test } from 'vitest';

import { type BubblewrapLook, ensureBubblewrap } from './bubblewrap.ts';

/** A Debian without the program, on which apt-get does what it is told. */
function look(more: Partial<BubblewrapLook> = {}): BubblewrapLook {
  let isInstalled = false;
  return {
    platform: 'linux',
    isInstalled: () => isInstalled,
    canInstall: true,
    install: () => {
      isInstalled = true;
      return undefined;
    },
    ...more,
  };
}

test.for<{ name: string; look: BubblewrapLook; problem: RegExp }>([
  { name: 'installs it where it may', look: look(), problem: /^there it is$/u },
  {
    name: 'says what to install where it may not',
    look: look({ canInstall: false }),
    problem: /sudo apt install bubblewrap/u,
  },
  {
    name: 'says why an install failed',
    look: look({ install: () => 'no such package' }),
    problem: /could not be installed: no such package/u,
  },
  {
    name: 'does not believe an install that changed nothing',
    look: look({ install: () => undefined }),
    problem: /put no/u,
  },
  {
    name: 'needs none on other systems',
    look: look({ platform: 'darwin', canInstall: false }),
    problem: /^there it is$/u,
  },
])('$name', ({ look: found, problem }) => {
  const said = ensureBubblewrap(found);

  expect(said ?? 'there it is').toMatch(problem);
});
