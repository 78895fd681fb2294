export {
  answerAsServer,
  containFaults,
  limitFlow,
  passOverRepeatedVerify,
  sayGoodbye,
  skipUsedRecordNumbers,
  startRestartedIce,
} from './dtlsFixes.ts';
export { type FixedIce, fixIce } from './iceFixes.ts';
