export {
  type SessionObject,
  describeSession,
  detectorOptions,
  newSession,
} from './sessionConfig.ts';
export {
  NO_WISH,
  type SessionWish,
  makeSession,
  modelWish,
  readSession,
} from './sessionRequest.ts';
export { findToolFault, mergeSession } from './sessionUpdate.ts';
