export {
  choice,
  type Grammar,
  optional,
  repeat,
  sequence,
  slot,
  type SlotName,
  type SpeechLanguage,
  words,
} from './grammar.ts';
export {
  after,
  before,
  both,
  mapped,
  maybe,
  oneOf,
  readAll,
  type Reading,
  type Rule,
  say,
} from './rule.ts';
export { textOf, tokensOf } from './tokens.ts';
