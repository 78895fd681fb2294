/** A word of a command; undefined where it is known only when it runs. */
export type KnownWord = string | undefined;

type Words = readonly KnownWord[];

/** What a wrapper runs. */
export type Unwrapped = {
  readonly commands: readonly Words[];
  readonly scripts: readonly string[];
  /** It runs as somebody else. */
  readonly isElevating: boolean;
  readonly sets: readonly string[];
  /** What the wrapper does itself, its wrapped commands left out; undefined where that is nothing. */
  readonly own: Words | undefined;
};

const NOTHING: Unwrapped = {
  commands: [],
  scripts: [],
  isElevating: false,
  sets: [],
  own: undefined,
};

/** Options of a wrapper that take a word of their own; any other word with a dash takes none. */
type Options = { readonly withValue: ReadonlySet<string>; readonly skipped?: number };

const options = (values: string, skipped = 0): Options => ({
  withValue: new Set(values.split(' ')),
  skipped,
});

/** Wrappers that only run the rest of their words, in some way or other. */
const PLAIN: ReadonlyMap<string, Options> = new Map([
  ['nohup', options('')],
  ['setsid', options('')],
  ['nice', options('-n --adjustment')],
  ['ionice', options('-c -n -p --class --classdata')],
  ['chrt', options('', 1)],
  ['time', options('-f -o --format --output')],
  ['timeout', options('-k -s --kill-after --signal', 1)],
  ['stdbuf', options('-i -o -e --input --output --error')],
  ['command', options('')],
  ['builtin', options('')],
  ['exec', options('-a')],
  ['busybox', options('')],
  ['toybox', options('')],
  ['strace', options('-e -o -p -s -u -E')],
  ['unbuffer', options('')],
  ['caffeinate', options('-t -w')],
  [
    'xargs',
    options(
      '-I -n -P -L -d -a -E -s --replace --max-args --max-procs --max-lines --delimiter --arg-file --max-chars',
    ),
  ],
  ['flock', options('-w -E --timeout --conflict-exit-code', 1)],
]);
const ELEVATING: ReadonlyMap<string, Options> = new Map([
  [
    'sudo',
    options('-u -g -p -C -h -r -t -T -U -D -R --user --group --prompt --host --chdir --chroot'),
  ],
  ['doas', options('-u -C -a')],
  ['pkexec', options('--user')],
  ['run0', options('-u -g --user --group')],
]);
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'ash', 'mksh']);
const FIND_EXEC = new Set(['-exec', '-execdir', '-ok', '-okdir']);
const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/u;

/**
 * What the command runs in its turn: `env`, `sudo`, `bash -c`, `xargs`, `find -exec` and their like. Undefined for
 * a command that runs nothing else, or of which it cannot be told.
 */
export function unwrap(words: Words): Unwrapped | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  const program = programOf(first);
  const rest = words.slice(1);
  if (program === 'env') return unwrapEnv(rest);
  if (program === 'find') return unwrapFind(words);
  if (program === 'eval') return unwrapEval(rest);
  if (program === 'trap') return unwrapTrap(rest);
  if (program === 'watch') return unwrapWatch(rest);
  if (SHELLS.has(program)) return unwrapShell(rest);
  const elevating = ELEVATING.get(program);
  if (elevating !== undefined) {
    const { sets, command } = takeAssignments(afterOptions(rest, elevating));
    return command.length === 0
      ? undefined
      : { ...NOTHING, isElevating: true, sets, commands: [command] };
  }
  const plain = PLAIN.get(program);
  if (plain === undefined) return undefined;
  // It only asks where a command lies.
  if (program === 'command' && rest.some((word) => word === '-v' || word === '-V'))
    return undefined;
  const command = afterOptions(rest, plain);
  if (command.length === 0) return undefined;
  if (program === 'flock' && command[0] === '-c') return scriptOf(command[1]);
  if (program !== 'xargs') return { ...NOTHING, commands: [command] };
  // What it reads comes behind the words it was given, or in the place of some of them.
  const replaced = rest.flatMap((word, index) =>
    word === '-I' || word === '--replace' ? [rest[index + 1] ?? '{}'] : [],
  );
  const joined = rest.find((word) => /^-I./u.test(word ?? ''))?.slice(2);
  const marks = [...replaced, joined ?? '{}'];
  const known = command.map((word) =>
    marks.some((mark) => word?.includes(mark) ?? false) ? undefined : word,
  );
  return { ...NOTHING, commands: [[...known, undefined]] };
}

/** How people name the program of this path. */
export function programOf(word: string): string {
  const name = word.slice(word.lastIndexOf('/') + 1);
  return name.endsWith('.exe') ? name.slice(0, -'.exe'.length) : name;
}

function afterOptions(words: Words, { withValue, skipped = 0 }: Options): Words {
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === '--') {
      index += 1;
      break;
    }
    if (word === undefined || !word.startsWith('-') || word === '-') break;
    if (withValue.has(word)) index += 1;
  }
  return words.slice(index + skipped);
}

function takeAssignments(words: Words): {
  readonly sets: readonly string[];
  readonly command: Words;
} {
  const sets: string[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const name = ASSIGNMENT.exec(words[index] ?? '')?.[1];
    if (name === undefined) break;
    sets.push(name);
  }
  return { sets, command: words.slice(index) };
}

const ENV_OPTIONS = options('-u -C --unset --chdir');

function unwrapEnv(rest: Words): Unwrapped | undefined {
  const split = rest.findIndex((word) => word === '-S' || word === '--split-string');
  if (split !== -1) return scriptOf(rest[split + 1]);
  const joined = rest.find((word) => word?.startsWith('-S') ?? false);
  if (joined !== undefined) return scriptOf(joined.slice(2));
  const { sets, command } = takeAssignments(afterOptions(rest, ENV_OPTIONS));
  return command.length === 0 ? undefined : { ...NOTHING, sets, commands: [command] };
}

function unwrapShell(rest: Words): Unwrapped | undefined {
  for (const [index, word] of rest.entries()) {
    if (word === undefined || !/^[-+]/u.test(word) || word === '--') return undefined;
    if (
      word === '-o' ||
      word === '+o' ||
      word === '-O' ||
      word === '--rcfile' ||
      word === '--init-file'
    ) {
      return unwrapShell(rest.slice(index + 2));
    }
    if (/^-[a-z]*c[a-z]*$/u.test(word)) {
      const script = rest
        .slice(index + 1)
        .find((next) => next === undefined || !/^[-+]/u.test(next));
      return scriptOf(script);
    }
  }
  return undefined;
}

const scriptOf = (script: KnownWord): Unwrapped | undefined =>
  script === undefined ? undefined : { ...NOTHING, scripts: [script] };

function unwrapEval(rest: Words): Unwrapped | undefined {
  return rest.every((word) => word !== undefined) ? scriptOf(rest.join(' ')) : undefined;
}

function unwrapTrap(rest: Words): Unwrapped | undefined {
  const [script] = afterOptions(rest, options(''));
  return rest.length < 2 || script === '' || script === '-' ? undefined : scriptOf(script);
}

const WATCH_OPTIONS = options('-n --interval');

function unwrapWatch(rest: Words): Unwrapped | undefined {
  const command = afterOptions(rest, WATCH_OPTIONS);
  return command.length === 0 ? undefined : unwrapEval(command);
}

function unwrapFind(words: Words): Unwrapped | undefined {
  const own: KnownWord[] = [];
  const commands: Words[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || !FIND_EXEC.has(word)) {
      own.push(word);
      continue;
    }
    const start = index + 1;
    while (index < words.length && words[index] !== ';' && words[index] !== '+') index += 1;
    commands.push(
      words.slice(start, index).map((part) => (part?.includes('{}') ? undefined : part)),
    );
  }
  return commands.length === 0 ? undefined : { ...NOTHING, commands, own };
}
