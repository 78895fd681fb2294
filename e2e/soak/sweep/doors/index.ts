import type { Door } from '../cells.ts';
import { appServerLines } from './appServerLines.ts';
import { appServerSocket } from './appServerSocket.ts';
import { browserPage, browserSocket } from './browserHost.ts';
import {
  builtInCalls,
  builtInRealtime,
  builtInResponses,
  builtInSpeech,
  builtInTranscriptions,
} from './builtInServer.ts';
import { callAnswer } from './callAnswer.ts';
import { settingsFile, threadFile } from './files.ts';
import { modelList } from './modelList.ts';
import { realtimeProvider } from './realtimeProvider.ts';
import { textSocket } from './textSocket.ts';
import { textStream } from './textStream.ts';
import { tokenCommand } from './tokenCommand.ts';

/** Every door of the product; another is a file here and a line. */
export const DOORS: readonly Door[] = [
  appServerLines,
  appServerSocket,
  browserPage,
  browserSocket,
  builtInCalls,
  builtInRealtime,
  builtInResponses,
  builtInSpeech,
  builtInTranscriptions,
  callAnswer,
  modelList,
  realtimeProvider,
  settingsFile,
  textSocket,
  textStream,
  threadFile,
  tokenCommand,
];
