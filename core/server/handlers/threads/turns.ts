import { ProductError } from '../../../base/index.ts';
import {
  type AdditionalContext,
  RpcErrorCode,
  type TraceContext,
  type TurnStartParams,
  type TurnSteerParams,
  type UserInput,
} from '../../../protocol/index.ts';
import { invalidRequest, RpcError } from '../../../rpc/index.ts';
import type { LiveThread, TurnInput } from '../../../threads/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { environmentsAsked } from './opening.ts';
import { checkId, checkOwner, refusing } from '../params.ts';
import { changesOf, isGiven } from './settingChanges.ts';

type TurnHandlers = Pick<
  Handlers,
  | 'turn/start'
  | 'turn/steer'
  | 'turn/interrupt'
  | 'thread/compact/start'
  | 'thread/fileChanges/undo'
  | 'thread/settings/update'
>;

const MAX_INPUT_CHARS = 1_048_576;
/** Each of them is cut where the model is told it. */
const MAX_CONTEXT_ENTRIES = 64;

/** Turns: starting, adding to, stopping, and what they run with (app-server §6). */
export function turnHandlers({ threads }: Services): TurnHandlers {
  return {
    'turn/start': (params, _client, trace) => {
      checkId(params.threadId);
      const { thread } = threads.require(params.threadId);
      const { environments, ...lasting } = params;
      const changes = changesOf(lasting, thread.settings);
      const workIn = isGiven(environments)
        ? environmentsAsked(environments, changes.cwd ?? thread.settings.cwd)
        : undefined;
      checkInput(params.input, thread, changes.model);
      const given = turnInput(params, trace);
      thread.changeSettings(changes);
      const input = {
        ...given,
        ...(isGiven(params.delegation) && { delegation: params.delegation }),
        options: {
          ...(isGiven(params.outputSchema) && { outputSchema: params.outputSchema }),
          ...(workIn !== undefined && { environments: workIn }),
          ...(isGiven(params.serviceTierForTurn) && { serviceTier: params.serviceTierForTurn }),
        },
      };
      const { turn, begin } = thread.prepareTurn(input, params.followUp ?? 'steer');
      return { result: { turn }, after: begin };
    },

    'turn/steer': (params, _client, trace) => {
      checkId(params.threadId);
      const { thread } = threads.require(params.threadId);
      checkInput(params.input, thread, undefined);
      const { turn, begin } = thread.steer(params.expectedTurnId, turnInput(params, trace));
      return { result: { turnId: turn.id }, after: begin };
    },

    'turn/interrupt': ({ threadId, turnId }) => {
      checkId(threadId);
      const { thread } = threads.require(threadId);
      const stop = thread.interruption(turnId);
      return { result: {}, after: stop };
    },

    'thread/compact/start': ({ threadId }) => {
      checkId(threadId);
      const { begin } = threads.require(threadId).thread.prepareCompaction();
      return { result: {}, after: begin };
    },

    'thread/fileChanges/undo': async ({ threadId, turnId }, client) => {
      checkOwner(client, 'thread/fileChanges/undo');
      checkId(threadId);
      const { thread } = threads.require(threadId);
      const paths = await refusing(thread.undoFileChanges(turnId), (error) =>
        error instanceof ProductError && !(error instanceof RpcError)
          ? invalidRequest(error.message)
          : undefined,
      );
      return { result: { paths: [...paths] } };
    },

    'thread/settings/update': (params) => {
      checkId(params.threadId);
      const { thread } = threads.require(params.threadId);
      thread.changeSettings(changesOf(params, thread.settings));
      return { result: {} };
    },
  };
}

function turnInput(
  params: TurnStartParams | TurnSteerParams,
  trace: TraceContext | undefined,
): TurnInput {
  const { input, clientUserMessageId, responsesapiClientMetadataPatch: patch } = params;
  const { clientMetadata, responsesapiClientMetadata, additionalContext: context } = params;
  if (isGiven(context)) checkContext(context);
  const metadata =
    isGiven(clientMetadata) || isGiven(responsesapiClientMetadata)
      ? { ...clientMetadata, ...responsesapiClientMetadata }
      : undefined;
  return {
    input,
    ...(isGiven(clientUserMessageId) && { clientUserMessageId }),
    ...(isGiven(context) && { context }),
    ...(metadata !== undefined && { clientMetadata: metadata }),
    ...(isGiven(patch) && { clientMetadataPatch: patch }),
    ...(trace !== undefined && { trace }),
  };
}

function checkContext(context: AdditionalContext): void {
  const { length } = Object.keys(context);
  if (length <= MAX_CONTEXT_ENTRIES) return;
  throw invalidRequest(
    `additionalContext has ${length} entries; at most ${MAX_CONTEXT_ENTRIES} are taken`,
  );
}

function checkInput(
  input: readonly UserInput[],
  thread: LiveThread,
  newModel: string | undefined,
): void {
  checkLength(input);
  for (const part of input) {
    if (part.type === 'image' && !/^data:/iu.test(part.url)) {
      throw invalidRequest(
        'A remote image is not fetched; hand it over as a data URL or as a local file.',
      );
    }
  }
  if (!input.some(({ type }) => type !== 'text')) return;
  const model = newModel ?? thread.settings.model;
  const { inputModalities } = thread.settings.factsOf(model);
  if (inputModalities?.includes('image') === false) {
    throw invalidRequest(`The model ${model} takes no images; choose another one or send text.`);
  }
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
