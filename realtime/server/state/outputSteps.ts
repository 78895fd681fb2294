import { addEntry, announceDone, replaceEntry } from './entries.ts';
import { queueAudio } from './playout.ts';
import {
  type ActiveResponse,
  type Draft,
  type OpenMessage,
  SAMPLES_PER_MS,
  type StoredItem,
} from './state.ts';
import { outputTokens } from './usage.ts';

/** What became of a piece of output: it fitted, or the response has used up its tokens. */
export type Produced = 'kept' | 'overLimit';

/** Adds words to the message of a response: a written text, or the transcript of its voice. */
export function produceText(draft: Draft, response: ActiveResponse, text: string): Produced {
  if (text === '') return 'kept';
  const opened = withOpenMessage(draft, response);
  const joint =
    opened.open.text === '' || /\s$/u.test(opened.open.text) || /^\s/u.test(text) ? '' : ' ';
  let added = '';
  let produced: Produced = 'kept';
  for (const word of `${joint}${text}`.match(/\s*\S+(?:\s+$)?|^\s+$/gu) ?? []) {
    const chars = opened.textChars + added.length + word.length;
    if (outputTokens(chars, opened.audioMs) > response.maxOutputTokens) {
      produced = 'overLimit';
      break;
    }
    added += word;
    const kind = response.modality === 'audio' ? 'output_audio_transcript' : 'output_text';
    draft.send({ type: `response.${kind}.delta`, ...place(response.id, opened.open), delta: word });
  }
  const { open } = opened;
  const span = { text: added, fromMs: open.audioMs, toMs: open.audioMs };
  setResponse(draft, {
    ...opened,
    textChars: opened.textChars + added.length,
    open: {
      ...open,
      text: open.text + added,
      // Written answers have no sound to be cut at.
      spans: response.modality === 'audio' ? [...open.spans, span] : open.spans,
    },
  });
  return produced;
}

/** Adds sound to the message of a spoken response. */
export function produceAudio(
  draft: Draft,
  response: ActiveResponse,
  samples: Int16Array,
  spoken: boolean,
): Produced {
  if (samples.length === 0 || response.modality === 'text') return 'kept';
  const lengthMs = samples.length / SAMPLES_PER_MS;
  if (outputTokens(response.textChars, response.audioMs + lengthMs) > response.maxOutputTokens) {
    return 'overLimit';
  }
  const opened = withOpenMessage(draft, response);
  const { open } = opened;
  if (draft.state.playout === undefined) {
    draft.do({
      type: 'sendAudio',
      responseId: response.id,
      itemId: open.itemId,
      outputIndex: open.outputIndex,
      samples,
    });
  } else {
    queueAudio(draft, response.id, open.itemId, samples);
  }
  const audioMs = open.audioMs + lengthMs;
  const last = open.spans.at(-1);
  const spans =
    spoken && last !== undefined
      ? open.spans.with(open.spans.length - 1, { ...last, toMs: audioMs })
      : open.spans;
  setResponse(draft, {
    ...opened,
    audioMs: opened.audioMs + lengthMs,
    open: { ...open, audioMs, spans },
  });
  draft.set({ voiceFixed: true });
  return 'kept';
}

/** Writes one whole function call; a message begun before it is complete first. */
export function produceCall(
  draft: Draft,
  responseId: string,
  call: { readonly name: string; readonly arguments: string },
): Produced {
  closeOpenMessage(draft, responseId, 'completed');
  const response = draft.state.responses.find(({ id }) => id === responseId);
  if (response === undefined) return 'kept';
  const textChars = response.textChars + call.arguments.length;
  if (outputTokens(textChars, response.audioMs) > response.maxOutputTokens) return 'overLimit';
  const callId = draft.ports.newId('call');
  const outputIndex = response.output.length;
  const pending = {
    id: draft.ports.newId('item'),
    object: 'realtime.item',
    type: 'function_call',
    status: 'in_progress',
    name: call.name,
    call_id: callId,
    arguments: '',
  } as const satisfies StoredItem;
  const done = { ...pending, status: 'completed', arguments: call.arguments };
  startItem(draft, response, pending, outputIndex);
  const where = {
    response_id: response.id,
    item_id: pending.id,
    output_index: outputIndex,
    call_id: callId,
  };
  const kind = 'response.function_call_arguments';
  draft.send({ type: `${kind}.delta`, ...where, delta: call.arguments });
  draft.send({ type: `${kind}.done`, ...where, name: call.name, arguments: call.arguments });
  finishItem(draft, { ...response, textChars }, done, outputIndex, undefined);
  return 'kept';
}

/** Completes the message a response is writing, if it is writing one. */
export function closeOpenMessage(
  draft: Draft,
  responseId: string,
  status: 'completed' | 'incomplete',
): void {
  const response = draft.state.responses.find(({ id }) => id === responseId);
  const open = response?.open;
  if (response === undefined || open === undefined) return;
  const where = place(responseId, open);
  if (response.modality === 'audio') {
    draft.send({ type: 'response.output_audio.done', ...where });
    draft.send({
      type: 'response.output_audio_transcript.done',
      ...where,
      transcript: open.text,
    });
  } else {
    draft.send({ type: 'response.output_text.done', ...where, text: open.text });
  }
  draft.send({ type: 'response.content_part.done', ...where, part: partOf(response, open.text) });
  const item = messageItem(open.itemId, status, response.modality, open.text);
  finishItem(draft, { ...response, open: undefined }, item, open.outputIndex, open);
}

type WithOpen = ActiveResponse & { readonly open: OpenMessage };

function withOpenMessage(draft: Draft, response: ActiveResponse): WithOpen {
  if (response.open !== undefined) return { ...response, open: response.open };
  const outputIndex = response.output.length;
  const itemId = draft.ports.newId('item');
  startItem(draft, response, messageItem(itemId, 'in_progress', response.modality), outputIndex);
  const open = { itemId, outputIndex, text: '', audioMs: 0, spans: [] };
  draft.send({
    type: 'response.content_part.added',
    ...place(response.id, open),
    part: partOf(response, ''),
  });
  return { ...response, open };
}

function startItem(
  draft: Draft,
  response: ActiveResponse,
  item: StoredItem,
  outputIndex: number,
): void {
  draft.send({
    type: 'response.output_item.added',
    response_id: response.id,
    output_index: outputIndex,
    item,
  });
  if (response.inConversation) {
    addEntry(draft, { item, audioMs: 0, spans: [] });
  }
}

function finishItem(
  draft: Draft,
  response: ActiveResponse,
  item: StoredItem,
  outputIndex: number,
  sound: OpenMessage | undefined,
): void {
  draft.send({
    type: 'response.output_item.done',
    response_id: response.id,
    output_index: outputIndex,
    item,
  });
  if (response.inConversation) {
    const audioMs = sound?.audioMs ?? 0;
    replaceEntry(draft, { item, audioMs, spans: sound?.spans ?? [] });
    announceDone(draft, item);
  }
  setResponse(draft, { ...response, output: [...response.output, item] });
}

function setResponse(draft: Draft, response: ActiveResponse): void {
  draft.set({
    responses: draft.state.responses.map((other) => (other.id === response.id ? response : other)),
  });
}

function place(responseId: string, open: OpenMessage): Record<string, unknown> {
  return {
    response_id: responseId,
    item_id: open.itemId,
    output_index: open.outputIndex,
    content_index: 0,
  };
}

function partOf({ modality }: ActiveResponse, text: string): Record<string, unknown> {
  return modality === 'audio' ? { type: 'audio', transcript: text } : { type: 'text', text };
}

function messageItem(
  id: string,
  status: 'in_progress' | 'completed' | 'incomplete',
  modality: 'audio' | 'text',
  text?: string,
): StoredItem {
  const part =
    modality === 'audio'
      ? ({ type: 'output_audio', transcript: text } as const)
      : ({ type: 'output_text', text } as const);
  return {
    id,
    object: 'realtime.item',
    type: 'message',
    status,
    role: 'assistant',
    content: text === undefined ? [] : [part],
  };
}
