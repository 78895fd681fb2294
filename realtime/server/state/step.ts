import { assertNever } from '../../../core/base/index.ts';
import type { NonAudioClientEvent } from '../lines/index.ts';
import { appendAudio, clearBuffer, commitByHand, forgetSpeech, idle } from './inputSteps.ts';
import { createItem, deleteItem, retrieveItem, truncateItem } from './itemSteps.ts';
import { type Produced, produceAudio, produceCall, produceText } from './outputSteps.ts';
import { audioSent, clearPlayout } from './playoutSteps.ts';
import { answerTurn, cancelResponse, endResponse, requestResponse } from './responseSteps.ts';
import { describeSession, mergeSession, type SessionObject } from '../config/index.ts';
import {
  type ActiveResponse,
  Draft,
  type Effect,
  type Input,
  type SessionState,
  type StepPorts,
} from './state.ts';
import {
  answerWithoutWords,
  completeBroughtWords,
  completeTranscript,
  failTranscript,
  tellWords,
} from './transcriptSteps.ts';

/** `playedBy` says who plays the answers: the client, from what its socket brings, or the call. */
export function initialState(
  session: SessionObject,
  conversationId: string,
  playedBy: 'client' | 'call' = 'client',
): SessionState {
  return {
    phase: 'open',
    session,
    conversationId,
    entries: [],
    input: { startSample: 0, endSample: 0, speech: undefined },
    responses: [],
    turnWaiting: false,
    voiceFixed: false,
    playout: playedBy === 'call' ? [] : undefined,
  };
}

/**
 * One step of a session. The order of inputs decides everything: every response that was created
 * ends once, at most one writes to the conversation at a time, every item that was added is done,
 * and after the end nothing is sent.
 */
export function step(
  state: SessionState,
  input: Input,
  ports: StepPorts,
): { readonly state: SessionState; readonly effects: readonly Effect[] } {
  if (state.phase === 'closed') return { state, effects: [] };
  const draft = new Draft(state, ports, 'line' in input ? input.line : undefined);
  take(draft, input);
  return { state: draft.state, effects: draft.effects };
}

function take(draft: Draft, input: Input): void {
  switch (input.type) {
    case 'opened':
      draft.reply({ type: 'session.created', session: describeSession(draft.state.session) });
      draft.reply({
        type: 'conversation.created',
        conversation: { id: draft.state.conversationId, object: 'realtime.conversation' },
      });
      return;
    case 'clientEvent':
      takeClientEvent(draft, input.event);
      return;
    case 'frameRejected':
      draft.reply({ type: 'error', error: input.error });
      return;
    case 'audioAppended':
      appendAudio(draft, input.sampleCount, input.turns);
      return;
    case 'audioSent':
      audioSent(draft, input.responseId, input.sampleCount);
      return;
    case 'wordsHeard':
      tellWords(draft, input.itemId, input.delta);
      return;
    case 'transcribed':
      if (completeTranscript(draft, input.itemId, input.text)) answerTurn(draft);
      return;
    case 'transcriptionFailed':
      failTranscript(draft, input.itemId, input);
      return;
    case 'wordsOverdue':
      answerWithoutWords(draft, input.itemId);
      return;
    case 'textProduced':
      produce(draft, input, (response) => produceText(draft, response, input.text));
      return;
    case 'audioProduced':
      produce(draft, input, (response) =>
        produceAudio(draft, response, input.samples, input.spoken),
      );
      return;
    case 'callProduced':
      produce(draft, input, () => produceCall(draft, input.responseId, input));
      return;
    case 'heardProduced':
      produce(draft, input, () => {
        completeBroughtWords(draft, input.text);
        return 'kept';
      });
      return;
    case 'rawProduced':
      produce(draft, input, () => {
        draft.send(input.event);
        return 'kept';
      });
      return;
    case 'closeProduced':
      produce(draft, input, () => {
        close(draft, input.code, input.reason);
        return 'kept';
      });
      return;
    case 'responseEnded':
      endResponse(draft, input.responseId, input.outcome);
      return;
    case 'idled':
      idle(draft);
      return;
    case 'expired':
      expire(draft);
      return;
    case 'disconnected':
      if (draft.state.playout === undefined) end(draft);
      return;
    case 'ended':
      close(draft, input.code, input.reason);
      return;
    default:
      assertNever(input, 'session input');
  }
}

function takeClientEvent(draft: Draft, event: NonAudioClientEvent): void {
  const { event_id: eventId } = event;
  switch (event.type) {
    case 'session.update':
      updateSession(draft, event);
      return;
    case 'input_audio_buffer.commit':
      commitByHand(draft, eventId);
      return;
    case 'input_audio_buffer.clear':
      clearBuffer(draft);
      return;
    case 'conversation.item.create':
      createItem(draft, event);
      return;
    case 'conversation.item.retrieve':
      retrieveItem(draft, event);
      return;
    case 'conversation.item.delete':
      deleteItem(draft, event);
      return;
    case 'conversation.item.truncate':
      truncateItem(draft, event);
      return;
    case 'response.create':
      requestResponse(draft, event.response ?? {}, eventId);
      return;
    case 'response.cancel':
      cancelResponse(draft, event.response_id, eventId);
      return;
    case 'output_audio_buffer.clear': {
      if (draft.state.playout !== undefined) {
        clearPlayout(draft, 'client_cancelled');
        return;
      }
      const message =
        'output_audio_buffer.clear works over WebRTC and SIP only; over WebSocket the client holds the buffer.';
      draft.refuse({ code: 'invalid_value', message, param: 'type', eventId });
      return;
    }
    default:
      assertNever(event, 'client event');
  }
}

/** Runs a producer for a response that is still active; what comes late is dropped. */
function produce(
  draft: Draft,
  { responseId }: { readonly responseId: string },
  producer: (response: ActiveResponse) => Produced,
): void {
  const response = draft.state.responses.find(({ id }) => id === responseId);
  if (response === undefined || producer(response) === 'kept') return;
  endResponse(draft, responseId, { status: 'incomplete', reason: 'max_output_tokens' });
}

function updateSession(
  draft: Draft,
  event: Extract<NonAudioClientEvent, { type: 'session.update' }>,
): void {
  const { session: before, voiceFixed } = draft.state;
  const merge = mergeSession(before, event.session, { voices: draft.ports.voices, voiceFixed });
  if (merge.kind === 'refused') {
    const error = { ...merge.error, event_id: event.event_id ?? null };
    draft.reply({ type: 'error', error });
    return;
  }
  const { session } = merge;
  draft.set({ session });
  // Told the same again, a detector in the middle of a word must not forget it.
  if (JSON.stringify(session.input.turnDetection) !== JSON.stringify(before.input.turnDetection)) {
    forgetSpeech(draft);
    draft.do({ type: 'restartTurnDetector' });
    draft.do({ type: 'disarmIdle' });
  }
  draft.send({ type: 'session.updated', session: describeSession(session) });
}

function expire(draft: Draft): void {
  draft.send({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      code: 'session_expired',
      message: 'The session has reached its maximum length. Open a new one to go on.',
      param: null,
      event_id: null,
    },
  });
  close(draft, 1000, 'session expired');
}

function close(draft: Draft, code: number, reason: string): void {
  draft.do({ type: 'close', code, reason });
  end(draft);
}

function end(draft: Draft): void {
  for (const { id } of draft.state.responses) draft.do({ type: 'stopResponse', responseId: id });
  draft.do({ type: 'disarmIdle' });
  draft.set({ phase: 'closed', responses: [], turnWaiting: false });
}
