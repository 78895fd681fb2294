export type { WireEvent } from './eventLog.ts';
export { CALL_SESSION, CallClient, type CallClientOptions, postOffer } from './callClient.ts';
export { alwaysHears, HandTranscriber, type HandTurn } from './handTranscriber.ts';
export { MemoryNet, MemoryPeer } from './memoryCall.ts';
export {
  countingIds,
  realClock,
  rule,
  startScriptedServer,
  startTestServer,
  testAgent,
  type TestServer,
} from './testServer.ts';
export { upgradeStatus } from './upgrade.ts';
export { waysToSay } from './waysToSay.ts';
export { WireClient } from './wireClient.ts';
