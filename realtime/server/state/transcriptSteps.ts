import { findEntry, replaceEntry } from './entries.ts';
import type { Draft, Entry } from './state.ts';

const NO_RECOGNISER = {
  code: 'no_recogniser',
  message: 'This server has no speech recogniser, so it cannot tell which words were said.',
};

/** Asks whoever supplies transcripts for one of a turn that has just been heard. */
export function requestTranscript(draft: Draft, entry: Entry): void {
  const { item } = entry;
  const { session } = draft.state;
  if (session.input.transcription === null) return;
  replaceEntry(draft, { ...entry, awaitsTranscript: true });
  const { transcripts } = draft.ports;
  if (transcripts === 'recogniser') draft.do({ type: 'transcribe', itemId: item.id });
  // A session for transcription only gets no answers, so none can bring a transcript.
  else if (transcripts === 'none' || session.type === 'transcription')
    failTranscript(draft, item.id);
}

/** Stores and announces a transcript; one that nobody waits for any more is dropped. */
export function completeTranscript(draft: Draft, itemId: string, transcript: string): void {
  const entry = findEntry(draft, itemId);
  if (entry?.awaitsTranscript !== true || entry.item.type !== 'message') return;
  const content = entry.item.content.map((part) =>
    part.type === 'input_audio' ? { ...part, transcript } : part,
  );
  replaceEntry(draft, { ...entry, item: { ...entry.item, content }, awaitsTranscript: false });
  const type = 'conversation.item.input_audio_transcription';
  const where = { item_id: itemId, content_index: 0 };
  if (transcript !== '') draft.send({ type: `${type}.delta`, ...where, delta: transcript });
  const usage = { type: 'duration', seconds: entry.audioMs / 1000 };
  draft.send({ type: `${type}.completed`, ...where, transcript, usage });
}

export function failTranscript(
  draft: Draft,
  itemId: string,
  failure: { readonly code: string; readonly message: string } = NO_RECOGNISER,
): void {
  const entry = findEntry(draft, itemId);
  if (entry?.awaitsTranscript !== true) return;
  replaceEntry(draft, { ...entry, awaitsTranscript: false });
  draft.send({
    type: 'conversation.item.input_audio_transcription.failed',
    item_id: itemId,
    content_index: 0,
    error: { type: 'transcription_error', code: failure.code, message: failure.message },
  });
}
