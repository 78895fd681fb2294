import type { Door } from '../cells.ts';
import { appServerLines } from './appServerLines.ts';
import { appServerSocket } from './appServerSocket.ts';
import { browserPage, browserSocket } from './browserHost.ts';
import { builtInCalls, builtInRealtime, builtInResponses } from './builtInServer.ts';
import { realtimeProvider } from './realtimeProvider.ts';
import { textStream } from './textStream.ts';

/** Every door of the product; another is a file here and a line. */
export const DOORS: readonly Door[] = [
  appServerLines,
  appServerSocket,
  browserPage,
  browserSocket,
  builtInCalls,
  builtInRealtime,
  builtInResponses,
  textStream,
  realtimeProvider,
];
