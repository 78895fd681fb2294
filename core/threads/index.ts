export {
  type AnyRecord,
  type Conversation,
  ConversationLog,
  type ForkCut,
  forkOf,
  latestSettings,
  pageOf,
  recordsOfTheEnd,
  type ThreadRecord,
} from './history/index.ts';
export { describeCollaboration } from './describeSettings.ts';
export { LOCAL_ENVIRONMENT, localEnvironments, selectedEnvironments } from './environments.ts';
export type { Notify, Sampler, SettingChanges, ThreadPorts, ThreadSettings } from './ports.ts';
export { ReaderPace } from './readerPace.ts';
export { isSummary, modelRequestOf, traceOf, type TurnInput } from './tasks/index.ts';
export { LiveThread, type LiveThreadOptions, type PreparedTurn } from './thread.ts';
export { threadSourceOf } from './threadSource.ts';
