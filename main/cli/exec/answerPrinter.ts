import type { AppServerClient, ThreadItem } from '../../../core/protocol/index.ts';
import type { CommandIo } from '../commandIo.ts';
import type { ProgressLine } from './progressLine.ts';

type AgentMessage = Extract<ThreadItem, { type: 'agentMessage' }>;

/**
 * Streams the model's messages to stdout, a blank line between two. What the model says while it works
 * (phase `commentary`) is progress and goes there.
 */
export class AnswerPrinter {
  readonly #io: CommandIo;
  readonly #progress: ProgressLine;
  /** Text printed so far, by item. */
  readonly #printed = new Map<string, string>();
  readonly #commentary = new Set<string>();
  #lastItemId: string | undefined;
  #endsWithNewline = true;

  constructor(io: CommandIo, progress: ProgressLine) {
    this.#io = io;
    this.#progress = progress;
  }

  /** Subscribes; returns the ways to stop. */
  follow(client: AppServerClient): (() => void)[] {
    return [
      client.on('item/started', ({ item }) => {
        if (item.type === 'agentMessage' && item.phase === 'commentary') {
          this.#commentary.add(item.id);
        }
      }),
      client.on('item/agentMessage/delta', ({ itemId, delta }) => {
        if (!this.#commentary.has(itemId)) this.#print(itemId, delta);
      }),
      client.on('item/completed', ({ item }) => {
        if (item.type === 'agentMessage') this.#complete(item);
      }),
    ];
  }

  /** Leaves the cursor on a fresh line. */
  end(): void {
    if (!this.#endsWithNewline) this.#io.stdout.write('\n');
    this.#endsWithNewline = true;
  }

  #complete(item: AgentMessage): void {
    if (this.#commentary.delete(item.id) || item.phase === 'commentary') {
      this.#progress.note(item.text);
      return;
    }
    // The final text is the truth; deltas may have been left out or cut short.
    const printed = this.#printed.get(item.id) ?? '';
    if (item.text.startsWith(printed)) this.#print(item.id, item.text.slice(printed.length));
  }

  #print(itemId: string, text: string): void {
    if (text === '') return;
    this.#progress.clear();
    if (this.#lastItemId !== undefined && this.#lastItemId !== itemId) {
      this.#io.stdout.write(this.#endsWithNewline ? '\n' : '\n\n');
    }
    this.#lastItemId = itemId;
    this.#printed.set(itemId, (this.#printed.get(itemId) ?? '') + text);
    this.#io.stdout.write(text);
    this.#endsWithNewline = text.endsWith('\n');
    // The line of progress would land in the middle of the answer.
    this.#progress.pause();
  }
}
