import type { ServerRequestMethod } from '../protocol/index.ts';
import {
  type Interaction,
  type InteractionKind,
  interactionKinds,
  type InteractionParams,
} from './kinds.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { type InteractionPorts, Pending } from './pending.ts';
import type { Responder } from './responder.ts';
import type { ActiveFlag, InteractionRow } from './row.ts';

export type InteractionsOptions = InteractionPorts & {
  /** Called when what the thread waits for has changed. */
  readonly onWaitingChanged: () => void;
  /** The rows that interactions go by. */
  readonly kinds?: Readonly<Record<InteractionKind, InteractionRow<ServerRequestMethod>>>;
};

/** Keeps the members of a union apart, which `Omit` does not. */
type WithoutThread<T> = T extends unknown ? Omit<T, 'threadId'> : never;

export type InteractionRequest<K extends InteractionKind> = {
  readonly kind: K;
  readonly params: WithoutThread<InteractionParams<K>>;
  /** What an answer for the session would be remembered by; absent: by nothing. */
  readonly keys?: readonly string[];
};

export type RequestOptions = {
  /** Aborts when nobody needs the answer any more. */
  readonly signal: AbortSignal;
  /** How long people may take; absent: for ever. */
  readonly deadlineMs?: number;
};

type Answered = Extract<Awaited<Pending['resolution']>, { readonly type: 'answered' }>;
/** What people have accepted for as long as the thread is loaded, with who it was, by its keys. */
type Lasting = ReadonlyMap<string, Answered['by']>;

/** In the order in which a status names them. */
const FLAGS: readonly ActiveFlag[] = ['waitingOnApproval', 'waitingOnUserInput'];

/**
 * Where a thread waits for somebody. Policy, hooks and review decide first, one after the other; then the
 * voice and all clients are asked at the same time. The first answer counts, everybody hears of it, and
 * whatever is no answer is a refusal. What people accept for the session they are not asked again.
 */
export class Interactions {
  readonly #options: InteractionsOptions;
  readonly #open = new Set<Pending>();
  /** Those of them that people are asked, or are about to be: the status precedes the request. */
  readonly #waiting = new Set<Pending>();
  readonly #voices = new Set<Responder>();
  readonly #lasting = new Map<InteractionKind, Lasting>();
  #waitingOn: readonly ActiveFlag[] = [];
  #isClosed = false;

  constructor(options: InteractionsOptions) {
    this.#options = options;
  }

  /** What the thread waits for people for, as its status says it. */
  get waitingOn(): readonly ActiveFlag[] {
    return this.#waitingOn;
  }

  /** Resolves with what came of it; never rejects. An abort withdraws it. */
  async request<K extends InteractionKind>(
    { kind, params, keys = [] }: InteractionRequest<K>,
    { signal, deadlineMs }: RequestOptions,
  ): Promise<Outcome<K>> {
    const { threadId } = this.#options;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- kind and parameters of one row, joined again
    const interaction = { kind, params: { ...params, threadId }, keys } as unknown as Interaction;
    const row = this.#rowOf(kind);
    const accepted = signal.aborted ? undefined : this.#acceptedBefore(interaction);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- given by this kind's own row
    if (accepted !== undefined) return outcomeOf(row, interaction.params, accepted) as Outcome<K>;
    const pending = new Pending({
      ports: this.#options,
      row,
      interaction,
      deadlineMs,
      voices: this.#voices,
      onOpening: () => {
        this.#waiting.add(pending);
        this.#noteWaiting();
      },
    });
    const withdraw = (): void => {
      pending.withdraw();
    };
    if (signal.aborted || this.#isClosed) pending.withdraw();
    else {
      signal.addEventListener('abort', withdraw, { once: true });
      this.#open.add(pending);
      pending.start();
    }
    const resolution = await pending.resolution;
    signal.removeEventListener('abort', withdraw);
    this.#open.delete(pending);
    this.#waiting.delete(pending);
    this.#noteWaiting();
    if (resolution.type === 'answered') this.#cover(pending, resolution);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this kind's own row, or given by it
    return outcomeOf(row, interaction.params, resolution) as Outcome<K>;
  }

  /** Puts what people are asked, now and later, to the responder too, until it leaves. */
  join(responder: Responder): () => void {
    this.#voices.add(responder);
    for (const pending of Array.from(this.#open)) pending.voiceJoined(responder);
    return () => {
      if (!this.#voices.delete(responder)) return;
      for (const pending of Array.from(this.#open)) pending.voiceLeft(responder);
    };
  }

  /** Withdraws all that is open, and whatever comes later. */
  close(): void {
    this.#isClosed = true;
    for (const pending of Array.from(this.#open)) pending.withdraw();
  }

  /** People's answer may settle what others of its kind wait for. */
  #cover({ interaction }: Pending, { response, by }: Answered): void {
    if (by !== 'voice' && by !== 'client') return;
    const { kind, params, keys } = interaction;
    const row = this.#rowOf(kind);
    if (row.lasts?.(response) === true) {
      const known = this.#lasting.get(kind) ?? new Map<string, Answered['by']>();
      this.#lasting.set(kind, new Map([...known, ...keys.map((key) => [key, by] as const)]));
    }
    for (const other of Array.from(this.#open)) {
      if (other.interaction.kind !== kind) continue;
      const implied = row.covers?.({ params, keys, response }, other.interaction);
      if (implied !== undefined) other.cover(implied, by);
    }
  }

  /** The answer to what people have accepted for the session, all of it; undefined where somebody has to be asked. */
  #acceptedBefore({ kind, params, keys }: Interaction): Answered | undefined {
    const lasting = this.#lasting.get(kind);
    if (lasting === undefined || this.#isClosed) return undefined;
    const [by] = keys.flatMap((key) => lasting.get(key) ?? []);
    if (by === undefined || !keys.every((key) => lasting.has(key))) return undefined;
    const response = this.#rowOf(kind).allowed(params);
    return response && { type: 'answered', response, by, known: {} };
  }

  #noteWaiting(): void {
    const flags = new Set(
      Array.from(this.#waiting).flatMap(
        ({ interaction }) => this.#rowOf(interaction.kind).flag ?? [],
      ),
    );
    if (flags.size === this.#waitingOn.length && this.#waitingOn.every((flag) => flags.has(flag))) {
      return;
    }
    this.#waitingOn = FLAGS.filter((flag) => flags.has(flag));
    this.#options.onWaitingChanged();
  }

  #rowOf(kind: InteractionKind): InteractionRow<ServerRequestMethod> {
    const { kinds = interactionKinds } = this.#options;
    return kinds[kind];
  }
}
