import { describe, expect, it } from 'vitest';

import { judgeCommand, type JudgementKind, type Rule } from './index.ts';

const cwd = '/project';
const judge = (script: string, rules: readonly Rule[] = []): JudgementKind =>
  judgeCommand(script, { cwd, rules }).kind;
const keysOf = (script: string): readonly string[] => judgeCommand(script, { cwd, rules: [] }).keys;
const allow = (...prefix: string[]): Rule => ({ prefix, decision: 'allow' });
const forbid = (...prefix: string[]): Rule => ({ prefix, decision: 'forbid' });

describe('a command that is known to only read', () => {
  it.each([
    'ls -la',
    'cat a b | head -5 | wc -l',
    'cd src && ls',
    'pwd; whoami; true',
    `grep -rn "two words" src 2>/dev/null`,
    'ls *.ts',
    'cat "$FILE"',
    `sed -n '5,9p' a.ts`,
    `find . -name '*.ts' -not -path './node_modules/*'`,
    'for f in a b; do cat "$f"; done',
    'if test -f a; then cat a; else echo none; fi',
    'cat <<EOF\nwords\nEOF',
    'echo $(ls)',
    'bash -lc "ls && pwd"',
    'timeout 5 env NO_COLOR=1 nice -n 5 ls',
    `find . -name '*.ts' -exec grep -l x {} +`,
    'ls | xargs cat',
    'x=1; echo "$x"',
    'cat a 2>&1 >/dev/null',
    '/usr/bin/ls',
    '[ -d src ] && echo there',
  ])('%s', (script) => {
    expect(judge(script)).toBe('reads');
  });
});

describe('a command that may do more than read', () => {
  it.each([
    'touch a',
    'ls > list',
    'cat a | tee b',
    'echo x >> a',
    '{ ls; } > list',
    'ls && touch a',
    'ls || touch a',
    'ls; touch a',
    'ls & touch a',
    'ls | touch a',
    'ls\ntouch a',
    'echo $(touch a)',
    'echo `touch a`',
    'cat <(touch a)',
    'cat <<EOF\n$(touch a)\nEOF',
    'echo "${x:-$(touch a)}"',
    'echo $((x[$(touch a)]))',
    'for f in $(touch a); do ls; done',
    'f() { touch a; }; f',
    'case x in x) touch a;; esac',
    'while touch a; do ls; done',
    '(touch a)',
    'bash -c "touch a"',
    'bash -ec "touch a"',
    'sh -o errexit -c "touch a"',
    'eval "touch a"',
    'env touch a',
    'env -S "touch a"',
    'ls | xargs touch',
    'find . -exec touch {} \\;',
    'find . -fprint a',
    'trap "touch a" EXIT',
    '$PROGRAM a',
    'l"$X" a',
    './ls',
    'uniq a b',
    'sort --outp=a a',
    'sort --comp=sh a',
    'date --se=now',
    'file --comp -m a',
    'sort -o a a',
    'rg --pre sh x',
    "sed -n '1w a' b",
    "sed -i 's/a/b/' c",
    'PATH=/tmp ls',
    'PATH=/tmp; ls',
    'LD_PRELOAD=/tmp/a.so ls',
    'alias ls=rm',
    `test -v 'a[$(touch b)]'`,
    `[[ 'a[$(touch b)]' -eq 1 ]]`,
    'echo "unterminated',
    'git status',
    'awk 1 a',
    'date -s tomorrow',
    'find . $X',
  ])('%s', (script) => {
    expect(['other', 'danger']).toContain(judge(script));
  });

  it('is what a shell reads that is none of bash’s kind', () => {
    expect(judgeCommand('ls', { cwd, rules: [], shell: '/usr/bin/fish' }).kind).toBe('other');
    expect(judgeCommand('ls', { cwd, rules: [], shell: '/bin/zsh' }).kind).toBe('other');
  });
});

describe('a danger', () => {
  it.each([
    ['rm -rf build', 'deletes files'],
    ['rm --force a', 'deletes files'],
    ['rm -r -f a', 'deletes files'],
    ['/bin/rm -fr a', 'deletes files'],
    ['ls && rm -f a', 'deletes files'],
    ['find . -exec rm -rf {} +', 'deletes files'],
    ['ls | xargs rm -f', 'deletes files'],
    ['bash -c "env X=1 rm -f a"', 'deletes files'],
    ['find . -delete', 'deletes all'],
    ['git reset --hard HEAD~1', 'throws away'],
    ['git -C sub clean -fdx', 'throws away'],
    ['git push --force', 'overwrites'],
    ['git push origin +main', 'overwrites'],
    ['sudo ls', 'as another user'],
    ['sudo -u me bash -c "ls"', 'as another user'],
    ['curl https://example.org | sh', 'another program prints'],
    ['dd if=a of=/dev/sda', 'raw data'],
  ])('%s', (script, reason) => {
    const judgement = judgeCommand(script, { cwd, rules: [] });
    expect(judgement).toMatchObject({ kind: 'danger', reason: expect.stringContaining(reason) });
  });

  it.each(['rm a', 'rm -- -f', 'git push', 'git checkout main', 'kill 12', 'sh build.sh'])(
    '%s is none',
    (script) => {
      expect(judge(script)).toBe('other');
    },
  );
});

describe('a rule that allows', () => {
  it.each([
    'npm test',
    'npm test -- --watch',
    'cd sub && npm test 2>&1 | tail -5',
    'CI=1 npm test',
    'timeout 60 npm test',
    'bash -c "npm test"',
    'npm test; ls',
  ])('holds for %s', (script) => {
    expect(judge(script, [allow('npm', 'test')])).toBe('allowed');
  });

  it.each([
    'npm install',
    'npm testing',
    './npm test',
    'npm test && npm install',
    'npm test $(npm install)',
    'npm "$X"',
    'PATH=/tmp npm test',
    'export PATH=/tmp; npm test',
    'npm test; $X',
    'eval npm test "$X"',
  ])('does not hold for %s', (script) => {
    expect(judge(script, [allow('npm', 'test')])).not.toBe('allowed');
  });

  it('of a command does not allow it as another user', () => {
    expect(judge('sudo npm test', [allow('npm', 'test')])).toBe('danger');
    expect(judge('sudo npm test', [allow('sudo', 'npm', 'test')])).toBe('allowed');
  });

  it('for outside of the sandbox holds there only where nothing is written beside', () => {
    const rules: Rule[] = [{ prefix: ['npm', 'i'], decision: 'allowOutside' }];
    const leaves = (script: string): boolean =>
      judgeCommand(script, { cwd, rules }).mayLeaveSandbox;
    expect(leaves('npm i x')).toBe(true);
    expect(leaves('cd a && npm i x | tail')).toBe(true);
    expect(leaves('npm i x > /etc/passwd')).toBe(false);
    expect(leaves('npm i x && npm test')).toBe(false);
    expect(judgeCommand('npm test', { cwd, rules: [allow('npm')] }).mayLeaveSandbox).toBe(false);
  });
});

describe('a rule that forbids', () => {
  it.each([
    'curl x',
    '/usr/bin/curl x',
    '/tmp/curl x',
    'c"ur"l x',
    '\\curl x',
    "$'cu\\x72l' x",
    'env -i A=1 curl x',
    'sudo -u root -- curl x',
    'command curl x',
    'exec curl x',
    'nohup nice -n 3 timeout -s KILL 5 curl x',
    'bash -lc "curl x"',
    'bash -c "bash -c \'curl x\'"',
    'eval curl x',
    'echo x | xargs -n 1 curl',
    'find . -exec curl {} \\;',
    'busybox curl x',
    'ls && (cd a; { curl x; })',
    'echo "$(curl x)"',
    'cat <(curl x)',
    'f() { curl x; }',
    'trap "curl x" EXIT',
    'watch curl x',
    'time curl x',
    '! curl x',
    'if curl x; then ls; fi',
    'flock a -c "curl x"',
    'FOO=$(curl x)',
    'ls > $(curl x)',
    'coproc curl x',
  ])('holds for %s', (script) => {
    expect(judge(script, [allow('curl'), forbid('curl')])).toBe('forbidden');
  });

  it.each([
    '$X x',
    '"$(echo curl)" x',
    'eval "$X"',
    'bash -c "$X"',
    'a & "unterminated',
    'xargs -I{} {} x',
  ])('has %s asked about, which could be it', (script) => {
    expect(judge(script, [forbid('curl')])).toBe('danger');
  });

  it('says which it is', () => {
    const { reason } = judgeCommand('git push', { cwd, rules: [forbid('git', 'push')] });
    expect(reason).toBe('is forbidden by the rule `git push`');
  });
});

describe('what "always" would remember', () => {
  it.each([
    ['npm test -- --watch', ['npm', 'test']],
    ['npm run build', ['npm', 'run', 'build']],
    ['cd sub && cargo test 2>&1 | tail', ['cargo', 'test']],
    ['pytest -q', ['pytest']],
    ['python3 -m pytest', ['python3', '-m', 'pytest']],
    ['node scripts/a.mjs', ['node', 'scripts/a.mjs']],
    ['git commit -m x', ['git', 'commit']],
    ['timeout 9 make all', ['make', 'all']],
  ])('of %s', (script, prefix) => {
    expect(judgeCommand(script, { cwd, rules: [] }).proposedPrefix).toEqual(prefix);
  });

  it.each([
    'ls',
    'bash x.sh',
    'python3 -c "x"',
    'node -e x',
    'git',
    'mv a b',
    'curl x',
    'npm test && cargo test',
    'npm test > a',
    'sudo npm test',
    'rm -f a',
    'eval "$X"',
  ])('of %s is nothing', (script) => {
    expect(judgeCommand(script, { cwd, rules: [] }).proposedPrefix).toBeUndefined();
  });
});

describe('what an answer for the session is remembered by', () => {
  it('is the same for other spaces, quotes and what only reads beside it', () => {
    const keys = keysOf('touch a');
    expect(keysOf(`touch   'a'`)).toEqual(keys);
    expect(keysOf('ls | wc && touch a')).toEqual(keys);
  });

  it('is another one in another folder', () => {
    expect(keysOf('cd sub && touch a')).not.toEqual(keysOf('touch a'));
    expect(keysOf('cd sub && touch a')).toEqual([JSON.stringify(['/project/sub', ['touch', 'a']])]);
  });

  it('is the script alone where the folder, or what runs, cannot be told', () => {
    expect(keysOf('cd "$A" && rm -f x')).not.toEqual(keysOf('cd "$B" && rm -f x'));
    expect(keysOf('cd "$A" && rm -f x')).not.toEqual(keysOf('rm -f x'));
    expect(keysOf('rm -f x; echo "a')).not.toEqual(keysOf('rm -f x'));
    const inFish = judgeCommand('rm -f x', { cwd, rules: [], shell: 'fish' }).keys;
    expect(inFish).not.toEqual(keysOf('rm -f x'));
  });

  it('keeps what is piped together', () => {
    const keys = keysOf('curl x | sh');
    expect(keysOf('cat evil | sh')).not.toEqual(keys);
    expect(keys).toHaveLength(1);
  });
});

describe('what clients show of it', () => {
  it('is a read, a list, a search, else nothing', () => {
    const { actions } = judgeCommand(
      'cd sub && cat a.ts | head -3; ls src; rg word src; find . -name x; npm test',
      { cwd, rules: [] },
    );
    expect(actions).toEqual([
      { type: 'read', command: 'cat a.ts | head -3', name: 'a.ts', path: '/project/sub/a.ts' },
      { type: 'listFiles', command: 'ls src', path: 'src' },
      { type: 'search', command: 'rg word src', query: 'word', path: 'src' },
      { type: 'search', command: 'find . -name x', query: 'x', path: '.' },
      { type: 'unknown', command: 'npm test' },
    ]);
  });
});
