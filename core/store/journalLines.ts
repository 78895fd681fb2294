import * as z from 'zod';

import type { JournalRecord, ThreadMeta } from './types.ts';

/**
 * The form of a thread's file: one JSON object a line, `{timestamp, type, payload}`. The store's own
 * lines have a type that starts with `store/`; every other line is a record of the engine.
 */
const META = 'store/meta';
const PREVIEW = 'store/preview';
const NAME = 'store/name';

export const ThreadMetaSchema = z.object({
  id: z.string().min(1),
  createdAtMs: z.number(),
  cwd: z.string(),
  model: z.string(),
  modelProvider: z.string(),
  originator: z.string(),
  source: z.string(),
  threadSource: z.string().nullable(),
});

const Line = z.object({
  timestamp: z.iso.datetime(),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
const PreviewPayload = z.object({ text: z.string() });
const NamePayload = z.object({ name: z.string().nullable() });

function encode(atMs: number, type: string, payload: object): string {
  return `${JSON.stringify({ timestamp: new Date(atMs).toISOString(), type, payload })}\n`;
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
  return encode(atMs, type, payload);
}

/** What a file says of its thread beside the records. */
export type ThreadSummary = {
  readonly meta: ThreadMeta;
  readonly updatedAtMs: number;
  readonly preview: string;
  readonly name: string | null;
};

export type DecodedJournal = ThreadSummary & {
  readonly records: readonly JournalRecord[];
  /** Lines that were damaged and passed over. */
  readonly damagedLines: number;
};

/**
 * Reads a whole file. A last line without its end was torn by a crash and does not count; damaged
 * lines in between are passed over. undefined when the first line is not a thread's.
 */
export function decodeJournal(content: string): DecodedJournal | undefined {
  const records: JournalRecord[] = [];
  let summary: ThreadSummary | undefined;
  let damagedLines = 0;
  for (const text of completeLines(content)) {
    const line = decodeLine(text);
    if (summary === undefined) {
      summary = line === undefined ? undefined : startSummary(line);
      if (summary === undefined) return undefined;
    } else if (line === undefined) {
      damagedLines += 1;
    } else {
      summary = advance(summary, line);
      if (!isStoreType(line.type)) records.push({ ...line.payload, type: line.type });
    }
  }
  return summary === undefined ? undefined : { ...summary, records, damagedLines };
}

/** `decodeJournal` without the records: most lines are not even parsed. */
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

type DecodedLine = z.infer<typeof Line>;

function decodeLine(text: string): DecodedLine | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function startSummary(line: DecodedLine): ThreadSummary | undefined {
  if (line.type !== META) return undefined;
  const meta = ThreadMetaSchema.safeParse(line.payload);
  return meta.success
    ? { meta: meta.data, updatedAtMs: Date.parse(line.timestamp), preview: '', name: null }
    : undefined;
}

function advance(summary: ThreadSummary, line: DecodedLine): ThreadSummary {
  const updatedAtMs = Date.parse(line.timestamp);
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

function isStoreType(type: string): boolean {
  return type.startsWith('store/');
}

/** `encode` writes the type right behind the timestamp, whose length is fixed. */
const TYPE_OFFSET = '{"timestamp":"2000-01-01T00:00:00.000Z",'.length;
const META_MARK = `"type":"${META}"`;

/** How much of a file `looksLikeJournal` has to see. */
export const HEAD_BYTES = TYPE_OFFSET + META_MARK.length;

/** Tells our files from those of another product that shares the home folder, by their first bytes. */
export function looksLikeJournal(head: string): boolean {
  return head.startsWith(META_MARK, TYPE_OFFSET);
}

function isStoreText(text: string): boolean {
  return text.startsWith('"type":"store/', TYPE_OFFSET);
}
