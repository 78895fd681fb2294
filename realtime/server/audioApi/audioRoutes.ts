import type { IncomingMessage, ServerResponse } from 'node:http';

import { errorText } from '../../../core/base/index.ts';
import { refuse, type Refused } from '../errors/index.ts';
import { type HttpRoute, writeRefusal } from '../http/index.ts';
import { AnswerStream } from './answerStream.ts';
import type { AudioApiOptions, AudioTask } from './audioTask.ts';
import { speak } from './speech.ts';
import { transcribe } from './transcription.ts';

/** One voice and one recogniser do all the work, so a crowd is refused and not kept waiting. */
const MAX_AT_ONCE = 4;

/** `POST /v1/audio/transcriptions` and `/v1/audio/speech`, in OpenAI's shapes (realtime-v2 §21.5). */
export function createAudioRoutes(options: AudioApiOptions): readonly HttpRoute[] {
  return [
    audioRoute(options, '/v1/audio/transcriptions', transcribe),
    audioRoute(options, '/v1/audio/speech', speak),
  ];
}

function audioRoute(options: AudioApiOptions, path: string, task: AudioTask): HttpRoute {
  let running = 0;
  return {
    method: 'POST',
    path,
    handle: async (request, response) => {
      if (running >= MAX_AT_ONCE) {
        response.setHeader('retry-after', '1');
        const message = `${MAX_AT_ONCE} such requests are being answered; ask again in a moment.`;
        writeRefusal(response, refuse(429, 'too_many_requests', message));
        return;
      }
      running += 1;
      try {
        await run(options, task, request, response);
      } finally {
        running -= 1;
      }
    },
  };
}

async function run(
  options: AudioApiOptions,
  task: AudioTask,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = new AnswerStream(response, options.clock);
  let refused: Refused | undefined;
  try {
    refused = await task(options, request, answer);
  } catch (error) {
    if (answer.gone.aborted) return;
    options.log(`${request.url ?? ''} failed: ${errorText(error)}`);
    refused = refuse(500, 'server_error', errorText(error));
  }
  if (refused === undefined || answer.gone.aborted) return;
  // What has begun cannot become an error any more, except in a stream of events.
  if (answer.begun) answer.fail(refused.body.error);
  else writeRefusal(response, refused);
}
