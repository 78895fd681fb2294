import type { Door } from '../cells.ts';
import { appServerLines } from './appServerLines.ts';
import { appServerSocket } from './appServerSocket.ts';
import { textStream } from './textStream.ts';

/** Every door of the product; another is a file here and a line. */
export const DOORS: readonly Door[] = [appServerLines, appServerSocket, textStream];
