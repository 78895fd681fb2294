import type { AttachedBytes } from './attachments.ts';
import type { ThreadSummary } from './journalLines.ts';

/** What one write and one sync put on the disk. */
export type CommitGroup = {
  readonly lines: string[];
  /** What the lines refer to, and is written before them. */
  readonly attached: Map<string, Buffer>;
  /** How much it is, attached bytes included. */
  size: number;
  /** Of the thread, with these lines. */
  summary: ThreadSummary;
  /** They are durable, or have failed once. */
  readonly settled: PromiseWithResolvers<void>;
};

export function newGroup(summary: ThreadSummary): CommitGroup {
  return {
    lines: [],
    attached: new Map(),
    size: 0,
    summary,
    settled: Promise.withResolvers<void>(),
  };
}

export function addLine(
  group: CommitGroup,
  line: string,
  summary: ThreadSummary,
  attached: AttachedBytes = new Map(),
): void {
  group.lines.push(line);
  group.size += line.length;
  for (const [hash, bytes] of attached) {
    if (!group.attached.has(hash)) group.size += bytes.byteLength;
    group.attached.set(hash, bytes);
  }
  group.summary = summary;
}

/** What could not be written in front of what came meanwhile; whoever waited for either waits no more. */
export function putBefore(failed: CommitGroup, later: CommitGroup | undefined): CommitGroup {
  const { lines = [], attached = [], size = 0, summary = failed.summary } = later ?? {};
  later?.settled.resolve();
  return {
    ...newGroup(summary),
    lines: [...failed.lines, ...lines],
    attached: new Map([...failed.attached, ...attached]),
    size: failed.size + size,
  };
}
