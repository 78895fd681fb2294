export {
  type SessionObject,
  describeSession,
  detectorOptions,
  newSession,
} from './sessionConfig.ts';
export {
  NOTHING_REQUESTED,
  type RequestedSession,
  makeSession,
  requestedModel,
  readSession,
} from './sessionRequest.ts';
export { findToolFault, mergeSession } from './sessionUpdate.ts';
