import type { Clock } from '../base/index.ts';
import { Command } from './command.ts';
import { type CommandEnd, CommandError, type CommandSpec } from './spec.ts';

export type CommandPorts = { readonly clock: Clock };

/** One program from the moment it is asked for. */
type Entry = {
  readonly processId: string | undefined;
  readonly started: Promise<Command>;
  command: Command | undefined;
  /** Its client has gone before it was started. */
  isDeserted: boolean;
};

/**
 * The programs that clients have running. Each belongs to one client, ends with that, and is called by the
 * name this client gave it, from the moment it is asked for.
 */
export class Commands {
  readonly #ports: CommandPorts;
  readonly #entries = new Map<object, Set<Entry>>();

  constructor(ports: CommandPorts) {
    this.#ports = ports;
  }

  /** Runs a program to its end, once it is known how. Rejects with a `CommandError`, or as `spec` does. */
  async run(
    owner: object,
    processId: string | undefined,
    spec: Promise<CommandSpec>,
  ): Promise<CommandEnd> {
    const mine = this.#entriesOf(owner);
    if (processId !== undefined && find(mine, processId) !== undefined) {
      // Nobody hears of the other one's settings.
      spec.catch(() => undefined);
      const name = JSON.stringify(processId);
      throw new CommandError('refused', `duplicate active command/exec process id: ${name}`);
    }
    const entry: Entry = {
      processId,
      started: spec.then(async (found) => this.#start(entry, found)),
      command: undefined,
      isDeserted: false,
    };
    mine.add(entry);
    try {
      const command = await entry.started;
      return await command.ended;
    } finally {
      mine.delete(entry);
      if (mine.size === 0 && this.#entries.get(owner) === mine) this.#entries.delete(owner);
    }
  }

  /** The running program of this name, once it runs. Rejects with a `CommandError` where there is none. */
  async named(owner: object, processId: string): Promise<Command> {
    const entry = find(this.#entries.get(owner) ?? new Set(), processId);
    if (entry === undefined) throw noneOf(processId);
    try {
      return await entry.started;
    } catch {
      // The one who asked for it is told why it did not start.
      throw noneOf(processId);
    }
  }

  /** A client has gone: its programs end. */
  leave(owner: object): void {
    for (const entry of this.#entries.get(owner) ?? []) {
      entry.isDeserted = true;
      entry.command?.kill();
    }
  }

  /** Resolves when none runs any more. */
  async close(): Promise<void> {
    const all = Array.from(this.#entries.entries(), ([owner, entries]) => {
      this.leave(owner);
      return Array.from(entries, async ({ started }) => (await started).ended);
    });
    await Promise.allSettled(all.flat());
  }

  async #start(entry: Entry, spec: CommandSpec): Promise<Command> {
    if (entry.isDeserted) throw new CommandError('refused', 'the client has gone');
    const command = await Command.start(spec, this.#ports.clock);
    entry.command = command;
    if (entry.isDeserted) command.kill();
    return command;
  }

  #entriesOf(owner: object): Set<Entry> {
    const known = this.#entries.get(owner);
    if (known !== undefined) return known;
    const entries = new Set<Entry>();
    this.#entries.set(owner, entries);
    return entries;
  }
}

const find = (entries: ReadonlySet<Entry>, processId: string): Entry | undefined =>
  Array.from(entries).find((entry) => entry.processId === processId);

const noneOf = (processId: string): CommandError =>
  new CommandError('refused', `no active command/exec for process id ${JSON.stringify(processId)}`);
