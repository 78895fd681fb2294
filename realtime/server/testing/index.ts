export {
  countingIds,
  rule,
  startScriptedServer,
  startTestServer,
  type TestServer,
} from './testServer.ts';
export { WireClient } from './wireClient.ts';
