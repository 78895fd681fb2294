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
export { bridgeTo } from './engineBridge.ts';
export { ManualFrames } from './manualFrames.ts';
export { waitFor } from './waitFor.ts';
