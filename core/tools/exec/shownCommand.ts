import type { Clock, Timer } from '../../base/index.ts';
import type { ThreadItem } from '../../protocol/index.ts';
import type { NewItem, ShownItem } from '../contract.ts';
import { HeadAndTail } from './outputText.ts';

type CommandItem = Extract<NewItem, { readonly type: 'commandExecution' }>;
type Status = Extract<ThreadItem, { readonly type: 'commandExecution' }>['status'];

/** What is kept of a command with its conversation. */
const KEPT_CHARS = 256 * 1024;
/** What is shown of a command while it runs. */
const LIVE_CHARS = 1024 * 1024;
const DELTA_CHARS = 8 * 1024;
/** What comes in between is told together. */
const DELTA_EVERY_MS = 25;

/** A command as people see it: its item, what it prints as it comes, and how it ends. */
export class ShownCommand {
  /** As it was started. */
  readonly item: CommandItem;
  readonly #shown: ShownItem<CommandItem>;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #output = new HeadAndTail(KEPT_CHARS);
  #waiting = '';
  /** How much was to be shown as it came. */
  #liveChars = 0;
  #pause: Timer | undefined;
  #isCompleted = false;

  constructor(
    item: CommandItem,
    start: (item: CommandItem) => ShownItem<CommandItem>,
    clock: Clock,
  ) {
    this.item = item;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#shown = start(item);
  }

  get isCompleted(): boolean {
    return this.#isCompleted;
  }

  print(text: string): void {
    if (this.#isCompleted || text === '') return;
    this.#output.append(text);
    if (this.#liveChars > LIVE_CHARS) return;
    const room = LIVE_CHARS - this.#liveChars;
    this.#liveChars += text.length;
    this.#waiting += text.length > room ? piece(text, room) + NOTICE : text;
    if (this.#pause === undefined) this.#tell();
  }

  typed(stdin: string, processId: number): void {
    this.#shown.delta('item/commandExecution/terminalInteraction', {
      processId: String(processId),
      stdin,
    });
  }

  complete(status: Status, exitCode: number | null = null): void {
    if (this.#isCompleted) return;
    this.#pause?.cancel();
    while (this.#waiting !== '') this.#tellPiece();
    this.#isCompleted = true;
    this.#shown.complete({
      ...this.item,
      status,
      exitCode,
      aggregatedOutput: this.#output.text,
      durationMs: this.#clock.nowMs() - this.#startedAtMs,
    });
  }

  #tell(): void {
    this.#tellPiece();
    this.#pause = this.#clock.after(DELTA_EVERY_MS, () => {
      this.#pause = undefined;
      if (this.#waiting !== '') this.#tell();
    });
  }

  #tellPiece(): void {
    const delta = piece(this.#waiting, DELTA_CHARS);
    this.#waiting = this.#waiting.slice(delta.length);
    this.#shown.delta('item/commandExecution/outputDelta', { delta });
  }
}

const NOTICE =
  '\n[… more is printed than can be shown as it comes; the end of it follows when the command has ended …]\n';

/** A beginning of so many characters; one that takes two places is not cut. */
function piece(text: string, limitChars: number): string {
  if (text.length <= limitChars) return text;
  const last = text.charCodeAt(limitChars - 1);
  const isHalf = last >= 0xd8_00 && last <= 0xdb_ff;
  return text.slice(0, isHalf ? limitChars - 1 : limitChars);
}
