export { type EngineChildOptions, forkEngine, type Upgrade } from './engineChild.ts';
export {
  type BrowserHost,
  type BrowserHostOptions,
  refuseSocket,
  startBrowserHost,
} from './browserHost.ts';
