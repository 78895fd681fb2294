import { parseJson, textTail } from '../../base/index.ts';
import type { TranscriptLine } from '../../../realtime/session/index.ts';
import { FollowUp, type Turn } from '../../protocol/index.ts';
import { IF_BUSY_FIELD, REQUEST_FIELD } from './agentTools.ts';
import { escapeXml, writeDelegation } from './delegationText.ts';

/** Argument names a voice model may put the request under, best first (realtime-v2 §10.1). */
const REQUEST_FIELDS = ['input_transcript', 'input', 'text', REQUEST_FIELD, 'query'] as const;
const TRANSCRIPT_LIMIT_CHARS = 4_000;

/** The request inside a `background_agent` call; the raw text when it is no JSON object. */
export function requestOf(argumentsJson: string): string {
  const fields = fieldsOf(argumentsJson);
  if (fields === undefined) return argumentsJson.trim();
  for (const name of REQUEST_FIELDS) {
    const field = fields[name];
    if (typeof field === 'string' && field.trim() !== '') return field.trim();
  }
  const { [IF_BUSY_FIELD]: _, ...others } = fields;
  // A field nobody knows may still say what is wanted; blank ones say nothing.
  return Object.values(others).every(isBlank) ? '' : argumentsJson.trim();
}

/** What the voice model wants to become of a request that comes while the agent works, if it says so. */
export function followUpOf(argumentsJson: string): FollowUp | undefined {
  return FollowUp.safeParse(fieldsOf(argumentsJson)?.[IF_BUSY_FIELD]).data;
}

function fieldsOf(argumentsJson: string): Readonly<Record<string, unknown>> | undefined {
  const json = parseJson(argumentsJson);
  if ('problem' in json) return undefined;
  const { value } = json;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

const isBlank = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && value.trim() === '');

/** What was said, and the request itself last unless somebody said exactly that (realtime-v2 §10.1). */
export function withRequest(
  request: string,
  spoken: readonly TranscriptLine[],
): readonly TranscriptLine[] {
  const alreadySaid = spoken.some((line) => line.role === 'user' && line.text === request);
  return request === '' || alreadySaid ? spoken : [...spoken, { role: 'user', text: request }];
}

/** What the text model gets for a delegation; undefined when there is nothing to work from. */
export type DelegatedRequest = {
  /** What a person sees. */
  readonly prompt: string;
  /** What the model reads (realtime-v2 §10.1). */
  readonly modelText: string;
};

/** `lines` is what was said since the last delegation, the request included. */
export function delegatedRequest(
  request: string,
  lines: readonly TranscriptLine[],
): DelegatedRequest | undefined {
  const transcript = lastPart(lines.map((line) => `${line.role}: ${line.text}`).join('\n'));
  const input = request === '' ? transcript : request;
  if (input === '') return undefined;
  return {
    prompt: request === '' ? lastUserWords(lines) : request,
    modelText: writeDelegation(input, transcript),
  };
}

/** Words of a voice session that were never delegated, for the text model to know afterwards. */
export function transcriptTail(spoken: readonly TranscriptLine[]): string | undefined {
  if (spoken.length === 0) return undefined;
  const transcript = lastPart(spoken.map((line) => `${line.role}: ${line.text}`).join('\n'));
  return [
    '<voice_transcript>',
    'Said in the voice conversation that has just ended. For your information; nothing to do now.',
    escapeXml(transcript),
    '</voice_transcript>',
  ].join('\n');
}

/** What the voice model is told when its task is over; the results themselves went before it. */
export function outcomeText(turn: Turn, sentMessages: number): string {
  switch (turn.status) {
    case 'completed':
      return sentMessages > 0
        ? 'The background agent is done. Its messages marked [BACKEND] above are the result.'
        : 'The background agent is done and had nothing to say.';
    case 'interrupted':
      return 'The background agent was interrupted by the user before it was done.';
    case 'failed':
    case 'inProgress':
      return `The background agent failed: ${turn.error?.message ?? 'an unknown error'}`;
  }
}

export const STEERED_TEXT =
  'Passed on to the background agent, which is still working and will take it into account.';
export const NO_REQUEST_TEXT =
  'Nothing was handed over: the call named no request. Ask the user what should be done.';

function lastPart(text: string): string {
  if (text.length <= TRANSCRIPT_LIMIT_CHARS) return text;
  return `…${textTail(text, TRANSCRIPT_LIMIT_CHARS)}`;
}

function lastUserWords(spoken: readonly TranscriptLine[]): string {
  return spoken.findLast((line) => line.role === 'user')?.text ?? spoken.at(-1)?.text ?? '';
}
