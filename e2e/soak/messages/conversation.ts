import { Ledger } from './ledger.ts';
import { type Message, MessageMaker } from './message.ts';
import { Random } from './random.ts';
import type { OpenWire, Wire } from './wires.ts';

/** Before its hello, a client is refused. */
const MESSAGES_BEFORE_HELLO = 5;
/** More than the engine lets wait, so that it says now and then that it has too much to do. */
const MAX_OPEN = 300;
/** Longer than anything a machine under load makes somebody wait. */
const ANSWER_WITHIN_MS = 20_000;
/** Of those that are known, so that what is asked about is the newest. */
const KNOWN_IDS = 20;

/** What a run came to, of all its conversations. */
export type Facts = {
  answers: number;
  readonly errors: Map<number, number>;
  cutOffs: number;
};

type Options = {
  readonly openWire: OpenWire;
  readonly scratch: string;
  readonly seed: number;
  readonly facts: Facts;
};

/** What one client says, on one connection after another where they are cut off. */
export class Conversation {
  readonly #options: Options;
  readonly #random: Random;
  readonly #maker: MessageMaker;
  readonly #threadIds: string[] = [];
  readonly #turnIds: string[] = [];
  readonly #problems: string[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#maker = new MessageMaker(this.#random, {
      scratch: options.scratch,
      threadIds: this.#threadIds,
      turnIds: this.#turnIds,
    });
  }

  /** Resolves to what was not as it should be, a sentence each. */
  async run(messages: number, onMessage: () => void): Promise<readonly string[]> {
    let left = messages;
    while (left > 0) {
      const ledger = new Ledger();
      const wire = await this.#open(ledger);
      let saidHere = 0;
      let isCutOff = false;
      while (left > 0 && !isCutOff) {
        await this.#send(
          wire,
          ledger,
          saidHere === MESSAGES_BEFORE_HELLO ? this.#maker.hello() : this.#maker.next(),
        );
        saidHere += 1;
        left -= 1;
        onMessage();
        // One that waits here and there is answered in between.
        const maxOpen = this.#random.isOneIn(50) ? 0 : MAX_OPEN;
        if (!(await ledger.settled(maxOpen, ANSWER_WITHIN_MS))) {
          return [...this.#problems, ...ledger.problems()];
        }
        isCutOff = wire.cutOff !== undefined && this.#random.isOneIn(500);
      }
      if (isCutOff) {
        await wire.cutOff?.();
        this.#options.facts.cutOffs += 1;
        ledger.forget();
      } else {
        await this.#end(wire, ledger);
      }
      this.#problems.push(...ledger.problems());
    }
    return this.#problems;
  }

  async #open(ledger: Ledger): Promise<Wire> {
    return this.#options.openWire((text) => {
      ledger.received(text);
      this.#learn(text);
    });
  }

  async #send(wire: Wire, ledger: Ledger, message: Message): Promise<void> {
    ledger.sent(message);
    await wire.send(message.bytes);
  }

  /** All is answered, and the engine goes on. */
  async #end(wire: Wire, ledger: Ledger): Promise<void> {
    if (!(await ledger.settled(0, ANSWER_WITHIN_MS))) return;
    await this.#send(wire, ledger, this.#maker.request('thread/loaded/list', {}));
    await ledger.settled(0, ANSWER_WITHIN_MS);
  }

  #learn(text: string): void {
    const { facts } = this.#options;
    const message = JSON.parse(text) as {
      readonly id?: unknown;
      readonly method?: string;
      readonly error?: { readonly code: number };
      readonly params?: {
        readonly thread?: { readonly id: string };
        readonly turn?: { readonly id: string };
      };
    };
    if (message.method === undefined) facts.answers += 1;
    if (message.error !== undefined) {
      const { code } = message.error;
      facts.errors.set(code, (facts.errors.get(code) ?? 0) + 1);
    }
    remember(this.#threadIds, message.params?.thread?.id);
    remember(this.#turnIds, message.params?.turn?.id);
  }
}

function remember(known: string[], id: string | undefined): void {
  if (id === undefined || known.includes(id)) return;
  known.push(id);
  if (known.length > KNOWN_IDS) known.shift();
}
