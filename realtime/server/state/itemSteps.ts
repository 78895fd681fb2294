import type { ContentPart } from '../../protocol/index.ts';
import { concatPcm } from '../../audio/index.ts';
import {
  decodeWholeSound,
  type NonAudioClientEvent,
  type SoundFormat,
  soundFormat,
} from '../lines/index.ts';
import { addEntry, announceDone, findEntry, truncateEntry } from './entries.ts';
import type { Refusal } from '../errors/index.ts';
import { clearPlayout, findUnsent } from './playoutSteps.ts';
import { releaseItem } from './heldResponses.ts';
import { endResponse, giveWayToText } from './responseSteps.ts';
import { type Draft, SAMPLES_PER_MS, type StoredItem } from './state.ts';
import { requestItemWords } from './transcriptSteps.ts';
import { messageText } from './usage.ts';

type Event<Type extends NonAudioClientEvent['type']> = Extract<NonAudioClientEvent, { type: Type }>;
type CreateEvent = Event<'conversation.item.create'>;

/** `conversation.item.create`: puts an item into the conversation; never asks for a response. */
export function createItem(draft: Draft, event: CreateEvent): void {
  const { event_id: eventId } = event;
  const at = positionAfter(draft, event.previous_item_id ?? undefined);
  const fault =
    at === undefined
      ? notFound('create', event.previous_item_id ?? '', 'previous_item_id')
      : findFault(draft, event);
  if (fault !== undefined) {
    draft.refuse({ ...fault, eventId });
    return;
  }
  const { item: given } = event;
  const sound =
    given.type === 'message'
      ? readSound(given.content, soundFormat(draft.state.session.input.format))
      : undefined;
  if (sound !== undefined && 'code' in sound) {
    draft.refuse({ ...sound, eventId });
    return;
  }
  const id = given.id ?? draft.ports.newId('item');
  const common = { id, object: 'realtime.item', status: 'completed' };
  let item: StoredItem;
  if (given.type === 'message') {
    const content = given.content.map((part) => {
      if (!hasSound(part)) return part;
      const { audio: _audio, ...silent } = part;
      return silent;
    });
    item = { ...given, ...common, content };
  } else if (given.type === 'function_call') {
    item = { ...given, ...common, call_id: given.call_id ?? draft.ports.newId('call') };
  } else {
    item = { ...given, ...common };
  }
  if (sound !== undefined) draft.do({ type: 'storeAudio', itemId: id, samples: sound });
  const audioMs = (sound?.length ?? 0) / SAMPLES_PER_MS;
  const entry = { item, audioMs, spans: [] };
  if (isWritten(item)) giveWayToText(draft);
  addEntry(draft, entry, at);
  announceDone(draft, item);
  // What the client wrote beside the sound is what was said.
  if (sound !== undefined && item.type === 'message' && messageText(item.content) === '') {
    requestItemWords(draft, entry);
  }
}

/** Whether a user wrote it, and did not say it. */
function isWritten(item: StoredItem): boolean {
  return item.type === 'message' && item.role === 'user' && messageText(item.content) !== '';
}

function hasSound(part: ContentPart): part is ContentPart & { readonly audio: string } {
  return part.type === 'input_audio' && typeof part.audio === 'string';
}

/** The sound of all parts together; they share what one event may carry. */
function readSound(
  content: readonly ContentPart[],
  format: SoundFormat,
): Int16Array | Refusal | undefined {
  const sounds: Int16Array[] = [];
  let characters = 0;
  for (const [index, part] of content.entries()) {
    if (!hasSound(part)) continue;
    const samples = decodeWholeSound(part.audio, format, characters);
    if (typeof samples === 'string') {
      return { code: 'invalid_value', message: samples, param: `item.content[${index}].audio` };
    }
    characters += part.audio.length;
    sounds.push(samples);
  }
  return sounds.length === 0 ? undefined : concatPcm(sounds);
}

export function retrieveItem(draft: Draft, event: Event<'conversation.item.retrieve'>): void {
  const entry = findEntry(draft, event.item_id);
  if (entry === undefined) {
    draft.refuse({ ...notFound('retrieve', event.item_id), eventId: event.event_id });
    return;
  }
  draft.replyItem(entry.item);
}

export function deleteItem(draft: Draft, event: Event<'conversation.item.delete'>): void {
  const { item_id: itemId } = event;
  const entry = findEntry(draft, itemId);
  if (entry === undefined) {
    draft.refuse({ ...notFound('delete', itemId), eventId: event.event_id });
    return;
  }
  const playing = findUnsent(draft, itemId);
  if (playing !== undefined) clearPlayout(draft, 'client_cancelled', [playing]);
  const writing = draft.state.responses.find(({ open }) => open?.itemId === itemId);
  // An item cannot go on growing after it is gone.
  if (writing !== undefined) {
    endResponse(draft, writing.id, { status: 'cancelled', reason: 'client_cancelled' });
  }
  const { words } = entry;
  if (words?.state === 'awaited' && words.from === 'recogniser') {
    draft.do({ type: 'cancelTranscription', itemId });
  }
  draft.set({ entries: draft.state.entries.filter(({ item }) => item.id !== itemId) });
  draft.do({ type: 'forgetAudio', itemId });
  draft.send({ type: 'conversation.item.deleted', item_id: itemId });
  releaseItem(draft, itemId);
}

/** `conversation.item.truncate`: the assistant's message ends where the user stopped hearing it. */
export function truncateItem(draft: Draft, event: Event<'conversation.item.truncate'>): void {
  const { item_id: itemId, audio_end_ms: endMs, event_id: eventId } = event;
  const writing = draft.state.responses.find(({ open }) => open?.itemId === itemId);
  const producedMs = writing?.open?.audioMs ?? findEntry(draft, itemId)?.audioMs ?? 0;
  const fault = findTruncateFault(draft, event, producedMs);
  if (fault !== undefined) {
    draft.refuse({ ...fault, eventId });
    return;
  }
  const playing = findUnsent(draft, itemId);
  if (playing !== undefined) {
    // More than was sent cannot have been heard.
    const cut = (id: string, sentMs: number): number =>
      id === itemId ? Math.min(endMs, sentMs) : sentMs;
    clearPlayout(draft, 'client_cancelled', [playing], cut);
    return;
  }
  // What the user no longer listens to need not be said to the end.
  if (writing !== undefined) {
    endResponse(draft, writing.id, { status: 'cancelled', reason: 'client_cancelled' });
  }
  truncateEntry(draft, itemId, endMs);
}

function findTruncateFault(
  draft: Draft,
  event: Event<'conversation.item.truncate'>,
  producedMs: number,
): Refusal | undefined {
  const { item_id: itemId, content_index: index, audio_end_ms: endMs } = event;
  const item = findEntry(draft, itemId)?.item;
  if (item === undefined) return notFound('truncate', itemId);
  const speaks =
    item.type === 'message' &&
    item.role === 'assistant' &&
    (producedMs > 0 || item.content.some(({ type }) => type === 'output_audio'));
  if (!speaks) {
    const message = 'Only assistant messages with audio can be truncated.';
    return { code: 'invalid_value', message, param: 'item_id' };
  }
  if (index !== 0) {
    const message = `There is no audio content at index ${index}.`;
    return { code: 'invalid_value', message, param: 'content_index' };
  }
  if (endMs > Math.ceil(producedMs)) {
    const message = `The audio of item '${itemId}' is ${Math.ceil(producedMs)} ms long, shorter than ${endMs} ms.`;
    return { code: 'invalid_value', message, param: 'audio_end_ms' };
  }
  return undefined;
}

/** The index at which a new item goes; `undefined` when its neighbour does not exist. */
function positionAfter(draft: Draft, previousId: string | undefined): number | undefined {
  const { entries } = draft.state;
  if (previousId === undefined) return entries.length;
  if (previousId === 'root') return 0;
  const index = entries.findLastIndex(({ item }) => item.id === previousId);
  return index < 0 ? undefined : index + 1;
}

const ALLOWED_CONTENT = {
  user: ['input_text', 'input_audio', 'input_image'],
  assistant: ['output_text'],
  system: ['input_text'],
  developer: ['input_text'],
} as const satisfies Record<string, readonly ContentPart['type'][]>;

function findFault(draft: Draft, { item }: CreateEvent): Refusal | undefined {
  if (item.id !== undefined && findEntry(draft, item.id) !== undefined) {
    const message = `An item with the id '${item.id}' already exists.`;
    return { code: 'item_already_exists', message, param: 'item.id' };
  }
  if (item.type === 'message') return findContentFault(item.role, item.content);
  if (item.type === 'function_call') return undefined;
  const answers = draft.state.entries.some(
    (entry) => entry.item.type === 'function_call' && entry.item.call_id === item.call_id,
  );
  return answers
    ? undefined
    : {
        code: 'invalid_tool_call_id',
        message: `There is no function call with the id '${item.call_id}' in this conversation.`,
        param: 'item.call_id',
      };
}

function findContentFault(
  role: keyof typeof ALLOWED_CONTENT,
  content: readonly ContentPart[],
): Refusal | undefined {
  const allowed: readonly string[] = ALLOWED_CONTENT[role];
  for (const [index, part] of content.entries()) {
    const place = `item.content[${index}]`;
    if (!allowed.includes(part.type)) {
      const message = `Invalid value: '${part.type}'. A message of role '${role}' may hold: ${allowed.join(', ')}.`;
      return { code: 'invalid_value', message, param: `${place}.type` };
    }
    if (part.type !== 'input_audio') continue;
    if (typeof part.audio !== 'string' && typeof part.transcript !== 'string') {
      const message = `Missing required parameter: '${place}.audio'.`;
      return { code: 'missing_required_parameter', message, param: `${place}.audio` };
    }
  }
  return undefined;
}

function notFound(verb: string, itemId: string, param = 'item_id'): Refusal {
  return {
    code: `item_${verb}_invalid_${param}`,
    message: `Cannot ${verb} the item: there is no item with the id '${itemId}'.`,
    param,
  };
}
