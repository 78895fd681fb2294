import { findEntry, replaceEntry } from './entries.ts';
import { askModel } from './heldResponses.ts';
import type { Draft, Entry, TurnWords } from './state.ts';

type Failure = { readonly code: string; readonly message: string };
type AwaitedWords = Extract<TurnWords, { readonly state: 'awaited' }>;

/** A stretch of the input that has become an item. */
type TurnSound = {
  readonly fromSample: number;
  readonly toSample: number;
  /** What the client was told of its words; `undefined` where nobody has followed them. */
  readonly soFar: string | undefined;
};

/** How many turns may be recognised at once; a client can commit faster than anybody listens. */
const MAX_AWAITED = 16;

const NO_RECOGNISER: Failure = {
  code: 'no_recogniser',
  message: 'This server has no speech recogniser, so it cannot tell which words were said.',
};
const BUSY: Failure = {
  code: 'recogniser_busy',
  message: `The words of ${MAX_AWAITED} earlier turns are still to be recognised, so those of this one are not.`,
};

const EVENT = 'conversation.item.input_audio_transcription';

/** Begins to recognise a turn where somebody wants its words; true when it is going on. */
export function followWords(draft: Draft, itemId: string, fromSample: number): boolean {
  if (supplier(draft) !== 'recogniser' || !(isTold(draft) || isNeeded(draft))) return false;
  if (isBusy(draft)) return false;
  const { entries, session } = draft.state;
  draft.do({ type: 'beginTranscription', itemId, fromSample, entries, session });
  return true;
}

/** Asks for the words of a turn that has just become an item. */
export function requestWords(draft: Draft, entry: Entry, sound: TurnSound): void {
  const { soFar } = sound;
  const told = isTold(draft);
  if (supplier(draft) === 'recogniser' && (told || isNeeded(draft))) {
    recogniseRest(draft, entry, sound, told);
    return;
  }
  // The client has changed its mind since the turn began.
  if (soFar !== undefined) draft.do({ type: 'cancelTranscription', itemId: entry.item.id });
  if (!told) return;
  expectWords(draft, entry, { from: 'model', told, soFar: soFar ?? '', answer: 'none' });
  if (supplier(draft) === 'none') failTranscript(draft, entry.item.id);
}

function recogniseRest(
  draft: Draft,
  entry: Entry,
  { fromSample, toSample, soFar }: TurnSound,
  told: boolean,
): void {
  const itemId = entry.item.id;
  if (soFar === undefined && !followWords(draft, itemId, fromSample)) {
    if (told) announceFailure(draft, itemId, BUSY);
    return;
  }
  const answer = isNeeded(draft) ? 'held' : 'none';
  expectWords(draft, entry, { from: 'recogniser', told, soFar: soFar ?? '', answer });
  draft.do({ type: 'endTranscription', itemId, toSample, ...deadline(draft) });
}

/** Asks for the words of a message that came with its sound; they are the model's alone. */
export function requestItemWords(draft: Draft, entry: Entry): void {
  if (supplier(draft) !== 'recogniser' || !isNeeded(draft) || isBusy(draft)) return;
  const { entries, session } = draft.state;
  const itemId = entry.item.id;
  expectWords(draft, entry, { from: 'recogniser', told: false, soFar: '', answer: 'held' });
  draft.do({ type: 'transcribeItem', itemId, entries, session, ...deadline(draft) });
}

/** Tells more words of a turn, while it is said or after. */
export function tellWords(draft: Draft, itemId: string, delta: string): void {
  const { input } = draft.state;
  const { speech } = input;
  if (speech?.itemId === itemId) {
    if (speech.soFar === undefined || !isTold(draft)) return;
    draft.set({ input: { ...input, speech: { ...speech, soFar: speech.soFar + delta } } });
    sendDelta(draft, itemId, delta);
    return;
  }
  const entry = findEntry(draft, itemId);
  if (entry?.words?.state !== 'awaited' || !entry.words.told) return;
  expectWords(draft, entry, { ...entry.words, soFar: entry.words.soFar + delta });
  sendDelta(draft, itemId, delta);
}

/**
 * Keeps and announces the words of a turn; those nobody waits for any more are dropped. True when they
 * ask for an answer of their own.
 */
export function completeTranscript(draft: Draft, itemId: string, transcript: string): boolean {
  const entry = findEntry(draft, itemId);
  if (entry?.words?.state !== 'awaited' || entry.item.type !== 'message') return false;
  const { told, soFar, answer } = entry.words;
  // What was no words, a cough, has been answered by what was answered meanwhile.
  const isOpen = answer === 'later' && transcript !== '';
  const content = entry.item.content.map((part) =>
    part.type === 'input_audio' ? { ...part, transcript } : part,
  );
  replaceEntry(draft, {
    ...entry,
    // Words that the client did not ask for are none of its item.
    item: told ? { ...entry.item, content } : entry.item,
    words: { state: 'known', text: transcript, ...(isOpen && { isOpen }) },
  });
  if (told) {
    // Where the words turned out to be others, the complete ones have the last say.
    if (transcript.startsWith(soFar)) sendDelta(draft, itemId, transcript.slice(soFar.length));
    const usage = { type: 'duration', seconds: entry.audioMs / 1000 };
    const where = { item_id: itemId, content_index: 0 };
    draft.send({ type: `${EVENT}.completed`, ...where, transcript, usage });
  }
  askModel(draft);
  return isOpen;
}

/** Words that came with the answer belong to the last turn that still waits for some. */
export function completeBroughtWords(draft: Draft, transcript: string): void {
  const entry = draft.state.entries.findLast(isBrought);
  if (entry !== undefined) completeTranscript(draft, entry.item.id, transcript);
}

/** The answer is over, so it brings no more words. */
export function failBroughtWords(draft: Draft): void {
  for (const entry of draft.state.entries.filter(isBrought)) failTranscript(draft, entry.item.id);
}

export function failTranscript(
  draft: Draft,
  itemId: string,
  failure: Failure = NO_RECOGNISER,
): void {
  const entry = findEntry(draft, itemId);
  if (entry?.words?.state !== 'awaited') return;
  const { words, ...rest } = entry;
  replaceEntry(draft, rest);
  if (words.told) announceFailure(draft, itemId, failure);
  askModel(draft);
}

/** An answer waits no longer; the words may still come and are told then. */
export function answerWithoutWords(draft: Draft, itemId: string): void {
  const entry = findEntry(draft, itemId);
  if (entry?.words?.state !== 'awaited') return;
  if (entry.words.answer === 'held') expectWords(draft, entry, { ...entry.words, answer: 'none' });
  askModel(draft);
}

/** Who supplies the words. A session for transcription gets no answers, so none can bring them. */
function supplier({ state, ports }: Draft): 'recogniser' | 'model' | 'none' {
  if (ports.modelBringsWords && state.session.type === 'realtime') return 'model';
  return ports.hasRecogniser ? 'recogniser' : 'none';
}

function isTold({ state }: Draft): boolean {
  return state.session.input.transcription !== null;
}

function isNeeded({ state, ports }: Draft): boolean {
  return ports.wordsWithinMs !== undefined && state.session.type === 'realtime';
}

/** How long an answer that needs the words waits for them. */
function deadline(draft: Draft): { readonly overdueAfterMs?: number } {
  const { wordsWithinMs } = draft.ports;
  return isNeeded(draft) && wordsWithinMs !== undefined ? { overdueAfterMs: wordsWithinMs } : {};
}

function isBusy({ state }: Draft): boolean {
  return state.entries.filter(isBeingRecognised).length >= MAX_AWAITED;
}

function isBeingRecognised({ words }: Entry): boolean {
  return words?.state === 'awaited' && words.from === 'recogniser';
}

function isBrought({ words }: Entry): boolean {
  return words?.state === 'awaited' && words.from === 'model';
}

function expectWords(draft: Draft, entry: Entry, words: Omit<AwaitedWords, 'state'>): void {
  replaceEntry(draft, { ...entry, words: { ...words, state: 'awaited' } });
}

function sendDelta(draft: Draft, itemId: string, delta: string): void {
  if (delta === '') return;
  draft.send({ type: `${EVENT}.delta`, item_id: itemId, content_index: 0, delta });
}

function announceFailure(draft: Draft, itemId: string, { code, message }: Failure): void {
  draft.send({
    type: `${EVENT}.failed`,
    item_id: itemId,
    content_index: 0,
    error: { type: 'transcription_error', code, message },
  });
}
