import { parseScript } from './shellScript.ts';
import { type KnownWord, programOf } from './wrappers.ts';

/** What a rule says of commands that begin with its words; the later ones are stricter. */
export type RuleDecision = 'allow' | 'allowOutside' | 'ask' | 'forbid';

export type Rule = { readonly prefix: readonly string[]; readonly decision: RuleDecision };

const WRITTEN: ReadonlyMap<string, RuleDecision> = new Map([
  ['allow', 'allow'],
  ['allow_outside_sandbox', 'allowOutside'],
  ['ask', 'ask'],
  ['forbid', 'forbid'],
]);

/**
 * The rules of the settings file: the words a command begins with, as one would type them, and `allow`,
 * `allow_outside_sandbox`, `ask` or `forbid`. What cannot be read is told in `faults`, a sentence each.
 */
export function readRules(written: ReadonlyMap<string, string>): {
  readonly rules: readonly Rule[];
  readonly faults: readonly string[];
} {
  const rules: Rule[] = [];
  const faults: string[] = [];
  for (const [words, decision] of written) {
    const prefix = prefixOf(words);
    const known = WRITTEN.get(decision);
    if (prefix === undefined || known === undefined) {
      faults.push(
        `command_rules: \`${words}\` is not the beginning of one plain command; it is passed over`,
      );
    } else {
      rules.push({ prefix, decision: known });
    }
  }
  return { rules, faults };
}

/** The words a rule of the settings file begins with; undefined where they are not plain words. */
function prefixOf(written: string): readonly string[] | undefined {
  const { segments, isUnderstood } = parseScript(written, '/');
  const [segment, ...others] = segments;
  if (!isUnderstood || segment?.words === undefined || others.length > 0) return undefined;
  return segment.words;
}

/** A prefix as the settings file has it; `readRules` reads the same words again. */
export const writtenPrefix = (prefix: readonly string[]): string => prefix.map(quoted).join(' ');

function quoted(word: string): string {
  const isPlain = /^[\w@%+=:,./-]+$/u.test(word) && !/^\w+\+?=/u.test(word);
  return isPlain ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether a command begins with the words of a rule. Its program counts by name, wherever it lies. */
export function isCovered(words: readonly KnownWord[], { prefix, decision }: Rule): boolean {
  const [program] = prefix;
  const [first] = words;
  if (program === undefined || first === undefined || words.length < prefix.length) return false;
  // Who forbids a program means it by any path; who allows one means what he saw.
  const isStrict = decision === 'ask' || decision === 'forbid';
  const isSame = isStrict ? programOf(first) === programOf(program) : first === program;
  return isSame && prefix.slice(1).every((word, index) => words[index + 1] === word);
}
