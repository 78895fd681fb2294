export { type BrowserHost, type BrowserHostOptions, startBrowserHost } from './browserHost.ts';
