import type {
  Delegation,
  FileUpdateChange,
  PlanStep,
  Turn,
  TurnError,
  UserInput,
} from '../../../core/protocol/index.ts';
import { noVoiceTokens, type VoiceTokens } from './usage.ts';

export type Speaker = 'you' | 'parley';

/** Something said, or typed into, the voice conversation. */
export type VoiceLine = {
  readonly kind: 'voice';
  /** The item's id from the microphone or the keyboard to the disk, the same everywhere. */
  readonly id: string;
  readonly speaker: Speaker;
  readonly text: string;
  /**
   * hearing: being spoken · pending: taken in, words not known yet · open: words arriving ·
   * broken: the connection went before the last word.
   */
  readonly status: 'hearing' | 'pending' | 'open' | 'done' | 'broken' | 'failed';
  /** Why there are no words, when recognition failed. */
  readonly failure: string | undefined;
  readonly typed: boolean;
  /** From history: the answer was cut off after so much of it had been heard. */
  readonly heardMs: number | undefined;
  /** The item this one follows in the provider's conversation, when it said so. */
  readonly previousId: string | undefined;
  readonly atMs: number | undefined;
};

export type AgentItem =
  | {
      readonly type: 'user';
      readonly id: string;
      readonly text: string;
      readonly images: number;
      /** As it was sent, to be sent again. */
      readonly input: readonly UserInput[];
    }
  | {
      readonly type: 'message';
      readonly id: string;
      readonly text: string;
      readonly final: boolean;
      readonly done: boolean;
      readonly interrupted: boolean;
    }
  | {
      readonly type: 'reasoning';
      readonly id: string;
      readonly parts: readonly string[];
      readonly done: boolean;
    }
  /** A command that the agent runs. */
  | {
      readonly type: 'command';
      readonly id: string;
      /** The script, without the shell around it. */
      readonly command: string;
      readonly cwd: string;
      /** What it printed, terminal colours included; of much only the end. */
      readonly output: string;
      readonly status: 'inProgress' | 'completed' | 'failed' | 'declined';
      readonly exitCode: number | undefined;
      readonly durationMs: number | undefined;
      readonly done: boolean;
    }
  /** Files that the agent changes. */
  | {
      readonly type: 'files';
      readonly id: string;
      readonly changes: readonly FileUpdateChange[];
      readonly status: 'inProgress' | 'completed' | 'failed' | 'declined';
      readonly done: boolean;
    }
  /** Something that a program beside Parley did for the agent. */
  | {
      readonly type: 'tool';
      readonly id: string;
      readonly name: string;
      readonly status: 'inProgress' | 'completed' | 'failed';
    }
  /** From here on the model knows what was said before by a summary alone. */
  | {
      readonly type: 'compaction';
      readonly id: string;
      /** Empty where it cannot be read. */
      readonly summary: string;
      readonly done: boolean;
      /** Nothing came of it. */
      readonly interrupted: boolean;
    };

/** A turn of the text model: typed by the user, or work the voice model handed over. */
export type TurnEntry = {
  readonly kind: 'turn';
  readonly id: string;
  readonly delegation: Delegation | undefined;
  readonly status: Turn['status'];
  /** In progress, but waiting for another to end. */
  readonly isQueued: boolean;
  /** Interrupted because whoever did it ended; nobody stopped it. */
  readonly isCutOff: boolean;
  readonly error: TurnError | undefined;
  /** Set while the engine tries again after a failure. */
  readonly retrying: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly items: readonly AgentItem[];
  readonly plan: readonly PlanStep[];
  readonly planNote: string | undefined;
};

/** A message the page itself has to give at this place of the conversation. */
export type NoteEntry = {
  readonly kind: 'note';
  readonly id: string;
  readonly text: string;
  readonly hint: string | undefined;
};

/** A recording of both sides that is kept with the conversation. */
export type RecordingEntry = {
  readonly kind: 'recording';
  readonly id: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
};

export type Entry = VoiceLine | TurnEntry | NoteEntry | RecordingEntry;

export type Conversation = {
  readonly entries: readonly Entry[];
  /** As the engine counts the text model's, and as we add up the voice model's answers. */
  readonly tokens: { readonly text: number; readonly voice: VoiceTokens };
};

export const emptyConversation: Conversation = {
  entries: [],
  tokens: { text: 0, voice: noVoiceTokens },
};

/** Our engine names every item; words a foreign one leaves unnamed share one line per speaker. */
export function lineId(params: {
  readonly role: 'user' | 'assistant';
  readonly itemId?: string | null | undefined;
  readonly responseId?: string | null | undefined;
}): string {
  return params.itemId ?? params.responseId ?? `unnamed-${params.role}`;
}

/** Replaces the entry with this id and kind, looked for from the end; unknown ids change nothing. */
export function changeEntry<K extends Entry['kind']>(
  entries: readonly Entry[],
  kind: K,
  id: string,
  change: (entry: Extract<Entry, { kind: K }>) => Entry,
): readonly Entry[] {
  const index = entries.findLastIndex((entry) => entry.kind === kind && entry.id === id);
  const entry = entries[index];
  if (entry === undefined) return entries;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- found by this very kind
  const next = change(entry as Extract<Entry, { kind: K }>);
  return next === entry ? entries : entries.with(index, next);
}

/**
 * Puts a voice line where the provider's conversation has it. The provider links each item to the one
 * before; events arrive in any order, so both "my predecessor is already here" and "my successor is
 * already here" must hold. A line that says nothing about its place goes to the end.
 */
export function placeLine(entries: readonly Entry[], line: VoiceLine): readonly Entry[] {
  const others = entries.filter((entry) => !(entry.kind === 'voice' && entry.id === line.id));
  const at = (id: string | undefined): number =>
    id === undefined ? -1 : others.findIndex((entry) => entry.kind === 'voice' && entry.id === id);
  const current = entries.findIndex((entry) => entry.kind === 'voice' && entry.id === line.id);

  const successor = others.findIndex(
    (entry) => entry.kind === 'voice' && entry.previousId === line.id,
  );
  const predecessor = at(line.previousId);
  const nextVoice = others.findIndex(
    (entry, index) => index > predecessor && entry.kind === 'voice',
  );

  let target = current === -1 ? others.length : Math.min(current, others.length);
  if (predecessor !== -1) {
    const tooEarly = target <= predecessor;
    const tooLate = nextVoice !== -1 && target > nextVoice;
    if (tooEarly || tooLate) target = predecessor + 1;
  }
  if (successor !== -1 && target > successor) target = successor;
  return others.toSpliced(target, 0, line);
}
