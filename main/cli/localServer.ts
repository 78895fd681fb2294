import * as z from 'zod';

import { errorText, withoutByteOrderMark } from '../../core/base/index.ts';
import { systemClock } from '../../core/platform/index.ts';
import {
  createPracticeTextModel,
  createScriptedTextModel,
  practiceAgent,
  type PracticeServerOptions,
  ResponsesScript,
  startPracticeServer,
} from '../../core/practice/index.ts';
import { createScriptedRealtimeModel, RealtimeScript } from '../../realtime/server/index.ts';
import { CommandError } from '../engine/index.ts';

/** What a script file of `parley realtime-server` holds; a half left out is the practice model. */
const LocalServerScript = z.strictObject({
  realtime: RealtimeScript.optional(),
  responses: ResponsesScript.optional(),
});
export type LocalServerScript = z.infer<typeof LocalServerScript>;

/** Reads the text of a script file; throws a `CommandError` that names the first wrong place. */
export function parseScript(text: string, file: string): LocalServerScript {
  let value: unknown;
  try {
    value = JSON.parse(withoutByteOrderMark(text));
  } catch (error) {
    throw new CommandError(`${file} is not valid JSON: ${errorText(error)}`, 2, { cause: error });
  }
  const parsed = LocalServerScript.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? '' : issue.path.map(String).join('.');
  const where = place === '' ? '' : ` at ${place}`;
  throw new CommandError(`${file} is not a script${where}: ${issue?.message ?? 'malformed'}.`, 2);
}

export type LocalServerOptions = Pick<PracticeServerOptions, 'port' | 'apiKey' | 'tls'> & {
  readonly script?: LocalServerScript;
};

/** The built-in Realtime and Responses server with its voice, on loopback. */
export function startLocalServer(
  options: LocalServerOptions,
): ReturnType<typeof startPracticeServer> {
  const clock = systemClock;
  const { script = {}, ...listening } = options;
  const { responses } = script;
  return startPracticeServer({
    clock,
    ...listening,
    ...(script.realtime === undefined
      ? {}
      : {
          realtimeModel: createScriptedRealtimeModel(script.realtime, {
            clock,
            agent: practiceAgent,
          }),
        }),
    ...(responses === undefined
      ? {}
      : {
          textModel: (samples) =>
            createScriptedTextModel(responses, {
              clock,
              practice: createPracticeTextModel({ clock, samples }),
            }),
        }),
  });
}
