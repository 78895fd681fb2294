import type { FileEntry, RestrictedFiles } from '../../permissions/index.ts';
import type { Place } from '../testing/index.ts';

/** Something that a command tries, and what comes of it. In scripts `$W` is its folder, `$H` the home, `$O` outside. */
export type Attempt = {
  readonly name: string;
  /** Done before, by the same user and without a sandbox. */
  readonly arrange?: string;
  readonly permissions?: (place: Place) => Partial<RestrictedFiles>;
  /** Prints what it gets hold of, and goes on. */
  readonly script: string;
  readonly says: RegExp;
  /** Done afterwards, without a sandbox: prints what must be so. */
  readonly check?: { readonly script: string; readonly says: RegExp };
};

const closes =
  (...globs: readonly string[]) =>
  ({ workspace }: Place): Partial<RestrictedFiles> => ({
    denyGlobs: globs.map((glob) => `${workspace}/${glob}`),
  });
const enters =
  (entriesOf: (place: Place) => readonly FileEntry[]) =>
  (place: Place): Partial<RestrictedFiles> => ({ entries: entriesOf(place) });

const DENIED = /Permission denied/u;
const NOT_READ = /^(?!.*SECRET)/su;
const READ_ONLY = /Read-only file system/u;

/** Ways to what may not be written or read. */
export const ESCAPES: readonly Attempt[] = [
  {
    name: 'a file outside is not written by a path with ..',
    script: 'echo x > ../outside/f; echo x > "$W/../outside/g"',
    says: READ_ONLY,
    check: { script: 'ls -A $O', says: /^$/u },
  },
  {
    name: 'nor by a link that was there',
    arrange: 'echo mine > $O/f; ln -s $O/f link; ln -s $O dir',
    script: 'echo x > link; echo x > dir/g',
    says: READ_ONLY,
    check: { script: 'cat $O/f; ls $O', says: /^mine\nf\n$/u },
  },
  {
    name: 'nor by a link that it makes',
    script: 'ln -s $O mine; echo x > mine/f',
    says: READ_ONLY,
    check: { script: 'ls -A $O', says: /^$/u },
  },
  {
    name: 'nor by a hard link that it makes',
    arrange: 'echo mine > $O/f',
    script: 'ln $O/f hard || echo none; echo x >> hard',
    says: /(?:cross-device link|not permitted)/iu,
    check: { script: 'cat $O/f', says: /^mine\n$/u },
  },
  {
    name: 'nor by the root of a process',
    script:
      'echo x > /proc/self/root$O/f; echo x > /proc/1/root$O/g; echo x > /proc/self/cwd/../outside/h',
    says: READ_ONLY,
    check: { script: 'ls -A $O', says: /^$/u },
  },
  {
    name: 'nor by a mount of its own',
    script:
      'mkdir m; mount --bind $O m; mount -o remount,rw,bind /; unshare -Urm mount --bind $O m; echo x > $O/f',
    says: READ_ONLY,
    check: { script: 'ls -A $O m', says: /^\/.*outside:\n\nm:\n$/u },
  },
  {
    name: 'the home is neither read nor written nor listed',
    arrange: 'echo SECRET > $H/auth.json; chmod 644 $H/auth.json',
    script:
      'cat $H/auth.json; ls $H; echo x > $H/f; cat /proc/self/root$H/auth.json /proc/1/root$H/auth.json',
    says: /^(?!.*SECRET).*Permission denied/su,
    check: { script: 'cat $H/auth.json; ls $H', says: /^SECRET\nauth.json\n(?:sandbox\n)?$/u },
  },
  {
    name: 'what masks a file cannot be taken off',
    arrange: 'echo SECRET > .env',
    permissions: closes('**/.env'),
    script:
      'umount .env; umount -l $W/.env; unshare -Urm umount .env; chmod 777 .env; rm -f .env; mv .env e; cat .env e',
    says: /^(?!.*SECRET).*Permission denied/su,
    check: { script: 'cat .env', says: /^SECRET\n$/u },
  },
  {
    name: 'a masked file is reached by no other way of its name',
    arrange: 'mkdir d; echo SECRET > d/.env',
    permissions: closes('**/.env'),
    script:
      'cat /proc/self/root$W/d/.env /proc/1/root$W/d/.env /proc/self/cwd/d/.env; ln -s d/.env l; cat l; ln d/.env h; cat h; cp d/.env c; cat c; mv d e; cat e/.env; (setsid bash -c "cat $W/e/.env") ',
    says: NOT_READ,
    check: { script: 'cat d/.env e/.env 2>/dev/null', says: /^SECRET\n$/u },
  },
  {
    name: 'a child of a child is held to the same',
    arrange: 'echo SECRET > .env',
    permissions: closes('**/.env'),
    script: `bash -c 'bash -c "cat .env; echo x > ../outside/f; sh -c \\"cat $H/*\\""'`,
    says: DENIED,
    check: { script: 'ls -A $O', says: /^$/u },
  },
  {
    name: 'neither policy nor names that are closed stand in an argument list or an environment',
    arrange: 'echo SECRET > hidden-by-policy',
    permissions: enters(({ workspace }) => [
      { path: `${workspace}/hidden-by-policy`, access: 'deny' },
    ]),
    script:
      'cat /proc/[0-9]*/cmdline /proc/1/environ | tr "\\0" "\\n" | grep -c "hidden-by-[p]olicy" || true',
    says: /^0\n$/u,
  },
  {
    name: 'no open file of the engine comes along',
    script:
      'for fd in /proc/self/fd/* /proc/1/fd/*; do readlink $fd; done | grep -v -e pipe: -e /dev/null -e socket: -e anon_inode -e /proc/ || echo none',
    says: /^none\n$/u,
  },
  {
    name: 'the environment is the one it was given',
    script: 'env | cut -d= -f1 | sort | tr "\\n" " "',
    says: /^H O PATH PWD SHLVL W _ $/u,
  },
  {
    name: 'there is no network, and no name of a host',
    script:
      'exec 5<>/dev/tcp/127.0.0.1/22; exec 6<>/dev/tcp/1.1.1.1/53; getent hosts example.com || echo no name; cat /proc/net/dev | grep -c :',
    says: /unreachable.*no name\n1\n$/su,
  },
];

/** What other programs do later is decided in these folders. */
export const PROTECTED: readonly Attempt[] = [
  {
    name: 'a hook cannot be planted where there is a repository',
    arrange: 'mkdir -p .git/hooks; echo mine > .git/config',
    script:
      'echo x > .git/hooks/pre-commit; echo x > .git/config; mv .git g; rm -rf .git; cat .git/config',
    says: /Read-only file system.*mine\n$/su,
    check: { script: 'cat .git/config; ls .git/hooks', says: /^mine\n$/u },
  },
  {
    name: 'nor where there is none, and nothing stays of what held the place',
    script:
      'mkdir -p .git/hooks; echo x > .git/config; mkdir -p .codex/rules; ln -s /tmp .agents/x',
    says: READ_ONLY,
    check: { script: 'ls -A', says: /^$/u },
  },
  {
    name: 'nor in the folder that a pointer leads to',
    arrange: 'mkdir -p main/hooks sub; echo "gitdir: ../main" > sub/.git',
    permissions: ({ workspace }) => ({ protectedPaths: [`${workspace}/sub/.git`] }),
    script: 'echo x > main/hooks/pre-commit; echo "gitdir: /tmp" > sub/.git; mv sub s; mv main m',
    says: READ_ONLY,
    check: { script: 'cat sub/.git; ls main/hooks', says: /^gitdir: ..\/main\n$/u },
  },
  {
    name: 'a protected name that is a link is read only, and is itself again afterwards',
    arrange: 'mkdir x; ln -s x .codex',
    script:
      'echo works > file; echo x > .codex/config; echo x > x/config; rm .codex; mkdir .codex; echo x > .codex/config; cat file',
    says: /Read-only file system.*works\n$/su,
    check: { script: 'readlink .codex; ls x', says: /^x\n$/u },
  },
  {
    name: 'a missing closed name is not made',
    permissions: enters(({ workspace }) => [{ path: `${workspace}/later/key`, access: 'deny' }]),
    script: 'mkdir -p later; echo x > later/key',
    says: READ_ONLY,
    check: { script: 'ls -A', says: /^$/u },
  },
  {
    name: 'a folder on the way to what is closed keeps its name',
    arrange: 'mkdir -p a/b; echo SECRET > a/b/key',
    permissions: enters(({ workspace }) => [{ path: `${workspace}/a/b/key`, access: 'deny' }]),
    script: 'mv a z; mv a/b a/z; cat a/b/key z/b/key a/z/key',
    says: /^(?!.*SECRET).*busy/su,
    check: { script: 'cat a/b/key', says: /^SECRET\n$/u },
  },
];

/** Files that patterns close. */
export const DENY_GLOBS: readonly Attempt[] = [
  {
    name: 'files at every depth, hidden ones and odd names included',
    arrange: `mkdir -p a/.b/c; for f in .env a/x.env a/.b/c/y.env $'a/new\\nline.env' 'a/sp ace.env'; do echo SECRET > "$f"; done; echo fine > a/x.txt`,
    permissions: closes('**/*.env'),
    script: 'cat .env a/*.env a/.b/c/*.env; find . -name "*.env" -exec cat {} +; cat a/x.txt',
    says: /^(?!.*SECRET).*fine\n$/su,
  },
  {
    name: 'the target of a link that matches, by either name',
    arrange: 'echo SECRET > $O/o.txt; ln -s ../outside/o.txt s.env',
    permissions: closes('**/*.env'),
    script: 'cat s.env; cat $O/o.txt',
    says: /^(?!.*SECRET).*denied.*denied/su,
  },
  {
    name: 'a file in a folder that a link leads to',
    arrange: 'echo SECRET > $O/o.env; ln -s $O dir',
    permissions: closes('**/*.env'),
    script: 'cat dir/o.env; cat $O/o.env',
    says: /^(?!.*SECRET).*denied.*denied/su,
  },
  {
    name: 'all of a folder that matches',
    arrange: 'mkdir x.env; echo SECRET > x.env/inner',
    permissions: closes('**/*.env'),
    script: 'cat x.env/inner; ls x.env',
    says: /^(?!.*SECRET).*denied.*denied/su,
  },
  {
    name: 'a hard link made before, under all of its names',
    arrange: 'echo SECRET > a.env; ln a.env plain.txt',
    permissions: closes('**/*.env'),
    script: 'cat a.env; cat plain.txt; echo x >> plain.txt',
    says: /^(?!.*SECRET).*denied.*denied/su,
    check: { script: 'cat plain.txt', says: /^SECRET\n$/u },
  },
  {
    name: 'a name that is no text',
    arrange: `echo SECRET > $'caf\\xe9.env'`,
    permissions: closes('**/*.env'),
    script: 'cat *.env; ls | wc -l',
    says: /^(?!.*SECRET).*denied\n1\n$/su,
  },
  {
    name: 'as deep as was asked and no deeper',
    arrange: 'mkdir -p d/e; echo one > a.env; echo two > d/b.env; echo three > d/e/c.env',
    permissions: (place) => ({ ...closes('**/*.env')(place), globScanMaxDepth: 2 }),
    script: 'cat a.env d/b.env d/e/c.env',
    says: /^(?=.*three)(?!.*one\n)(?!.*two\n)/su,
  },
  {
    name: 'links in a circle',
    arrange: 'mkdir -p a/b; ln -s .. a/up; ln -s ../.. a/b/top; echo SECRET > a/b/k.env',
    permissions: closes('**/*.env', '*/*/*.env'),
    script: 'cat a/b/k.env; cat a/up/a/b/k.env',
    says: /^(?!.*SECRET).*denied.*denied/su,
  },
  {
    name: 'a folder whose name the pattern counts on keeps it',
    arrange: 'mkdir -p a/private; echo SECRET > a/private/k.txt',
    permissions: closes('**/private/*.txt'),
    script: 'mv a/private a/open; cat a/open/k.txt a/private/k.txt',
    says: /^(?!.*SECRET).*busy/su,
  },
  {
    name: 'nine thousand files that fill their folders',
    arrange:
      'mkdir -p d{1..9}; for d in d*; do (cd $d; touch {1..1000}.env); done; echo SECRET > d5/500.env',
    permissions: closes('**/*.env'),
    script: 'cat d5/500.env; echo done',
    says: /^(?!.*SECRET).*done/su,
  },
];
