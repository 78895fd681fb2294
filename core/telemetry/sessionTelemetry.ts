import { type Clock, errorText } from '../base/index.ts';
import { ModelAbortedError, ModelError, type ModelEvent } from '../model/index.ts';

/** Where lines of telemetry go: the log in the home folder, and nowhere else. */
export type TelemetryLog = {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
};

/** Who the session belongs to; on every line. */
export type TelemetrySource = {
  readonly threadId: string;
  readonly appVersion: string;
  /** The model as the provider knows it, as configured when the session began. */
  readonly model: string;
  /** The name of the client that opened the session. */
  readonly originator: string;
};

/** One sampling under observation; ending it twice leaves one line. */
export type SamplingWatch = {
  retried(): void;
  take(event: ModelEvent): void;
  /** With what ended it, where that was no answer. */
  ended(failure?: { readonly error: unknown }): void;
};

/**
 * What happens in one session, as lines of the local log: times, counts and kinds of failure. No text,
 * no sound, no network. Belongs to its thread and ends with it; there is none for all of them.
 */
export class SessionTelemetry {
  readonly #source: TelemetrySource;
  readonly #clock: Clock;
  readonly #log: TelemetryLog;

  constructor(options: {
    readonly source: TelemetrySource;
    readonly clock: Clock;
    readonly log: TelemetryLog;
  }) {
    this.#source = options.source;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Writes one line about this session; `slug` is the model that the event is about. */
  event(name: string, fields: Readonly<Record<string, unknown>> = {}, slug?: string): void {
    this.#log.info(this.#fields(name, fields, slug), 'telemetry');
  }

  /** Watches one request to the model; `slug` is the model that was asked. */
  sampling(turnId: string, slug: string): SamplingWatch {
    const beganMs = this.#clock.nowMs();
    let firstOutputMs: number | null = null;
    let outputTokens: number | null = null;
    let retries = 0;
    let isOver = false;
    return {
      retried: () => {
        retries += 1;
      },
      take: (event) => {
        if (event.type === 'itemAdded') firstOutputMs ??= this.#clock.nowMs() - beganMs;
        else if (event.type === 'completed') outputTokens = event.usage?.outputTokens ?? null;
      },
      ended: (failure) => {
        if (isOver) return;
        isOver = true;
        const durationMs = this.#clock.nowMs() - beganMs;
        const outcome = failure === undefined ? COMPLETED : failureFields(failure.error);
        const facts = { turnId, durationMs, firstOutputMs, outputTokens, retries, ...outcome };
        const fields = this.#fields('sampling.ended', facts, slug);
        if (outcome['outcome'] === 'failed') this.#log.warn(fields, 'telemetry');
        else this.#log.info(fields, 'telemetry');
      },
    };
  }

  #fields(
    event: string,
    fields: Readonly<Record<string, unknown>>,
    slug: string | undefined,
  ): Readonly<Record<string, unknown>> {
    const { threadId, appVersion, model, originator } = this.#source;
    return {
      event,
      ...fields,
      threadId,
      app_version: appVersion,
      model,
      slug: slug ?? model,
      originator,
    };
  }
}

const COMPLETED: Readonly<Record<string, unknown>> = { outcome: 'completed' };

/** What a failure was, its cause included: people are told one sentence, the log the rest. */
function failureFields(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof ModelAbortedError) return { outcome: 'interrupted' };
  if (!(error instanceof ModelError)) return { outcome: 'failed', message: errorText(error) };
  return {
    outcome: 'failed',
    message: error.message,
    info: error.info,
    httpStatus: error.httpStatus ?? null,
    details: error.details ?? null,
    causes: causesOf(error),
  };
}

const MAX_CAUSES = 5;

function causesOf(error: Error): readonly string[] {
  const causes: string[] = [];
  for (let cause = error.cause; cause !== undefined;) {
    causes.push(errorText(cause));
    cause = cause instanceof Error && causes.length < MAX_CAUSES ? cause.cause : undefined;
  }
  return causes;
}
