import { RpcErrorCode, type UserInput } from '../../protocol/index.ts';
import { RpcError } from '../../rpc/index.ts';
import type { Services } from '../services.ts';
import { listModels } from '../models.ts';
import type { Handlers } from './handler.ts';
import { checkId } from './threads.ts';

type TurnHandlers = Pick<Handlers, 'turn/start' | 'turn/interrupt' | 'model/list'>;

const MAX_INPUT_CHARS = 1_048_576;

/** Turns: starting, adding to, stopping (app-server §6). */
export function turnHandlers({ threads, provider }: Services): TurnHandlers {
  return {
    'turn/start': ({ threadId, input, clientUserMessageId, model, effort }) => {
      checkId(threadId);
      checkLength(input);
      const { thread } = threads.require(threadId);
      thread.changeSettings({
        ...(typeof model === 'string' ? { model } : {}),
        ...(typeof effort === 'string' ? { reasoningEffort: effort } : {}),
      });
      const { turn, begin } = thread.prepareTurn({
        input,
        ...(typeof clientUserMessageId === 'string' ? { clientUserMessageId } : {}),
      });
      return { result: { turn }, after: begin };
    },

    'turn/interrupt': ({ threadId, turnId }) => {
      checkId(threadId);
      const { thread } = threads.require(threadId);
      const stop = thread.interruption(turnId);
      return { result: {}, after: stop };
    },

    'model/list': async () => {
      const { kind, id } = await provider();
      return { result: { data: listModels(kind), nextCursor: null, modelProvider: id } };
    },
  };
}

function checkLength(input: readonly UserInput[]): void {
  let length = 0;
  for (const part of input) if (part.type === 'text') length += part.text.length;
  if (length <= MAX_INPUT_CHARS) return;
  throw new RpcError(
    RpcErrorCode.invalidParams,
    `The input has ${length} characters; at most ${MAX_INPUT_CHARS} are taken`,
    { input_error_code: 'input_too_large', max_chars: MAX_INPUT_CHARS, actual_chars: length },
  );
}
