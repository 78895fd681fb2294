import { ModelAbortedError } from '../../../model/index.ts';
import { asTurnError, traceOf } from '../sampling/index.ts';
import type { StartTask, TaskContext, TurnOutcome, TurnTask } from '../task.ts';
import { compact, hasEarlier } from './compact.ts';

/** A turn that does nothing but put a summary in place of what was said. */
export function compaction(): StartTask {
  return (context) => new CompactionTask(context);
}

class CompactionTask implements TurnTask {
  readonly kind = 'compaction';
  readonly unsteerable = 'compact';
  readonly #context: TaskContext;
  readonly #abort = new AbortController();

  constructor(context: TaskContext) {
    this.#context = context;
  }

  join(): boolean {
    return false;
  }

  requestInterrupt(): void {
    this.#abort.abort();
  }

  async run(): Promise<TurnOutcome> {
    const context = this.#context;
    const { turnId, startedAtMs, settings, ports, log } = context;
    const { signal } = this.#abort;
    if (!hasEarlier(context)) return { status: 'completed' };
    try {
      const sampler = await ports.sampler({
        turnId,
        startedAtMs: startedAtMs(),
        trace: traceOf(undefined),
        windowNumber: log.compactions,
        ...(settings.threadSource !== undefined && { threadSource: settings.threadSource }),
      });
      if (signal.aborted) return { status: 'interrupted' };
      await compact({
        context,
        sampler,
        tools: ports.tools.listFor(settings),
        signal,
        purpose: { trigger: 'manual', reason: 'user_requested', phase: 'standalone_turn' },
      });
      return { status: 'completed' };
    } catch (error) {
      if (signal.aborted || error instanceof ModelAbortedError) return { status: 'interrupted' };
      return { status: 'failed', error: asTurnError(error) };
    }
  }
}
