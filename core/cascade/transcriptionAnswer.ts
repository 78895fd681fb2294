import * as z from 'zod';

import { parseJson } from '../base/index.ts';
import { type StreamPart } from '../model/index.ts';

const Whole = z.looseObject({ text: z.string() });
const Delta = z.looseObject({ type: z.literal('transcript.text.delta'), delta: z.string() });
const Done = z.looseObject({ type: z.literal('transcript.text.done'), text: z.string() });
const Failure = z.looseObject({
  error: z.union([z.string(), z.looseObject({ message: z.string() })]),
});

/** What one piece of an answer to a transcription says. */
export type TranscriptPart =
  | { readonly type: 'delta'; readonly text: string }
  /** All words; they win over the deltas. */
  | { readonly type: 'whole'; readonly text: string }
  | { readonly type: 'failure'; readonly message: string }
  /** Nothing that one has to know, such as a segment's times. */
  | { readonly type: 'other' }
  | { readonly type: 'garbage' };

/** Reads OpenAI's forms, whole and streamed, and those of servers that stream segments or bare text. */
export function readTranscriptPart(part: StreamPart): TranscriptPart {
  if (part.kind === 'endMark') return { type: 'other' };
  const json = parseJson(part.data);
  if ('problem' in json) {
    // Older servers stream each segment's words as they are.
    return part.kind === 'event' ? { type: 'delta', text: part.data } : { type: 'garbage' };
  }
  const { value } = json;
  const failure = Failure.safeParse(value).data;
  if (failure !== undefined) {
    const { error } = failure;
    return { type: 'failure', message: typeof error === 'string' ? error : error.message };
  }
  const delta = Delta.safeParse(value).data;
  if (delta !== undefined) return { type: 'delta', text: delta.delta };
  const done = Done.safeParse(value).data;
  if (done !== undefined) return { type: 'whole', text: done.text };
  const whole = Whole.safeParse(value).data;
  if (part.kind === 'whole') {
    return whole === undefined ? { type: 'garbage' } : { type: 'whole', text: whole.text };
  }
  const isSegment = whole !== undefined && !('type' in whole);
  return isSegment ? { type: 'delta', text: whole.text } : { type: 'other' };
}
