import type { CommandPart } from './shellScript.ts';
import { type KnownWord, programOf } from './wrappers.ts';

type DangerRow = {
  readonly programs: readonly string[];
  /** As a person is told of it: "this ...". */
  readonly does: string;
  readonly when: (args: readonly KnownWord[], part: CommandPart) => boolean;
};

const has = (args: readonly KnownWord[], pattern: RegExp): boolean =>
  args.some((arg) => arg !== undefined && pattern.test(arg));
const always = (): boolean => true;
const subcommand =
  (name: string, pattern: RegExp): DangerRow['when'] =>
  (args) => {
    const words = gitWords(args);
    return words[0] === name && has(words.slice(1), pattern);
  };

const SHELLS = ['sh', 'bash', 'zsh', 'dash', 'ksh'];
const INTERPRETERS = ['python', 'python3', 'node', 'perl', 'ruby', 'php'];

/** What cannot be taken back, however harmless the folder is. One row per kind. */
const DANGERS: readonly DangerRow[] = [
  {
    programs: ['rm'],
    does: 'deletes files without asking',
    // An option may hide in what is known only later, but then so may anything.
    when: (args) => has(beforeOperands(args), /^-[a-zA-Z]*f|^--f(?:o(?:r(?:ce?)?)?)?$/u),
  },
  { programs: ['find'], does: 'deletes all it finds', when: (args) => has(args, /^-delete$/u) },
  { programs: ['shred', 'wipefs', 'mkfs', 'fdisk', 'parted'], does: 'destroys data', when: always },
  { programs: ['dd'], does: 'writes raw data', when: (args) => has(args, /^of=(?!\/dev\/null$)/u) },
  {
    programs: ['git'],
    does: 'throws away changes that are not committed',
    when: (args, part) =>
      subcommand('reset', /^--hard$/u)(args, part) ||
      subcommand('clean', /^-[a-zA-Z]*f|^--force$/u)(args, part) ||
      subcommand('checkout', /^(?:-f|--force|\.)$/u)(args, part) ||
      subcommand('restore', /^\.$/u)(args, part) ||
      subcommand('stash', /^(?:drop|clear)$/u)(args, part),
  },
  {
    programs: ['git'],
    does: 'overwrites what others may have',
    when: subcommand(
      'push',
      /^(?:-f|--force(?:-with-lease|-if-includes)?(?:=.*)?|--mirror|--delete|\+.+)$/u,
    ),
  },
  {
    programs: ['shutdown', 'reboot', 'poweroff', 'halt'],
    does: 'stops this machine',
    when: always,
  },
  {
    programs: ['kill', 'pkill', 'killall'],
    does: 'ends programs',
    when: (args) => has(args, /^-1$/u),
  },
  {
    programs: [...SHELLS, ...INTERPRETERS],
    does: 'runs what another program prints',
    when: (args, { isFed }) => isFed && args.every((arg) => arg === '-' || arg === '-s'),
  },
];

/** Why nobody should run this part without having seen it; undefined where nothing is known against it. */
export function dangerOf(part: CommandPart): string | undefined {
  if (part.elevatedFrom !== undefined) return 'runs as another user';
  const [first, ...args] = part.forms.at(-1) ?? [];
  if (first === undefined) return undefined;
  const program = programOf(first);
  return DANGERS.find(
    ({ programs, when }) =>
      programs.some((name) => program === name || program.startsWith(`${name}.`)) &&
      when(args, part),
  )?.does;
}

/** Words that may be options: `--` ends them. */
function beforeOperands(args: readonly KnownWord[]): readonly KnownWord[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

/** The words from the subcommand on. */
function gitWords(args: readonly KnownWord[]): readonly KnownWord[] {
  let index = 0;
  for (; index < args.length; index += 1) {
    const word = args[index];
    if (word === undefined || !word.startsWith('-')) break;
    if (word === '-C' || word === '-c') index += 1;
  }
  return args.slice(index);
}
