import { addEntry, announceDone, lastItemId } from './entries.ts';
import { clearPlayout } from './playoutSteps.ts';
import { answerTurn, endResponse } from './responseSteps.ts';
import {
  defaultResponse,
  type Draft,
  type Entry,
  SAMPLES_PER_MS,
  type Speech,
  type TurnMark,
} from './state.ts';
import { followWords, requestWords } from './transcriptSteps.ts';

/** Silence kept before a turn while the server listens; only a manual commit could want more. */
const KEPT_SILENCE_MS = 30_000;
/** Longest stretch of sound that may wait for a commit. */
const MAX_BUFFER_MS = 15 * 60_000;
const MIN_COMMIT_MS = 100;

/** Takes note of new sound and of the turns the detector found in it. */
export function appendAudio(draft: Draft, sampleCount: number, turns: readonly TurnMark[]): void {
  const { input } = draft.state;
  draft.set({ input: { ...input, endSample: input.endSample + sampleCount } });
  const listening = draft.state.session.input.turnDetection !== null;
  if (listening) {
    for (const turn of turns) {
      if (turn.type === 'speechStarted') startSpeech(draft, turn.atSample);
      else stopSpeech(draft, turn.atSample);
    }
  }
  boundBuffer(draft, listening);
}

function startSpeech(draft: Draft, atSample: number): void {
  const { input, session } = draft.state;
  if (input.speech !== undefined) return;
  const itemId = draft.ports.newId('item');
  const startSample = clamp(atSample, input.startSample, input.endSample);
  const soFar = followWords(draft, itemId, startSample) ? '' : undefined;
  draft.set({ input: { ...input, speech: { itemId, startSample, soFar } } });
  draft.do({ type: 'disarmIdle' });
  draft.send({
    type: 'input_audio_buffer.speech_started',
    audio_start_ms: toMs(startSample),
    item_id: itemId,
  });
  if (session.input.turnDetection?.interrupt_response === false) return;
  clearPlayout(draft, 'turn_detected');
  const active = defaultResponse(draft.state);
  if (active !== undefined) {
    endResponse(draft, active.id, { status: 'cancelled', reason: 'turn_detected' });
  }
}

function stopSpeech(draft: Draft, atSample: number): void {
  const { input, session } = draft.state;
  if (input.speech === undefined) return;
  const { itemId, startSample } = input.speech;
  const endSample = clamp(atSample, startSample, input.endSample);
  draft.send({
    type: 'input_audio_buffer.speech_stopped',
    audio_end_ms: toMs(endSample),
    item_id: itemId,
  });
  commit(draft, itemId, startSample, endSample);
  if (session.input.turnDetection?.create_response !== false) answerTurn(draft);
}

/** `input_audio_buffer.commit`: all sound that waits becomes one item; no response is made. */
export function commitByHand(draft: Draft, eventId: string | undefined): void {
  const { startSample, endSample, speech } = draft.state.input;
  const lengthMs = (endSample - startSample) / SAMPLES_PER_MS;
  if (lengthMs < MIN_COMMIT_MS) {
    draft.refuse({
      code: 'input_audio_buffer_commit_empty',
      message: `The input audio buffer holds ${lengthMs.toFixed(2)} ms of audio; a commit needs at least ${MIN_COMMIT_MS} ms.`,
      eventId,
    });
    return;
  }
  draft.do({ type: 'disarmIdle' });
  commit(draft, speech?.itemId ?? draft.ports.newId('item'), startSample, endSample);
  draft.do({ type: 'restartTurnDetector' });
}

export function clearBuffer(draft: Draft): void {
  const { endSample } = draft.state.input;
  emptyBuffer(draft, endSample);
  draft.do({ type: 'restartTurnDetector' });
  draft.send({ type: 'input_audio_buffer.cleared' });
}

/** Nobody spoke for the agreed time: the silence becomes an item and the model may react to it. */
export function idle(draft: Draft): void {
  const { input, session } = draft.state;
  const detection = session.input.turnDetection;
  if (detection?.type !== 'server_vad' || input.speech !== undefined) return;
  if (defaultResponse(draft.state) !== undefined) return;
  const idleMs = detection.idle_timeout_ms ?? 0;
  const fromSample = Math.max(input.startSample, input.endSample - idleMs * SAMPLES_PER_MS);
  const itemId = draft.ports.newId('item');
  draft.send({
    type: 'input_audio_buffer.timeout_triggered',
    audio_start_ms: toMs(fromSample),
    audio_end_ms: toMs(input.endSample),
    item_id: itemId,
  });
  commit(draft, itemId, fromSample, input.endSample);
  answerTurn(draft);
}

function commit(draft: Draft, itemId: string, fromSample: number, toSample: number): void {
  draft.send({
    type: 'input_audio_buffer.committed',
    previous_item_id: lastItemId(draft),
    item_id: itemId,
  });
  draft.do({ type: 'keepAudio', itemId, fromSample, toSample });
  const soFar = takeSpeech(draft)?.soFar;
  const entry: Entry = {
    item: {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: null }],
    },
    audioMs: (toSample - fromSample) / SAMPLES_PER_MS,
    spans: [],
  };
  addEntry(draft, entry);
  announceDone(draft, entry.item);
  requestWords(draft, entry, { fromSample, toSample, soFar });
  emptyBuffer(draft, toSample);
}

function emptyBuffer(draft: Draft, startSample: number): void {
  forgetSpeech(draft);
  draft.set({ input: { ...draft.state.input, startSample } });
  draft.do({ type: 'dropInput', beforeSample: startSample });
}

/** The turn that is being said will never be one. */
export function forgetSpeech(draft: Draft): void {
  const speech = takeSpeech(draft);
  if (speech?.soFar === undefined) return;
  draft.do({ type: 'cancelTranscription', itemId: speech.itemId });
}

function takeSpeech(draft: Draft): Speech | undefined {
  const { input } = draft.state;
  draft.set({ input: { ...input, speech: undefined } });
  return input.speech;
}

function boundBuffer(draft: Draft, listening: boolean): void {
  const { startSample, endSample, speech } = draft.state.input;
  const lengthMs = (endSample - startSample) / SAMPLES_PER_MS;
  if (lengthMs > MAX_BUFFER_MS) {
    clearBuffer(draft);
    draft.refuse({
      code: 'input_audio_buffer_full',
      message: `${MAX_BUFFER_MS / 60_000} minutes of audio waited for a commit; the input audio buffer was cleared.`,
    });
  } else if (listening && speech === undefined && lengthMs > KEPT_SILENCE_MS) {
    const keptFrom = endSample - KEPT_SILENCE_MS * SAMPLES_PER_MS;
    draft.set({ input: { ...draft.state.input, startSample: keptFrom } });
    draft.do({ type: 'dropInput', beforeSample: keptFrom });
  }
}

function toMs(sample: number): number {
  return Math.floor(sample / SAMPLES_PER_MS);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
