import { type KnownWord, programOf } from './wrappers.ts';

/** What may stand behind a program that then only reads. */
type ReadingRow = {
  /** False where one of its words makes it write or run something; long options may be cut short. */
  readonly allows?: (args: readonly string[]) => boolean;
  /** None of its options writes or runs anything, so a word that is not known yet does no harm. */
  readonly isHarmless?: true;
};

const HARMLESS: ReadingRow = { isHarmless: true };
const without =
  (...forbidden: readonly RegExp[]) =>
  (args: readonly string[]): boolean =>
    !args.some((arg) => forbidden.some((pattern) => pattern.test(arg)));
const atMostWords =
  (count: number) =>
  (args: readonly string[]): boolean =>
    args.filter((arg) => !arg.startsWith('-') && !arg.startsWith('+')).length <= count;

const named = (names: string, row: ReadingRow): readonly (readonly [string, ReadingRow])[] =>
  names.split(' ').map((name) => [name, row]);

/**
 * Programs that are known to only read, printed output aside. Not among them: whatever runs programs that a
 * configuration names (git, man), pages (less), or has a language of its own (awk).
 */
const READING: ReadonlyMap<string, ReadingRow> = new Map([
  ...named(
    'cat head tail wc ls stat echo pwd nl paste cut tr rev tac expr seq true false : cd',
    HARMLESS,
  ),
  ...named(
    'basename dirname realpath readlink du df id groups whoami uname uptime nproc arch',
    HARMLESS,
  ),
  ...named(
    'grep egrep fgrep zgrep cmp comm cksum sum md5sum sha1sum sha256sum sha512sum b2sum',
    HARMLESS,
  ),
  ...named(
    'zcat which numfmt od hexdump strings column fold sleep free ps printenv getconf',
    HARMLESS,
  ),
  ...named('logname users tty type jq diff', {}),
  ...named('test [ printf', { allows: without(/^-v/u) }),
  ...named('uniq xxd', { allows: atMostWords(1) }),
  ...named('hostname', { allows: without(/^[^-]|^-(?:F|b)|^--[fb]/u) }),
  ...named('base64', { allows: without(/^-o|^--output/u) }),
  ...named('date', { allows: without(/^-[a-zA-Z]*s|^--s|^[^-+]/u) }),
  ...named('file', { allows: without(/^-[a-zA-Z]*C|^--c/u) }),
  ...named('tree', { allows: without(/^-[a-zA-Z]*o|^-[a-zA-Z]*R|^--output/u) }),
  ...named('sort', {
    allows: without(/^-[a-zA-Z]*[oT]|^--(?:o|co|t)/u),
  }),
  ...named('rg', { allows: without(/^--(?:pre|hostname-bin|search-zip)|^-[a-zA-Z]*z/u) }),
  ...named('find', { allows: without(/^-(?:exec|execdir|ok|okdir|delete|fls|fprint)/u) }),
  ...named('sed', { allows: isPrintingSed }),
  ...named('command', { allows: ([option]) => option === '-v' || option === '-V' }),
]);

/** `-n 5p`, `-n 5,9p` and nothing else: its language writes and runs. */
function isPrintingSed(args: readonly string[]): boolean {
  const [option, script = '', ...files] = args;
  return (
    option === '-n' &&
    /^(?:\d+|\$)(?:,(?:\d+|\$))?p$/u.test(script) &&
    files.every((file) => !file.startsWith('-'))
  );
}

/** Whether a simple command is known to only read, whatever its files hold. */
export function isReading([first, ...args]: readonly KnownWord[]): boolean {
  if (first === undefined) return false;
  // By its bare name or from the system's folders: another folder may hold anything by that name.
  if (first.includes('/') && !/^\/(?:usr\/)?s?bin\//u.test(first)) return false;
  const row = READING.get(programOf(first));
  if (row === undefined) return false;
  const known = args.filter((arg) => arg !== undefined);
  if (known.length < args.length && row.isHarmless !== true) return false;
  return row.allows?.(known) ?? true;
}

/** Variables that change nothing but how a program prints, or are the caller's own. */
const HARMLESS_VARIABLE =
  /^(?:CI|DEBUG|NODE_ENV|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|TERM|TZ|LANG|LANGUAGE|LC_[A-Z]+|RUST_BACKTRACE|RUST_LOG|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|[a-z_][a-z0-9_]*)$/u;

/** Whether setting these variables cannot make a program do something else. */
export const areHarmless = (names: readonly string[]): boolean =>
  names.every((name) => HARMLESS_VARIABLE.test(name));
