import { assertNever, type Clock, errorText, type Timer } from '../base/index.ts';
import type {
  NotificationParamsOf,
  RequestId,
  ServerRequestMethod,
  ServerRequestResponseOf,
  SettledRequest,
  UserAnswers,
} from '../protocol/index.ts';
import type { Answerer, Decider } from './answerers.ts';
import type { AskedClient, ClientDesk } from './clientDesk.ts';
import type { Interaction } from './kinds.ts';
import { settledOf, shownOf } from './outcome.ts';
import type { Consultation, Reply, Responder } from './responder.ts';
import type { InteractionRow } from './row.ts';
import {
  begin,
  type DeciderReply,
  type Effect,
  type Input,
  type Resolution,
  type Step,
  step,
} from './step.ts';

type Response = ServerRequestResponseOf<ServerRequestMethod>;
type Told = 'serverRequest/resolved' | 'serverRequest/partlyAnswered';

/** What interactions reach out for. */
export type InteractionPorts = {
  readonly threadId: string;
  readonly clock: Clock;
  readonly clients: ClientDesk;
  readonly notify: <M extends Told>(method: M, params: NotificationParamsOf<M>) => void;
  /** Does it when what has been told before it is out; requests and notifications share one order. */
  readonly inOrder: (action: () => void) => void;
  /** Told of each request that people were sent and that is over now, where it belongs to a call of a turn. */
  readonly onSettled?: (turnId: string, settled: SettledRequest) => void;
  /** Those who decide before people are asked; a role that is missing has nothing to say. */
  readonly responders: readonly Responder[];
};

export type PendingOptions = {
  readonly ports: InteractionPorts;
  readonly row: InteractionRow<ServerRequestMethod>;
  readonly interaction: Interaction;
  readonly deadlineMs: number | undefined;
  /** Who is there of those that answer beside the clients. */
  readonly voices: ReadonlySet<Responder>;
  /** People's turn has come. */
  readonly onOpening: () => void;
};

/** How long an interaction that found nobody waits for a client, which may just be reloading. */
const NOBODY_PATIENCE_MS = 30_000;

/** One interaction on its way: does what `step` says, and tells it what happens. */
export class Pending {
  readonly interaction: Interaction;
  readonly resolution: Promise<Resolution<Response>>;
  readonly #options: PendingOptions;
  readonly #settle: (resolution: Resolution<Response>) => void;
  readonly #over = new AbortController();
  readonly #consultation: Consultation;
  /** Voices that have been asked and may still answer. */
  readonly #voices = new Set<Responder>();
  #step: Step<AskedClient, Response>;
  #answeredBy: Answerer | undefined;
  #id: RequestId | undefined;
  #patience: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(options: PendingOptions) {
    this.#options = options;
    this.interaction = options.interaction;
    const { promise, resolve } = Promise.withResolvers<Resolution<Response>>();
    this.resolution = promise;
    this.#settle = resolve;
    this.#consultation = {
      signal: this.#over.signal,
      answeredBy: () => this.#answeredBy,
      answerPartly: (answers) => {
        this.#take({ type: 'partlyAnswered', answers });
      },
    };
    this.#step = begin(options.row.deciders(this.interaction.params));
  }

  start(): void {
    this.#perform(this.#step.effects);
  }

  withdraw(): void {
    this.#take({ type: 'withdrawn' });
  }

  /** People's answer to another interaction settles this one, too. */
  cover(response: Response, by: 'voice' | 'client'): void {
    this.#take({ type: 'covered', answer: { response, by } });
  }

  /** A voice has come that may answer, or has gone. Before people's turn neither matters. */
  voiceJoined(responder: Responder): void {
    if (this.#step.state.phase !== 'open') return;
    void this.#askVoice(responder);
    this.#take({ type: 'voice', isThere: true });
  }

  voiceLeft(responder: Responder): void {
    if (!this.#voices.delete(responder)) return;
    this.#take({ type: 'voice', isThere: this.#voices.size > 0 });
  }

  #take(input: Input<AskedClient, Response>): void {
    this.#step = step(this.#step.state, input);
    this.#perform(this.#step.effects);
  }

  #perform(effects: readonly Effect<AskedClient, Response>[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'consult':
          this.#consult(effect.decider);
          break;
        case 'open':
          this.#options.onOpening();
          this.#options.ports.inOrder(() => {
            this.#open();
          });
          break;
        case 'ask':
          this.#ask(effect.client);
          break;
        case 'waitForClients':
          this.#patience = this.#options.ports.clock.after(NOBODY_PATIENCE_MS, () => {
            this.#take({ type: 'patienceOver' });
          });
          break;
        case 'tellPartlyAnswered':
          this.#tellPartlyAnswered(effect.answers);
          break;
        case 'resolve':
          this.#resolved(effect.resolution);
          break;
        default:
          assertNever(effect, 'effect of an interaction');
      }
    }
  }

  #consult(decider: Decider): void {
    const responder = this.#options.ports.responders.find(({ role }) => role === decider);
    const decided = (reply: DeciderReply<Response>): void => {
      this.#take({ type: 'decided', by: decider, reply });
    };
    if (responder === undefined) decided({ type: 'pass' });
    else void this.#replyOf(responder).then(decided);
  }

  async #askVoice(responder: Responder): Promise<void> {
    this.#voices.add(responder);
    const reply = await this.#replyOf(responder);
    if (!this.#voices.has(responder)) return;
    if (reply.type === 'answer' || reply.type === 'deny') {
      this.#take({ type: 'voiceDecided', decision: reply });
    } else {
      this.voiceLeft(responder);
    }
  }

  async #replyOf(responder: Responder): Promise<DeciderReply<Response>> {
    let reply: Reply;
    try {
      reply = await responder.respond(this.interaction, this.#consultation);
    } catch (error) {
      return { type: 'fail', words: errorText(error) };
    }
    if (reply.type === 'deny') return { type: 'deny', words: reply.words };
    if (reply.type !== 'allow') return reply;
    const response = this.#options.row.allowed(this.interaction.params);
    return response === undefined ? { type: 'pass' } : { type: 'answer', response };
  }

  #open(): void {
    if (this.#step.state.phase !== 'deciding') return;
    const { ports, row, deadlineMs, voices } = this.#options;
    const opened = ports.clients.open({
      method: row.method,
      isAsked: (client) => {
        const { state } = this.#step;
        return state.phase === 'open' && state.asked.has(client);
      },
      joined: (client) => {
        this.#take({ type: 'joined', client, present: ports.clients.present() });
      },
      answered: (client, response) => {
        this.#take({ type: 'clientAnswered', client, response });
      },
      out: (client, words) => {
        this.#take({ type: 'clientOut', client, words });
      },
    });
    if ('refusal' in opened) {
      this.#take({ type: 'refused', words: opened.refusal });
      return;
    }
    this.#id = opened.id;
    if (deadlineMs !== undefined) {
      this.#deadline = ports.clock.after(deadlineMs, () => {
        this.#take({ type: 'expired' });
      });
    }
    this.#take({ type: 'opened', present: ports.clients.present(), hasVoice: voices.size > 0 });
    for (const responder of voices) void this.#askVoice(responder);
  }

  #ask(client: AskedClient): void {
    const { state } = this.#step;
    if (this.#id === undefined || state.phase !== 'open') return;
    this.#patience?.cancel();
    client.request(this.#id, this.#options.row.method, this.interaction.params);
    if (state.known !== undefined) {
      client.notify('serverRequest/partlyAnswered', this.#partly(this.#id, state.known));
    }
  }

  #tellPartlyAnswered(answers: UserAnswers): void {
    if (this.#id === undefined) return;
    const { notify } = this.#options.ports;
    notify('serverRequest/partlyAnswered', this.#partly(this.#id, answers));
  }

  #partly(
    requestId: RequestId,
    answers: UserAnswers,
  ): NotificationParamsOf<'serverRequest/partlyAnswered'> {
    return { threadId: this.#options.ports.threadId, requestId, answers };
  }

  #resolved(resolution: Resolution<Response>): void {
    this.#patience?.cancel();
    this.#deadline?.cancel();
    this.#answeredBy = 'by' in resolution ? resolution.by : undefined;
    if (this.#id !== undefined) {
      const { ports, row } = this.#options;
      const { threadId } = ports;
      ports.clients.drop(this.#id);
      ports.notify('serverRequest/resolved', {
        threadId,
        requestId: this.#id,
        ...shownOf(row, this.interaction.params, resolution),
      });
      const kept = settledOf(row, this.interaction.params, resolution);
      if (kept !== undefined) ports.onSettled?.(kept.turnId, kept.settled);
    }
    this.#over.abort();
    this.#settle(resolution);
  }
}
