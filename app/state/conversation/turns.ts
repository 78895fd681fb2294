import type { ServerNotification, ThreadItem, Turn } from '../../../core/protocol/index.ts';
import { type AgentItem, changeEntry, type Entry, type TurnEntry } from './entries.ts';

/** Notifications that belong to a turn of the text model. */
export type TurnNotice = Extract<
  ServerNotification,
  { method: `turn/${string}` | `item/${string}` | 'error' }
>;

/** Applies one notification about typed or delegated work. */
export function applyTurnNotice(entries: readonly Entry[], notice: TurnNotice): readonly Entry[] {
  switch (notice.method) {
    case 'turn/queued':
      return queueTurn(entries, notice.params.turn);
    case 'turn/started':
      return openTurn(entries, notice.params.turn);
    case 'turn/completed':
      return closeTurn(entries, notice.params.turn);
    case 'turn/diff/updated':
      return entries;
    case 'item/fileChange/patchUpdated':
      return writingPatch(entries, notice.params);
    case 'item/commandExecution/outputDelta':
      return inItem(entries, notice.params, 'command', (item) => ({
        ...item,
        output: lastOf(item.output + notice.params.delta),
      }));
    case 'turn/plan/updated':
      return inTurn(entries, notice.params.turnId, (turn) => ({
        ...turn,
        plan: notice.params.plan,
        planNote: notice.params.explanation ?? undefined,
      }));
    case 'item/started':
    case 'item/completed':
      return addItem(
        entries,
        notice.params.turnId,
        notice.params.item,
        notice.method === 'item/completed',
      );
    case 'item/agentMessage/delta':
      return inItem(entries, notice.params, 'message', (item) => ({
        ...item,
        text: item.text + notice.params.delta,
      }));
    case 'item/reasoning/summaryPartAdded':
      return inItem(entries, notice.params, 'reasoning', (item) =>
        withPart(item, notice.params.summaryIndex, ''),
      );
    case 'item/reasoning/summaryTextDelta':
      return inItem(entries, notice.params, 'reasoning', (item) =>
        withPart(item, notice.params.summaryIndex, notice.params.delta),
      );
    case 'item/reasoning/textDelta':
    // Raw reasoning is for debugging tools; people read the summary. What is typed into a command it echoes itself.
    case 'item/commandExecution/terminalInteraction':
      return entries;
    case 'error':
      return inTurn(entries, notice.params.turnId, (turn) =>
        notice.params.willRetry
          ? { ...turn, retrying: notice.params.error.message }
          : { ...turn, error: notice.params.error, retrying: undefined },
      );
    default:
      return entries;
  }
}

/** Shows a turn that waits for another to end; it keeps its place when it begins. */
export function queueTurn(entries: readonly Entry[], turn: Turn): readonly Entry[] {
  if (isShown(entries, turn.id)) return entries;
  return inTurn(openTurn(entries, turn), turn.id, (entry) => ({ ...entry, isQueued: true }));
}

const isShown = (entries: readonly Entry[], turnId: string): boolean =>
  entries.findLast((entry) => entry.kind === 'turn' && entry.id === turnId) !== undefined;

/** Shows a turn of the engine, filling in what was not known before. */
export function openTurn(entries: readonly Entry[], turn: Turn): readonly Entry[] {
  const place = isShown(entries, turn.id)
    ? inTurn(entries, turn.id, (entry) =>
        entry.isQueued
          ? { ...entry, isQueued: false, startedAtMs: fromTurn(turn).startedAtMs }
          : entry,
      )
    : [...entries, fromTurn(turn)];
  return turn.items.reduce((list, item) => addItem(list, turn.id, item, true), place);
}

/** Ends a turn; one that was never announced appears whole, so that nothing is lost. */
export function closeTurn(entries: readonly Entry[], turn: Turn): readonly Entry[] {
  return inTurn(openTurn(entries, turn), turn.id, (entry) => ({
    ...entry,
    delegation: turn.delegation ?? entry.delegation,
    status: turn.status,
    isQueued: false,
    isCutOff: isCutOff(turn),
    error: turn.error ?? entry.error,
    plan: turn.plan?.plan ?? entry.plan,
    retrying: undefined,
    durationMs: turn.durationMs ?? undefined,
    items: entry.items.map((item) => ('done' in item ? { ...item, done: true } : item)),
  }));
}

/** Nobody has seen its end (app-server §6). */
const isCutOff = ({ status, completedAt }: Turn): boolean =>
  status === 'interrupted' && completedAt === null;

/** Adds an item of the history, also of a turn whose beginning has not been read yet. */
export function addStoredItem(
  entries: readonly Entry[],
  turnId: string,
  item: ThreadItem,
): readonly Entry[] {
  const isKnown = entries.some((entry) => entry.kind === 'turn' && entry.id === turnId);
  return addItem(isKnown ? entries : [...entries, emptyTurn(turnId)], turnId, item, true);
}

/** One turn out of the part that was read first, which is its later one, and the part before it. */
export function joinTurns(before: TurnEntry, later: TurnEntry): TurnEntry {
  const items = before.items.filter(({ id }) => later.items.every((item) => item.id !== id));
  return {
    ...later,
    delegation: later.delegation ?? before.delegation,
    startedAtMs: later.startedAtMs ?? before.startedAtMs,
    items: [...items, ...later.items],
  };
}

const emptyTurn = (id: string): TurnEntry => ({
  kind: 'turn',
  id,
  delegation: undefined,
  status: 'inProgress',
  isQueued: false,
  isCutOff: false,
  error: undefined,
  retrying: undefined,
  startedAtMs: undefined,
  durationMs: undefined,
  items: [],
  plan: [],
  planNote: undefined,
});

function fromTurn(turn: Turn): TurnEntry {
  return {
    ...emptyTurn(turn.id),
    delegation: turn.delegation ?? undefined,
    status: turn.status,
    isCutOff: isCutOff(turn),
    error: turn.error ?? undefined,
    plan: turn.plan?.plan ?? [],
    startedAtMs: turn.startedAt === null ? undefined : turn.startedAt * 1000,
    durationMs: turn.durationMs ?? undefined,
  };
}

function inTurn(
  entries: readonly Entry[],
  turnId: string,
  change: (turn: TurnEntry) => TurnEntry,
): readonly Entry[] {
  return changeEntry(entries, 'turn', turnId, change);
}

/** Adds an item to its turn, or brings the one that is there up to date. */
function addItem(
  entries: readonly Entry[],
  turnId: string,
  item: ThreadItem,
  done: boolean,
): readonly Entry[] {
  return inTurn(entries, turnId, (turn) => {
    const index = turn.items.findIndex((known) => known.id === item.id);
    const next = fromItem(item, done, turn.items[index]);
    // What is added to work does not change whose work it is.
    const isFirst = turn.items.every(({ type, id }) => type !== 'user' || id === item.id);
    const asked = item.type === 'userMessage' && isFirst ? item.delegation : undefined;
    const delegation = turn.delegation ?? asked ?? undefined;
    const items = index === -1 ? [...turn.items, next] : turn.items.with(index, next);
    // Words after a failed attempt mean that the retry went through.
    return { ...turn, items, delegation, retrying: undefined };
  });
}

function fromItem(item: ThreadItem, done: boolean, known: AgentItem | undefined): AgentItem {
  switch (item.type) {
    case 'userMessage': {
      const texts = item.content.flatMap((input) => (input.type === 'text' ? [input.text] : []));
      const images = item.content.length - texts.length;
      return { type: 'user', id: item.id, text: texts.join('\n'), images, input: item.content };
    }
    case 'agentMessage':
      return {
        type: 'message',
        id: item.id,
        // A start that comes late must not wipe out the words that already arrived.
        text: !done && item.text === '' && known?.type === 'message' ? known.text : item.text,
        final: item.phase !== 'commentary',
        done,
        interrupted: item.interrupted === true,
      };
    case 'reasoning':
      return {
        type: 'reasoning',
        id: item.id,
        parts:
          item.summary.length === 0 && known?.type === 'reasoning' ? known.parts : item.summary,
        done,
      };
    case 'dynamicToolCall':
      return {
        type: 'tool',
        id: item.id,
        name: item.namespace === null ? item.tool : `${item.namespace}.${item.tool}`,
        status: item.status,
      };
    case 'contextCompaction':
      return {
        type: 'compaction',
        id: item.id,
        summary: item.summary ?? '',
        done,
        interrupted: item.interrupted === true,
      };
    case 'commandExecution': {
      // What came before the page was told of the end is the same, and more where the end was cut.
      const printed = item.aggregatedOutput ?? '';
      const shown = known?.type === 'command' ? known.output : '';
      return {
        type: 'command',
        id: item.id,
        command: scriptOf(item.command),
        cwd: item.cwd,
        output: lastOf(printed === '' ? shown : printed),
        status: item.status,
        exitCode: item.exitCode ?? undefined,
        durationMs: item.durationMs ?? undefined,
        done,
      };
    }
    case 'fileChange':
      return { type: 'files', id: item.id, changes: item.changes, status: item.status, done };
    case 'imageView':
      return { type: 'tool', id: item.id, name: item.path, status: 'completed' };
  }
}

/** A patch that is being written has its item only when it is whole. */
function writingPatch(
  entries: readonly Entry[],
  {
    turnId,
    itemId,
    changes,
  }: Extract<TurnNotice, { method: 'item/fileChange/patchUpdated' }>['params'],
): readonly Entry[] {
  const writing = {
    type: 'files',
    id: itemId,
    changes,
    status: 'inProgress',
    done: false,
  } as const;
  return inTurn(entries, turnId, (turn) => {
    const index = turn.items.findIndex(({ id }) => id === itemId);
    const items = index === -1 ? [...turn.items, writing] : turn.items.with(index, writing);
    return { ...turn, items };
  });
}

/** Characters of output that the page keeps of a command. */
const OUTPUT_LENGTH = 64 * 1024;

const lastOf = (output: string): string =>
  output.length <= OUTPUT_LENGTH ? output : output.slice(-OUTPUT_LENGTH);

/** A command as the model wrote it: `/bin/bash -lc 'npm test'` is `npm test`. */
function scriptOf(command: string): string {
  const quoted = /^\S*\/?(?:ba|z|da)?sh -l?c '([\s\S]*)'$/u.exec(command)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(`'\\''`, "'");
  return /^\S*\/?(?:ba|z|da)?sh -l?c (\S+)$/u.exec(command)?.[1] ?? command;
}

function inItem<T extends AgentItem['type']>(
  entries: readonly Entry[],
  place: { readonly turnId: string; readonly itemId: string },
  type: T,
  change: (item: Extract<AgentItem, { type: T }>) => AgentItem,
): readonly Entry[] {
  return inTurn(entries, place.turnId, (turn) => {
    const index = turn.items.findLastIndex(
      (item) => item.id === place.itemId && item.type === type,
    );
    const item = turn.items[index];
    if (item === undefined || ('done' in item && item.done)) return turn;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- found by this very type
    const next = change(item as Extract<AgentItem, { type: T }>);
    return { ...turn, items: turn.items.with(index, next) };
  });
}

function withPart(
  item: Extract<AgentItem, { type: 'reasoning' }>,
  index: number,
  delta: string,
): AgentItem {
  const parts = Array.from(
    { length: Math.max(item.parts.length, index + 1) },
    (_, at) => (item.parts[at] ?? '') + (at === index ? delta : ''),
  );
  return { ...item, parts };
}
