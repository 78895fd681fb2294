import type { KnownServerEvent, ServerErrorBody } from '../protocol/index.ts';
import type { FunctionCall } from './events.ts';

type Loose = Readonly<Record<string, unknown>>;

const BYTES_PER_SAMPLE = 2;

/** The function call an item is, once it is whole; servers that name no call go by the item's id. */
export function callIn(item: Loose): FunctionCall | undefined {
  if (item['type'] !== 'function_call') return undefined;
  const itemId = idIn(item);
  const callId = text(item['call_id']) ?? itemId;
  const name = text(item['name']);
  if (callId === undefined || name === undefined) return undefined;
  return { callId, itemId, name, arguments: text(item['arguments']) ?? '' };
}

/** The id of an item, where the server gives it one. */
export const idIn = (item: Loose): string | undefined => text(item['id']);

/** Messages that people typed or agents wrote come back as items too; those are placed by their sender. */
export function isSpokenItem(item: Loose): boolean {
  if (item['type'] !== 'message') return false;
  if (item['role'] === 'assistant') return true;
  const content = item['content'];
  return (
    Array.isArray(content) &&
    content.some((part: unknown) => isRecord(part) && part['type'] === 'input_audio')
  );
}

/** Samples per channel in base64 PCM16, without decoding it. */
export function samplesIn(base64: string, channels: number): number {
  const padding = base64.endsWith('==') ? 2 : Number(base64.endsWith('='));
  const bytes = (base64.length / 4) * 3 - padding;
  return Math.floor(bytes / BYTES_PER_SAMPLE / channels);
}

/** Why a response failed, in the provider's words where it has some. */
export function failureIn(details: unknown): string {
  if (isRecord(details) && isRecord(details['error'])) {
    const { message, code } = details['error'];
    return text(message) ?? text(code) ?? 'the response failed';
  }
  return 'the response failed';
}

/** What an error event says; undefined when it says nothing at all. */
export function errorIn(
  event: Extract<KnownServerEvent, { type: 'error' }>,
): ServerErrorBody | undefined {
  if (event.error === undefined && event.message === undefined) return undefined;
  const error: ServerErrorBody = { ...event.error };
  error.message ??= event.message;
  return error;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
