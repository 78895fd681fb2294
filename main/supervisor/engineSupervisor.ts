import type { Clock, Timer } from '../../core/base/index.ts';
import {
  startSupervision,
  superviseEngine,
  type SupervisionEffect,
  type SupervisionInput,
  type SupervisionState,
} from './supervision.ts';

/** How an engine's process ended by itself. */
export type EngineEnd = {
  /** One sentence for a person. */
  readonly reason: string;
  /** Set when the engine said itself why it cannot start, with the code to exit with. */
  readonly exitCode?: number;
};

/** A running engine's process. `Client` is whatever its host hands over: a port, a socket. */
export type SupervisedEngine<Client> = {
  connect(client: Client): void;
  /** Ends it; resolves when it is gone. */
  close(): Promise<void>;
};

export type SupervisorDeps<Client> = {
  /** Starts the engine's process; called again after it has ended. `ended` is for an end of its own only. */
  start(ended: (end: EngineEnd) => void): SupervisedEngine<Client>;
  /** There is no engine for this client now; it is to try again. */
  refuse(client: Client): void;
  readonly clock: Clock;
  /** Told of an end that is mended by a new start. */
  onCrash(end: EngineEnd): void;
  /** It does not stay up, or cannot start; resolves to true to try once more. */
  giveUp(end: EngineEnd): Promise<boolean>;
  quit(): void;
};

/** Keeps an engine's process running and brings clients to it; the same for every host. */
export class EngineSupervisor<Client> {
  readonly #deps: SupervisorDeps<Client>;
  #state: SupervisionState;
  #engine: SupervisedEngine<Client> | undefined;
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(deps: SupervisorDeps<Client>) {
    this.#deps = deps;
    this.#state = startSupervision(deps.clock.nowMs());
    this.#start();
  }

  get isRunning(): boolean {
    return this.#engine !== undefined;
  }

  connect(client: Client): void {
    if (this.#engine === undefined) this.#deps.refuse(client);
    else this.#engine.connect(client);
  }

  /** Ends the engine for good; closing twice does nothing. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#apply({ type: 'quitting' });
    this.#timer?.cancel();
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }

  #start(): void {
    let hasEnded = false;
    const engine = this.#deps.start((end) => {
      // An end that is told twice, or late, must not count against the engine running now.
      if (hasEnded) return;
      hasEnded = true;
      if (this.#engine === engine) this.#ended(end);
    });
    this.#engine = engine;
  }

  #ended(end: EngineEnd): void {
    this.#engine = undefined;
    const isHopeless = end.exitCode !== undefined;
    this.#apply({ type: 'exited', isHopeless, nowMs: this.#deps.clock.nowMs() }, end);
  }

  #apply(input: SupervisionInput, end?: EngineEnd): void {
    const { state, effect } = superviseEngine(this.#state, input);
    this.#state = state;
    if (effect === undefined) return;
    if (end !== undefined && effect.type !== 'giveUp') this.#deps.onCrash(end);
    this.#perform(effect, end);
  }

  #perform(effect: SupervisionEffect, end: EngineEnd | undefined): void {
    switch (effect.type) {
      case 'start':
        this.#start();
        return;
      case 'wait':
        this.#timer = this.#deps.clock.after(effect.delayMs, () => {
          this.#apply({ type: 'waited', nowMs: this.#deps.clock.nowMs() });
        });
        return;
      case 'giveUp':
        if (end !== undefined) void this.#ask(lastWords(end, effect.crashes));
        return;
      case 'quit':
        this.#deps.quit();
        return;
    }
  }

  async #ask(end: EngineEnd): Promise<void> {
    const isRestartWanted = await this.#deps.giveUp(end);
    const nowMs = this.#deps.clock.nowMs();
    this.#apply({ type: 'answered', isRestartWanted, nowMs });
  }
}

function lastWords(end: EngineEnd, crashes: number): EngineEnd {
  return end.exitCode === undefined
    ? { ...end, reason: `The engine ended ${crashes} times in a row; the last time: ${end.reason}` }
    : end;
}
