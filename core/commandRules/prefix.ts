import { isReading } from './readOnly.ts';
import type { CommandPart, ParsedScript } from './shellScript.ts';
import { programOf } from './wrappers.ts';

/** Programs whose work is told by more words than their name, and by how many. */
const SUBCOMMANDS: ReadonlyMap<string, number> = new Map([
  ...'git npm pnpm yarn bun deno cargo go pip pip3 uv poetry make just docker podman kubectl gh glab brew apt apt-get dotnet mvn gradle gradlew terraform systemctl composer bundle rake mix stack cabal swift flutter dart rustup nvm conda helm npx'
    .split(' ')
    .map((name) => [name, 2] as const),
  ...'node python python3 ruby perl php tsx ts-node'.split(' ').map((name) => [name, 2] as const),
]);
/** Second words behind which the next one says what is done. */
const RUNNERS = new Set([
  'run',
  'exec',
  'x',
  'compose',
  '-m',
  'pr',
  'issue',
  'repo',
  'tool',
  'dlx',
]);
/** Nobody should allow these whatever comes behind them. */
const NEVER = new Set(
  'sh bash zsh dash ksh ash fish eval exec source . env sudo doas su pkexec xargs find rm rmdir mv cp dd ln chmod chown chgrp kill pkill killall tee truncate install rsync scp sftp ssh curl wget nc ncat socat telnet awk gawk sed perl git-shell crontab at systemd-run docker-shell time nohup timeout watch ssh-keygen gpg openssl mount umount shred'.split(
    ' ',
  ),
);

/**
 * The words that "always" would remember: those of the one command of the script that does more than read, as many
 * as a person needs to know what it is. Undefined where that would allow nearly anything.
 */
export function proposePrefix({
  parts,
  isUnderstood,
}: ParsedScript): readonly string[] | undefined {
  if (!isUnderstood) return undefined;
  const acting = parts.filter((part) => !isReadingPart(part));
  const [part, ...others] = acting;
  if (part === undefined || others.length > 0) return undefined;
  if (part.elevatedFrom !== undefined || part.writes.length > 0 || part.isFed) return undefined;
  const [first, ...rest] = part.forms.at(-1) ?? [];
  if (first === undefined || NEVER.has(programOf(first))) return undefined;
  const wanted = wordCount(first, rest);
  const words = [first, ...rest].slice(0, wanted);
  if (words.length < wanted || !words.every((word) => word !== undefined)) return undefined;
  // An option in the place of what is done says nothing, unless it names what is run.
  return words.slice(1).some((word) => word.startsWith('-') && word !== '-m') ? undefined : words;
}

function wordCount(first: string, [second]: readonly (string | undefined)[]): number {
  const base = SUBCOMMANDS.get(programOf(first));
  if (base === undefined) return 1;
  return second !== undefined && RUNNERS.has(second) ? base + 1 : base;
}

const isReadingPart = ({ forms, writes }: CommandPart): boolean =>
  writes.length === 0 && isReading(forms.at(-1) ?? []);
