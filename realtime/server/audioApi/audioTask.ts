import type { IncomingMessage } from 'node:http';

import type { Clock } from '../../../core/base/index.ts';
import type { SpeechVoice } from '../../audio/index.ts';
import type { Refused } from '../errors/index.ts';
import type { Transcriber } from '../models/index.ts';
import type { AnswerStream } from './answerStream.ts';

export type AudioApiOptions = {
  readonly clock: Clock;
  readonly voice: SpeechVoice;
  readonly transcriber?: Transcriber;
  readonly log: (message: string) => void;
};

/** Answers one request, or says why it does not; what it throws is an error of the server. */
export type AudioTask = (
  options: AudioApiOptions,
  request: IncomingMessage,
  answer: AnswerStream,
) => Promise<Refused | undefined>;
