export { callAnswer, completed, halfAnswer, messageAnswer, secondItem } from './answers.ts';
export {
  type Fault,
  FAULT_STAGES,
  type FaultPlan,
  FaultServer,
  type FaultStage,
} from './faultServer.ts';
export type { FaultTransport } from './faultWire.ts';
export { modelError, openItems, untilEnded } from './outcomes.ts';
export { type Bench, greeting, type Sampling, startBench } from './sampling.ts';
export { neverKeyed, testProvider, withKey } from './provider.ts';
export {
  type Handshake,
  type ScriptedSocket,
  type ScriptedSockets,
  type SocketFrame,
  type SocketStep,
} from './scriptedSockets.ts';
export {
  type RecordedRequest,
  type ScriptedUpstream,
  sseEvent,
  startScriptedUpstream,
} from './scriptedUpstream.ts';
export type { UpstreamEvent, UpstreamStep } from './upstreamSteps.ts';
