export { type CallPair, connectCallPair } from './callPair.ts';
export { CallProbe, until } from './callProbe.ts';
