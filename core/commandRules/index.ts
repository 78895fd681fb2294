export type { CommandAction } from './actions.ts';
export {
  type CommandJudgement,
  judgeCommand,
  type JudgementContext,
  type JudgementKind,
} from './judge.ts';
export { readRules, type Rule, type RuleDecision, writtenPrefix } from './rules.ts';
