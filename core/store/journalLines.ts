import * as z from 'zod';

import { ProductError } from '../base/index.ts';
import { type JournalRecord, type ThreadMeta, VERBATIM_RECORD } from './types.ts';

/**
 * The form of a thread's file: one JSON object a line, `{timestamp, type, payload}`. The store's own
 * lines have a type that starts with `store/`; every other line is a record of the engine.
 */
const META = 'store/meta';
const PREVIEW = 'store/preview';
const NAME = 'store/name';
const OWN_TYPES: ReadonlySet<string> = new Set([META, PREVIEW, NAME]);

/** Whether a line is the store's own, and no record. */
export const isOwnType = (type: string): boolean => OWN_TYPES.has(type);

/** The last instant that a date can have. */
const MAX_TIME_MS = 8.64e15;

/** Whatever stands in a file becomes a time that an index, a date and a client can take. */
const TimeMs = z
  .number()
  .transform((ms) => Math.trunc(Math.min(Math.max(ms, -MAX_TIME_MS), MAX_TIME_MS)))
  .catch(0);

export const ThreadMetaSchema = z.object({
  id: z.string().min(1),
  createdAtMs: TimeMs,
  cwd: z.string(),
  model: z.string(),
  modelProvider: z.string(),
  originator: z.string(),
  source: z.string(),
  threadSource: z.string().nullable(),
  forkedFromId: z.string().nullish().catch(null),
  sessionStartSource: z.literal('clear').nullish().catch(null),
  dynamicTools: z.array(z.unknown()).optional().catch(undefined),
});

const PreviewPayload = z.object({ text: z.string() });
const NamePayload = z.object({ name: z.string().nullable() });

/** Many records of one millisecond are usual, and making its text is a third of writing one. */
let latest = { atMs: NaN, timestamp: '' };

function encode(atMs: number, type: string, payload: object): string {
  if (latest.atMs !== atMs) latest = { atMs, timestamp: new Date(atMs).toISOString() };
  const { timestamp } = latest;
  return `${JSON.stringify({ timestamp, type, payload })}\n`;
}

export function metaLine(atMs: number, meta: ThreadMeta): string {
  return encode(atMs, META, meta);
}

export function previewLine(atMs: number, text: string): string {
  return encode(atMs, PREVIEW, { text });
}

export function nameLine(atMs: number, name: string | null): string {
  return encode(atMs, NAME, { name });
}

/** Throws for a record that JSON cannot express. */
export function recordLine(atMs: number, { type, ...payload }: JournalRecord): string {
  return type === VERBATIM_RECORD ? verbatimLine(payload['line']) : encode(atMs, type, payload);
}

function verbatimLine(line: unknown): string {
  if (typeof line === 'string' && !line.includes('\n')) return `${line}\n`;
  throw new TypeError('What is written as it stands has to be one line.');
}

/** What a file says of its thread beside the records. */
export type ThreadSummary = {
  readonly meta: ThreadMeta;
  readonly updatedAtMs: number;
  readonly preview: string;
  readonly name: string | null;
};

/** What a file says of its thread, without its records: most lines are not even parsed. */
export function summarizeJournal(content: string): ThreadSummary | undefined {
  const lines = completeLines(content);
  const [first] = lines;
  const start = first === undefined ? undefined : decodeLine(first);
  let summary = start === undefined ? undefined : startSummary(start);
  for (const [index, text] of lines.entries()) {
    if (summary === undefined) return undefined;
    if (index > 0 && (index === lines.length - 1 || isStoreText(text))) {
      const line = decodeLine(text);
      if (line !== undefined) summary = advance(summary, line);
    }
  }
  return summary;
}

function completeLines(content: string): readonly string[] {
  const lines = content.split('\n');
  // What stands behind the last line end is empty, or torn.
  lines.pop();
  return lines;
}

export type DecodedLine = {
  readonly timestamp: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** By hand, because a long conversation has tens of thousands of lines; undefined for what is none. */
export function decodeLine(text: string): DecodedLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (!isObject(line)) return undefined;
    const { timestamp, type, payload } = line;
    if (typeof type !== 'string' || !isObject(payload)) return undefined;
    // A record is not lost for its time.
    return { timestamp: typeof timestamp === 'string' ? timestamp : '', type, payload };
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function startSummary(line: DecodedLine): ThreadSummary | undefined {
  if (line.type !== META) return undefined;
  const { data: meta } = ThreadMetaSchema.safeParse(line.payload);
  if (meta === undefined) return undefined;
  return { meta, updatedAtMs: timeOf(line) ?? meta.createdAtMs, preview: '', name: null };
}

export function advance(summary: ThreadSummary, line: DecodedLine): ThreadSummary {
  const updatedAtMs = timeOf(line) ?? summary.updatedAtMs;
  if (line.type === PREVIEW) {
    const preview = PreviewPayload.safeParse(line.payload).data?.text ?? summary.preview;
    return { ...summary, updatedAtMs, preview };
  }
  if (line.type === NAME) {
    const payload = NamePayload.safeParse(line.payload);
    return { ...summary, updatedAtMs, name: payload.success ? payload.data.name : summary.name };
  }
  return { ...summary, updatedAtMs };
}

/** When a line was written, where it says so. */
export function timeOf({ timestamp }: DecodedLine): number | undefined {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `encode` writes the type right behind the timestamp, whose length is fixed. */
const TYPE_OFFSET = '{"timestamp":"2000-01-01T00:00:00.000Z",'.length;
const META_MARK = `"type":"${META}"`;

/** Pictures lie beside it, so no conversation comes near; what is longer would not fit into memory as text. */
export const MAX_JOURNAL_BYTES = 256 * 1024 * 1024;

export class JournalTooLargeError extends ProductError {
  readonly code = 'journalTooLarge';
  readonly retryable = false;

  constructor() {
    super(`it is larger than ${MAX_JOURNAL_BYTES / 1024 / 1024} MiB`);
  }
}

/** How much of a file `looksLikeJournal` has to see. */
export const HEAD_BYTES = TYPE_OFFSET + META_MARK.length;

/** Tells our files from those of another product that shares the home folder, by their first bytes. */
export function looksLikeJournal(head: string): boolean {
  return head.startsWith(META_MARK, TYPE_OFFSET);
}

function isStoreText(text: string): boolean {
  return text.startsWith('"type":"store/', TYPE_OFFSET);
}
