export { asPeer, type PeerVersion } from './asPeer.ts';
export { openMessage, toldToModel } from './modelText.ts';
export {
  answering,
  asked,
  askingScripts,
  COLOUR,
  outputTold,
  speaks,
  toldToVoice,
} from './questions.ts';
export { practising } from './practising.ts';
export { type ModelServer, type ModelsReply, startModelServer } from './modelServer.ts';
export { checkSchemas, type SchemaCheck } from './schemaCheck.ts';
export { delegation, functionCall } from './realtimeEvents.ts';
export { type Answer, type Message, RpcProbe } from './rpcProbe.ts';
export {
  type Frame,
  type ScriptedRealtime,
  type ScriptedRealtimeSession,
} from './scriptedRealtime.ts';
export { ANSWER_SDP, type CallPost, OFFER_SDP, partsOf } from './scriptedCalls.ts';
export {
  inFence,
  outFence,
  startVoice,
  talk,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from './voiceBench.ts';
export { startTestEngine, type TestEngine, type TestEngineOptions } from './testEngine.ts';
export { completedItems, looseItems, timedOut, turnEnded } from './textTurns.ts';
export { loose, typedTurn } from './voiceChecks.ts';
export {
  type CascadeBench,
  type CascadeBenchOptions,
  hears,
  sounds,
  startCascade,
} from './cascadeBench.ts';
export {
  type CascadeConversation,
  type Conversation,
  startCascadeConversation,
  startConversation,
  VOICE_MODEL,
  VOICES,
} from './conversation/index.ts';
