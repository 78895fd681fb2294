import { type Known, METHODS, ParamsMaker } from './params.ts';
import type { Random } from './random.ts';

/** One line or frame, and what is owed for it. */
export type Message = {
  readonly bytes: string | Buffer;
  /** The id that an answer has to carry, as it is written; undefined for what gets none. */
  readonly owedId: string | undefined;
  /** Whether it may stay without an answer, because it is no JSON as a whole. */
  readonly isOptional: boolean;
};

const MAX_SETTING = 10_000;
/** How deep is too deep for every wire. */
const TOO_DEEP = 200;
const INITIALIZE = {
  clientInfo: { name: 'soak', title: null, version: '1' },
  capabilities: { experimentalApi: true },
};
/** As they are written: none of them is a string or a 64-bit integer. */
const UNANSWERABLE_IDS = ['null', '1.5', 'true', '{}', '[1]', '1e400', '9223372036854775808'];
const OTHER_METHODS = ['', 'thread', 'thread/nonsense', '__proto__', 'toString', 'x'.repeat(5_000)];
const NOTIFICATIONS = ['initialized', 'turn/completed', 'nonsense', '$/cancelRequest'];

/** What a client could send, from right to nonsense. */
export class MessageMaker {
  readonly #random: Random;
  readonly #params: ParamsMaker;
  #made = 0;

  constructor(random: Random, known: Known) {
    this.#random = random;
    this.#params = new ParamsMaker(random, known);
  }

  next(): Message {
    switch (this.#random.below(40)) {
      case 0:
        return owingNothing(this.#envelope(this.#random.of(UNANSWERABLE_IDS), this.#call()));
      case 1:
        return owingNothing(text({ id: this.#made, result: this.#params.mutated({}) }));
      case 2:
        return owingNothing(text({ id: 'unasked', error: this.#params.mutated({ code: 1 }) }));
      case 3:
        return owingNothing(text({ method: this.#random.of(NOTIFICATIONS), params: {} }));
      case 4:
        return owingNothing(`[${this.#envelope(this.#newId(), this.#call())}]`);
      case 5:
        return this.#torn();
      case 6:
        return owingNothing(Buffer.from([0xff, 0xfe, 0, 0x80, this.#random.below(9)]));
      case 7:
        return owingNothing(this.#random.of(['', ' ', '{}', 'null', '7', '"word"', '{"id":1}']));
      case 8:
        return this.#tooDeep();
      case 9:
        return this.request(this.#random.of(OTHER_METHODS), this.#params.mutated({}));
      case 10:
        return this.request('initialize', this.#params.mutated(INITIALIZE));
      default: {
        const { method, params } = this.#call();
        return this.request(method, params);
      }
    }
  }

  /** A hello that is taken. */
  hello(): Message {
    return this.request('initialize', INITIALIZE);
  }

  request(method: string, params: unknown): Message {
    const id = this.#newId();
    return owing(id, this.#envelope(id, { method, params }));
  }

  /** A row of the table, wrong more often than right. */
  #call(): { readonly method: string; readonly params: unknown } {
    const { method, params: typeName } = this.#random.of(METHODS);
    let params = this.#params.of(typeName);
    // Half of them, and of those half again, so that some are wrong in many places.
    while (!this.#random.isOneIn(2)) params = this.#params.mutated(params);
    // Where it is kept as a setting, each later request would read it again.
    const isTooLarge = method.startsWith('config/') && text({ params }).length > MAX_SETTING;
    return isTooLarge ? this.#call() : { method, params };
  }

  #envelope(id: string, { method, params }: { method: string; params: unknown }): string {
    const body = params === undefined ? '' : `,"params":${JSON.stringify(params)}`;
    return this.#random.isOneIn(3)
      ? `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"id":${id}${body}}`
      : `{"id":${id},"method":${JSON.stringify(method)}${body}}`;
  }

  /** Mostly new, now and then one that was there; words and numbers of every size. */
  #newId(): string {
    if (!this.#random.isOneIn(20)) this.#made += 1;
    const number = this.#made;
    return this.#random.of([
      `${number}`,
      `${-number}`,
      `${9_007_199_254_740_993n + BigInt(number)}`,
      JSON.stringify(`${number}`),
      JSON.stringify(`${number} "quoted"\n\\é💥`),
    ]);
  }

  /** Its end is missing; what there is of it has been a request. */
  #torn(): Message {
    const id = this.#newId();
    const whole = this.#envelope(id, this.#call());
    const end = 1 + this.#random.below(whole.length - 1);
    return owingNothing(whole.slice(0, end));
  }

  #tooDeep(): Message {
    const id = this.#newId();
    const isTorn = this.#random.isOneIn(2);
    const params = `${'['.repeat(TOO_DEEP)}${isTorn ? '' : ']'.repeat(TOO_DEEP)}`;
    const whole = `{"id":${id},"method":"thread/list","params":${params}${isTorn ? '' : '}'}`;
    return { ...owing(id, whole), isOptional: isTorn };
  }
}

const text = (message: object): string => JSON.stringify(message);

const owingNothing = (bytes: string | Buffer): Message => ({
  bytes,
  owedId: undefined,
  isOptional: false,
});

const owing = (owedId: string, bytes: string): Message => ({ ...owingNothing(bytes), owedId });
