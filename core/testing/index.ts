export { type Answer, type Message, RpcProbe } from './rpcProbe.ts';
export {
  type Frame,
  type ScriptedRealtime,
  type ScriptedRealtimeSession,
  startScriptedRealtime,
} from './scriptedRealtime.ts';
export { startTestEngine, type TestEngine, type TestEngineOptions } from './testEngine.ts';
