export { type EngineChildOptions, forkEngine, type Upgrade } from './engineChild.ts';
export { startAtKnownPort } from './rememberedPort.ts';
export {
  type BrowserHost,
  type BrowserHostOptions,
  refuseSocket,
  startBrowserHost,
} from './browserHost.ts';
