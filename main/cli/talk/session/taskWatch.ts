import type { NotificationMethod } from '../../../../core/protocol/index.ts';
import type { TalkReport } from '../output/index.ts';
import { describeTaskEnd, type ThreadListener } from './notifications.ts';
import type { TalkInput } from './talkState.ts';

type TaskWatchParts = {
  /** Listens to the notifications of the talk's thread. */
  readonly on: <M extends NotificationMethod>(method: M, handle: ThreadListener<M>) => void;
  readonly report: TalkReport;
  /** Takes what a task does into the state of the talk. */
  readonly onInput: (input: TalkInput) => void;
};

/** Follows the background tasks of a talk: reports each of them, and keeps what went wrong. */
export class TaskWatch {
  readonly #parts: TaskWatchParts;
  readonly #results = new Map<string, string>();
  #problem: string | undefined;

  constructor(parts: TaskWatchParts) {
    this.#parts = parts;
  }

  /** What became of the last task that did not succeed. */
  get problem(): string | undefined {
    return this.#problem;
  }

  follow(): void {
    const { on, report, onInput } = this.#parts;
    on('turn/started', ({ turn }) => {
      const text = turn.delegation?.prompt ?? '';
      report({ type: 'task', id: turn.id, status: 'started', text });
      onInput({ type: 'taskStarted', turnId: turn.id });
    });
    on('item/completed', ({ turnId, item }) => {
      if (item.type === 'agentMessage') this.#results.set(turnId, item.text);
      onInput({ type: 'activity' });
    });
    on('item/agentMessage/delta', () => {
      onInput({ type: 'activity' });
    });
    on('turn/completed', ({ turn }) => {
      const text = turn.error?.message ?? this.#results.get(turn.id) ?? '';
      report({ type: 'task', id: turn.id, status: turn.status, text });
      if (turn.status !== 'completed') this.#problem = describeTaskEnd(turn);
      onInput({ type: 'taskEnded', turnId: turn.id });
    });
  }
}
