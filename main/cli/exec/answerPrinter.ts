import type { AppServerClient, ThreadItem } from '../../../core/protocol/index.ts';
import type { CommandIo } from '../commandIo.ts';
import type { ProgressLine } from './progressLine.ts';

type AgentMessage = Extract<ThreadItem, { type: 'agentMessage' }>;

const BEGINS_AGAIN = 'parley: The answer broke off and begins again.\n';

/**
 * Streams the model's messages to stdout, a blank line between two. What the model says while it works
 * (phase `commentary`) is progress and goes there. An answer that breaks off and is repeated is not printed
 * twice: what a repeat says again is passed over, and one that says something else waits until it is whole.
 */
export class AnswerPrinter {
  readonly #io: CommandIo;
  readonly #progress: ProgressLine;
  readonly #commentary = new Set<string>();
  readonly #completed = new Set<string>();
  /** The message that is being said: what came of this attempt. */
  #open: { readonly id: string; text: string } | undefined;
  /** What of it is on stdout, from whichever attempt. */
  #shown = '';
  #hasEarlier = false;
  #endsWithNewline = true;

  constructor(io: CommandIo, progress: ProgressLine) {
    this.#io = io;
    this.#progress = progress;
  }

  /** Subscribes; returns the ways to stop. */
  follow(client: AppServerClient): (() => void)[] {
    return [
      client.on('item/started', ({ item }) => {
        if (item.type !== 'agentMessage') return;
        if (item.phase === 'commentary') this.#commentary.add(item.id);
        else this.#open = { id: item.id, text: '' };
      }),
      client.on('item/agentMessage/delta', ({ itemId, delta }) => {
        if (this.#commentary.has(itemId)) return;
        if (this.#open?.id !== itemId) this.#open = { id: itemId, text: '' };
        this.#open.text += delta;
        this.#advance(this.#open.text);
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
    if (this.#completed.has(item.id)) return;
    this.#completed.add(item.id);
    // The final text is the truth; deltas may have been left out or cut short.
    const isContinued = this.#advance(item.text);
    // What broke off may be said again by the next message.
    if (item.interrupted === true) return;
    if (!isContinued) {
      this.#endMessage();
      this.#io.stderr.write(BEGINS_AGAIN);
      this.#advance(item.text);
    }
    this.#endMessage();
  }

  #endMessage(): void {
    this.#hasEarlier ||= this.#shown !== '';
    this.#shown = '';
    this.#open = undefined;
  }

  /** Prints what is new of the message; false when it is another than the one that was begun. */
  #advance(text: string): boolean {
    if (!text.startsWith(this.#shown)) return false;
    this.#print(text.slice(this.#shown.length));
    this.#shown = text;
    return true;
  }

  #print(text: string): void {
    if (text === '') return;
    this.#progress.clear();
    if (this.#shown === '' && this.#hasEarlier) {
      this.#io.stdout.write(this.#endsWithNewline ? '\n' : '\n\n');
    }
    this.#io.stdout.write(text);
    this.#endsWithNewline = text.endsWith('\n');
    // The line of progress would land in the middle of the answer.
    this.#progress.pause();
  }
}
