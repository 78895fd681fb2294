export { samplesAhead } from './playout.ts';
export type {
  Effect,
  Entry,
  Input,
  LineId,
  SessionState,
  StepPorts,
  StoredItem,
  TurnMark,
} from './state.ts';
export { initialState, step } from './step.ts';
export { messageText, outputTokens } from './usage.ts';
