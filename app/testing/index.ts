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
export { FakeEngine } from './fakeEngine.ts';
export { sampleTurn } from './samples.ts';
export { waitFor } from './waitFor.ts';
