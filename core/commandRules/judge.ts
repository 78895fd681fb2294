import { type CommandAction, actionsOf } from './actions.ts';
import { dangerOf } from './danger.ts';
import { proposePrefix } from './prefix.ts';
import { areHarmless, isReading } from './readOnly.ts';
import { isCovered, type Rule, writtenPrefix } from './rules.ts';
import { type KnownWord, programOf } from './wrappers.ts';
import { type CommandPart, type ParsedScript, parseScript } from './shellScript.ts';

/** From what needs nobody to what nobody may allow. */
export type JudgementKind = 'reads' | 'allowed' | 'other' | 'danger' | 'forbidden';

/** What is known of a command before it runs. */
export type CommandJudgement = {
  /**
   * `reads`: every part is known to only read. `allowed`: rules say yes to every part that does more.
   * `danger`: somebody has to see it first. `forbidden`: a rule says no.
   */
  readonly kind: JudgementKind;
  /** The rules that allow it do so outside of the sandbox, too. */
  readonly mayLeaveSandbox: boolean;
  /** Why it is a danger or forbidden, as the end of "this command ...". */
  readonly reason: string | undefined;
  /** What "always" would remember; undefined where nothing sensible can be. */
  readonly proposedPrefix: readonly string[] | undefined;
  /** What an answer for the session is remembered by: a command is covered when all of its keys are. */
  readonly keys: readonly string[];
  readonly actions: CommandAction[];
};

export type JudgementContext = {
  /** Absolute: where it is going to run. */
  readonly cwd: string;
  readonly rules: readonly Rule[];
  /** The shell it is for, by name or path; bash unless told. */
  readonly shell?: string;
};

/** Shells that read a script as bash does. Others (zsh too: its globs can run code) are not understood. */
const LIKE_BASH = new Set(['bash', 'sh', 'dash', 'ash', 'ksh']);

type PartJudgement = {
  readonly kind: JudgementKind;
  readonly isOutside: boolean;
  readonly reason?: string;
};

const STRICTNESS: readonly JudgementKind[] = ['reads', 'allowed', 'other', 'danger', 'forbidden'];

/**
 * Judges a script by all the programs in it, whatever they are joined, wrapped or quoted by; the strictest of
 * them counts. What cannot be told before it runs is never `reads` and never `allowed`.
 */
export function judgeCommand(
  script: string,
  { cwd, rules, shell = 'bash' }: JudgementContext,
): CommandJudgement {
  const { parts, segments, isUnderstood } = parseScript(script, cwd);
  const parsed = { parts, segments, isUnderstood: isUnderstood && LIKE_BASH.has(programOf(shell)) };
  const judged = parsed.parts.map((part) => ({ part, ...judgePart(part, rules) }));
  const variables = parsed.parts.flatMap(({ forms, sets }) => (isBare(forms) ? sets : []));
  const isWhole = parsed.isUnderstood && areHarmless(variables);
  const floor: PartJudgement = { kind: isWhole ? 'reads' : 'other', isOutside: true };
  const [worst = floor] = [...judged, floor].toSorted(
    (a, b) => STRICTNESS.indexOf(b.kind) - STRICTNESS.indexOf(a.kind),
  );
  const unclear = worst.kind === 'forbidden' || isWhole ? undefined : unclearness(rules);
  const kind = unclear === undefined ? worst.kind : 'danger';
  return {
    kind,
    mayLeaveSandbox:
      kind === 'allowed' &&
      judged.every(({ kind: own, isOutside }) => own === 'reads' || isOutside),
    reason: unclear ?? worst.reason,
    proposedPrefix: kind === 'other' ? proposePrefix(parsed) : undefined,
    keys: keysOf(parsed, { script, cwd, shell }),
    actions: actionsOf(parsed.segments),
  };
}

function judgePart(part: CommandPart, rules: readonly Rule[]): PartJudgement {
  const { forms, elevatedFrom = forms.length, sets, writes } = part;
  const matching = (decision: Rule['decision'], among = forms): Rule | undefined =>
    rules.find((rule) => rule.decision === decision && among.some((form) => isCovered(form, rule)));
  const forbidding = matching('forbid');
  if (forbidding !== undefined) {
    return {
      kind: 'forbidden',
      isOutside: false,
      reason: `is forbidden by the rule ${wordsOf(forbidding)}`,
    };
  }
  const asking = matching('ask');
  if (asking !== undefined) {
    return {
      kind: 'danger',
      isOutside: false,
      reason: `is asked about by the rule ${wordsOf(asking)}`,
    };
  }
  // A yes to a command is none to running it as somebody else, or with another library in it.
  const trusted = areHarmless(sets) ? forms.slice(0, elevatedFrom) : [];
  const outside = writes.length === 0 ? matching('allowOutside', trusted) : undefined;
  const allowing = outside ?? matching('allow', trusted) ?? matching('allowOutside', trusted);
  if (allowing !== undefined) return { kind: 'allowed', isOutside: outside !== undefined };
  const danger = dangerOf(part);
  if (danger !== undefined) return { kind: 'danger', isOutside: false, reason: danger };
  const words = forms.at(-1) ?? [];
  if (words.length > 0 && isHidden(words)) {
    const reason = unclearness(rules);
    if (reason !== undefined) return { kind: 'danger', isOutside: false, reason };
  }
  const reads =
    writes.length === 0 && areHarmless(sets) && (words.length === 0 || isReading(words));
  return { kind: reads ? 'reads' : 'other', isOutside: false };
}

const EVALUATORS = new Set([...LIKE_BASH, 'zsh', 'eval']);

/** Which program it is, or which script it runs, is known only as it runs. */
function isHidden([first, ...args]: readonly KnownWord[]): boolean {
  return first === undefined || (EVALUATORS.has(programOf(first)) && args.includes(undefined));
}

/** Where something is forbidden, what cannot be told could be just that. */
function unclearness(rules: readonly Rule[]): string | undefined {
  return rules.some(({ decision }) => decision === 'forbid')
    ? 'cannot be told before it runs, and some commands are forbidden'
    : undefined;
}

const wordsOf = ({ prefix }: Rule): string => `\`${writtenPrefix(prefix)}\``;

/** A command that only sets variables: for all that follow. */
const isBare = (forms: CommandPart['forms']): boolean => forms.at(-1)?.length === 0;

/**
 * One key per pipeline that does more than read; spaces and quotes of plain ones do not matter. Where it is not
 * known what runs, or in which folder, an answer is to this script alone.
 */
function keysOf(
  { segments, isUnderstood }: ParsedScript,
  { script, cwd, shell }: { readonly script: string; readonly cwd: string; readonly shell: string },
): readonly string[] {
  const acting = segments.filter(
    ({ parts }) =>
      !parts.every(({ forms, writes, sets }) => {
        const words = forms.at(-1) ?? [];
        return writes.length === 0 && sets.length === 0 && isReading(words);
      }),
  );
  const isPlaceKnown = acting.every((segment) => segment.cwd !== undefined);
  if (!isUnderstood || !isPlaceKnown || acting.length === 0) {
    return [JSON.stringify([cwd, script, shell])];
  }
  const keys = acting.map((segment) =>
    JSON.stringify([segment.cwd, segment.words ?? segment.text]),
  );
  return Array.from(new Set(keys));
}
