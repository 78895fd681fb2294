export {
  countingIds,
  realClock,
  rule,
  startScriptedServer,
  startTestServer,
  type TestServer,
} from './testServer.ts';
export { WireClient, type WireEvent } from './wireClient.ts';
