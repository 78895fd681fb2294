import { isAbsolute, resolve } from 'node:path';

import {
  type Command,
  type CommandNode,
  forEachChild,
  parse,
  type PipelineNode,
  type Redirection,
  type ParsedScript as Script,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';

import { type KnownWord, unwrap } from './wrappers.ts';

/** One program that a script runs, whatever it is hidden in. */
export type CommandPart = {
  /**
   * Its words as they come: what stands in the script first, behind that what is left when a wrapper is
   * taken off (`env`, `bash -c`), the program itself last. A word is undefined when it is known only as it runs.
   */
  readonly forms: readonly (readonly KnownWord[])[];
  /** How many of `forms`, from the first on, stand before it becomes another user's; undefined where it stays the caller's. */
  readonly elevatedFrom: number | undefined;
  /** Names of the variables that are set for it. */
  readonly sets: readonly string[];
  /** Files its redirections write, `/dev/null` and other descriptors aside. */
  readonly writes: readonly KnownWord[];
  /** It reads what another program prints. */
  readonly isFed: boolean;
  /** Absolute; undefined where an earlier `cd` makes it unknown. */
  readonly cwd: string | undefined;
};

/** What `&&`, `||` and `;` join: it runs as one thing. */
export type ScriptSegment = {
  readonly text: string;
  readonly cwd: string | undefined;
  readonly parts: readonly CommandPart[];
  /** Its words where it is one plain command without redirections. */
  readonly words: readonly string[] | undefined;
};

export type ParsedScript = {
  readonly segments: readonly ScriptSegment[];
  readonly parts: readonly CommandPart[];
  /** False where it does not parse, or where it does more than its parts tell. */
  readonly isUnderstood: boolean;
};

/** Scripts in scripts beyond this are not looked into. */
const MAX_DEPTH = 32;
/** Words of builtins whose quoted arguments the shell evaluates once more. */
const EVALUATING = new Set(['test', '[', 'printf', 'let', 'read', 'unset', 'declare', 'typeset']);

const MOVING = new Set(['cd', 'pushd', 'popd']);

/** What a script for a shell of bash's kind runs. It is never run for that, and nothing is looked up. */
export function parseScript(source: string, cwd: string): ParsedScript {
  const walk = new Walk(source, cwd, 0);
  walk.script(parse(source));
  return walk;
}

type Surroundings = {
  readonly forms: readonly (readonly KnownWord[])[];
  readonly elevatedFrom: number | undefined;
  readonly sets: readonly string[];
};

const NOTHING_AROUND: Surroundings = { forms: [], elevatedFrom: undefined, sets: [] };

class Walk implements ParsedScript {
  readonly segments: ScriptSegment[] = [];
  readonly parts: CommandPart[] = [];
  isUnderstood = true;
  readonly #source: string;
  readonly #depth: number;
  readonly #around: Surroundings;
  #cwd: string | undefined;
  #isFed: boolean;
  /** How many compound commands it stands in. */
  #level = 0;

  constructor(
    source: string,
    cwd: string | undefined,
    depth: number,
    around: Surroundings = NOTHING_AROUND,
    isFed = false,
  ) {
    this.#source = source;
    this.#cwd = cwd;
    this.#depth = depth;
    this.#around = around;
    this.#isFed = isFed;
  }

  /** Where it is when all has run. */
  get cwd(): string | undefined {
    return this.#cwd;
  }

  script({ commands, errors = [] }: Script): void {
    if (errors.length > 0) this.isUnderstood = false;
    for (const statement of commands) this.#statement(statement);
  }

  #statement({ command, background }: Statement): void {
    const before = this.#cwd;
    if (command.type === 'AndOr') {
      for (const [index, one] of command.commands.entries()) {
        const start = this.#cwd;
        this.#segment(one);
        // What follows `||` runs only when the one before it failed, in whichever folder that was.
        if (command.operators[index - 1] === '||' && this.#cwd !== start) this.#cwd = undefined;
        if (command.operators[index] === '||' && this.#cwd !== start) this.#cwd = undefined;
      }
    } else {
      this.#segment(command);
    }
    if (background === true) this.#cwd = before;
  }

  #segment(node: PipelineNode): void {
    const cwd = this.#cwd;
    const first = this.parts.length;
    this.#pipeline(node);
    if (this.#level > 0) return;
    this.segments.push({
      text: this.#source.slice(node.pos, node.end),
      cwd,
      parts: this.parts.slice(first),
      words: plainWords(node),
    });
  }

  #pipeline(node: PipelineNode): void {
    if (node.type !== 'Pipeline') {
      this.#node(node);
      return;
    }
    const before = this.#cwd;
    const wasFed = this.#isFed;
    for (const [index, command] of node.commands.entries()) {
      this.#isFed = wasFed || index > 0;
      this.#node(command);
      // Each runs in a shell of its own.
      if (node.commands.length > 1) this.#cwd = before;
    }
    this.#isFed = wasFed;
  }

  #node(node: CommandNode): void {
    if (node.type === 'Command') {
      this.#command(node);
      return;
    }
    const text = this.#source.slice(node.pos, node.end);
    if (node.type === 'TestCommand' || node.type === 'ArithmeticCommand') {
      // What it compares may be evaluated, also what stands in quotes.
      if (/['"].*(?:\$\(|`)/su.test(text)) this.isUnderstood = false;
    }
    if (node.type === 'ArithmeticCommand') {
      // A plain sh knows no such thing: two subshells, one in the other.
      this.isUnderstood = false;
      const inner = text.slice('(('.length, -'))'.length);
      this.#take(new Walk(inner, this.#cwd, this.#depth + 1), (walk) => {
        walk.script(parse(inner));
      });
    }
    const before = this.#cwd;
    this.#level += 1;
    this.#children(node);
    this.#level -= 1;
    if (node.type === 'Subshell' || node.type === 'Coproc') this.#cwd = before;
    else if (node.type !== 'BraceGroup' && this.#cwd !== before) this.#cwd = undefined;
  }

  /** All that lies in a node that is no simple command. */
  #children(node: SyntaxNode): void {
    forEachChild(node, (child) => {
      if (child.type === 'Statement') this.#statement(child);
      else if (child.type === 'Command') this.#command(child);
      else if (child.type === 'Pipeline') this.#pipeline(child);
      else if (child.type === 'Script') this.#nested(child);
      else {
        if (child.type === 'Redirect') this.#write([child]);
        this.#children(child);
      }
    });
  }

  /** A script in a word: it runs in a shell of its own. */
  #nested(script: Script): void {
    const { source = this.#source } = script;
    this.#take(new Walk(source, this.#cwd, this.#depth + 1, NOTHING_AROUND), (walk) => {
      walk.script(script);
    });
  }

  #take(walk: Walk, run: (walk: Walk) => void): void {
    if (this.#depth >= MAX_DEPTH) {
      this.isUnderstood = false;
      return;
    }
    run(walk);
    this.parts.push(...walk.parts);
    this.isUnderstood &&= walk.isUnderstood;
  }

  #command(command: Command): void {
    // Substitutions in its words, values and targets run first.
    forEachChild(command, (child) => {
      this.#children(child);
    });
    const { name, prefix, args } = command;
    const words = [
      ...(name === undefined ? [] : [knownWord(name)]),
      ...args.map((arg) =>
        arg.type === 'Word' ? knownWord(arg) : assignmentWord(arg.text, arg.value),
      ),
    ];
    const sets = prefix.flatMap((item) => (item.type === 'Assignment' ? [item.name] : []));
    const writes = writesOf(command.redirects);
    if (name !== undefined && isEvaluated(name.value, args)) this.isUnderstood = false;
    const first = this.parts.length;
    this.#add(words, { ...this.#around, sets: [...this.#around.sets, ...sets] }, writes);
    this.#followCd(words);
    const moves = this.parts.slice(first).some(({ forms }) => MOVING.has(forms.at(-1)?.[0] ?? ''));
    if (moves && words[0] !== 'cd') this.#cwd = undefined;
  }

  #write(redirects: readonly Redirection[]): void {
    const writes = writesOf(redirects);
    if (writes.length === 0) return;
    this.#push({ ...NOTHING_AROUND, forms: [[]] }, writes);
  }

  #push({ forms, elevatedFrom, sets }: Surroundings, writes: readonly KnownWord[]): void {
    this.parts.push({ forms, elevatedFrom, sets, writes, isFed: this.#isFed, cwd: this.#cwd });
  }

  #add(words: readonly KnownWord[], around: Surroundings, writes: readonly KnownWord[]): void {
    const forms = [...around.forms, words];
    const here = { ...around, forms };
    const inner = forms.length > MAX_DEPTH ? undefined : unwrap(words);
    if (forms.length > MAX_DEPTH) this.isUnderstood = false;
    if (inner === undefined) {
      this.#push(here, writes);
      return;
    }
    const { commands, scripts, isElevating, sets, own } = inner;
    const within: Surroundings = {
      forms,
      elevatedFrom: around.elevatedFrom ?? (isElevating ? forms.length : undefined),
      sets: [...around.sets, ...sets],
    };
    if (own !== undefined) this.#push({ ...here, forms: [...around.forms, own] }, writes);
    for (const command of commands) this.#add(command, within, writes);
    for (const source of scripts) {
      this.#take(new Walk(source, this.#cwd, this.#depth + 1, within, this.#isFed), (walk) => {
        walk.script(parse(source));
        if (writes.length > 0) walk.#push({ ...NOTHING_AROUND, forms: [[]] }, writes);
        if (words[0] === 'eval') this.#cwd = walk.cwd;
      });
    }
  }

  #followCd([program, ...args]: readonly KnownWord[]): void {
    if (program !== 'cd') return;
    const target = args.find((arg) => arg !== '--' && arg !== '-P' && arg !== '-L');
    const isPlain = target !== undefined && target !== '-' && !target.startsWith('~');
    if (!isPlain) this.#cwd = undefined;
    else if (isAbsolute(target)) this.#cwd = resolve(target);
    else this.#cwd = this.#cwd === undefined ? undefined : resolve(this.#cwd, target);
  }
}

/** What a word is when it runs, where that can be told. */
function knownWord({ value, parts }: Word): KnownWord {
  return parts === undefined || parts.every(isLiteral) ? value : undefined;
}

const LITERALS = new Set(['Literal', 'SingleQuoted', 'AnsiCQuoted']);

const isLiteral = (part: NonNullable<Word['parts']>[number]): boolean =>
  LITERALS.has(part.type) ||
  (part.type === 'DoubleQuoted' && part.parts.every(({ type }) => type === 'Literal'));

function assignmentWord(text: string, value: { readonly type: string }): KnownWord {
  if (value.type !== 'Word') return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the two kinds of values it is this one
  return knownWord(value as Word) === undefined ? undefined : text;
}

function writesOf(redirects: readonly Redirection[]): readonly KnownWord[] {
  return redirects.flatMap((redirect): readonly KnownWord[] => {
    if (redirect.type !== 'Redirect' || redirect.operator === '<' || redirect.operator === '<&') {
      return [];
    }
    const target = redirect.target === undefined ? undefined : knownWord(redirect.target);
    if (target === '/dev/null') return [];
    if (redirect.operator === '>&' && target !== undefined && /^(?:\d+|-)$/u.test(target))
      return [];
    return [target];
  });
}

function isEvaluated(program: string, args: Command['args']): boolean {
  return (
    EVALUATING.has(program) && args.some(({ text }) => /\$\(|`/u.test(text) && /\[/u.test(text))
  );
}

function plainWords(node: PipelineNode): readonly string[] | undefined {
  if (node.type !== 'Command' || node.prefix.length > 0 || node.redirects.length > 0)
    return undefined;
  const words = [node.name, ...node.args].map((word) =>
    word?.type === 'Word' ? knownWord(word) : undefined,
  );
  return words.every((word) => word !== undefined) ? words : undefined;
}
