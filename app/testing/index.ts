export {
  callingAssistant,
  joinCall,
  type ReadyAssistant,
  readyAssistant,
  say,
  started,
  talkingAssistant,
  threadId,
} from './assistants.ts';
export { type EngineHandlers, FakeEngine } from './fakeEngine.ts';
export { ManualFrames } from './manualFrames.ts';
export { FAST_FEATURE, sampleModel, sampleStart, sampleTurn } from './samples.ts';
export { waitFor } from './waitFor.ts';
