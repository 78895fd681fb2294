import type { MessagePortMain, UtilityProcess } from 'electron';

import {
  startSupervision,
  superviseEngine,
  type SupervisionEffect,
  type SupervisionInput,
  type SupervisionState,
} from '../shell/index.ts';

/** The slice of Electron's utility process this adapter uses. */
export type EngineChild = Pick<UtilityProcess, 'postMessage' | 'kill'> & {
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
};

export type EngineProcessDeps = {
  /** Starts the engine's process; may be called again after it has ended. */
  fork(): EngineChild;
  nowMs(): number;
  /** Tells the user that the engine ended and why; resolves to true to start it again. */
  askForRestart(reason: string): Promise<boolean>;
  quit(): void;
};

const UNEXPLAINED = 'It ended unexpectedly.';

/** Keeps the engine's process running and brings the page's ports to it. */
export class EngineProcess {
  readonly #deps: EngineProcessDeps;
  #state: SupervisionState;
  #child: EngineChild | undefined;
  #reason = UNEXPLAINED;

  constructor(deps: EngineProcessDeps) {
    this.#deps = deps;
    this.#state = startSupervision(deps.nowMs());
    this.#start();
  }

  /** Forwards a port; without an engine it is closed, which the page sees and tries again. */
  connect(port: MessagePortMain): void {
    if (this.#child === undefined) port.close();
    else this.#child.postMessage({ type: 'connect' }, [port]);
  }

  /** Ends the engine for good; closing twice does nothing. */
  close(): void {
    this.#apply({ type: 'quitting' });
    this.#child?.kill();
    this.#child = undefined;
  }

  #start(): void {
    const child = this.#deps.fork();
    this.#child = child;
    this.#reason = UNEXPLAINED;
    child.on('message', (message) => {
      this.#reason = failureReason(message) ?? this.#reason;
    });
    child.on('exit', (exitCode) => {
      // A late exit of an earlier process must not count against the one running now.
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#apply({ type: 'exited', exitCode, nowMs: this.#deps.nowMs() });
    });
  }

  #apply(input: SupervisionInput): void {
    const { state, effect } = superviseEngine(this.#state, input);
    this.#state = state;
    if (effect !== undefined) this.#perform(effect);
  }

  #perform(effect: SupervisionEffect): void {
    switch (effect) {
      case 'restart':
        this.#start();
        return;
      case 'quit':
        this.#deps.quit();
        return;
      case 'ask':
        void this.#ask();
        return;
    }
  }

  async #ask(): Promise<void> {
    const isRestartWanted = await this.#deps.askForRestart(this.#reason);
    this.#apply({ type: 'answered', isRestartWanted, nowMs: this.#deps.nowMs() });
  }
}

/** The engine says why it could not start (see main/engine/utility.ts). */
function failureReason(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('reason' in message)) return undefined;
  return typeof message.reason === 'string' ? message.reason : undefined;
}
