import { type Clock, shortened, sleep } from '../../base/index.ts';
import type { ResponseItem } from '../../model/index.ts';
import { answerSoFar, ASK_TOOL, describeAnswers } from './asking.ts';
import type { TextModelOutput, TextModelRequest, TextModel } from './textModel.ts';
import { lastRequest, sinceLastRequest } from './delegation.ts';
import { type Plan, planFor } from './skills.ts';

export type PracticeTextModelOptions = {
  readonly clock: Clock;
  /** Pause between two words, so that streaming can be seen and interrupted. */
  readonly paceMs?: number;
};

const DEFAULT_PACE_MS = 30;
const PLAN_TOOL = 'update_plan';

/**
 * The agent that works with no provider: it follows fixed rules, does what it can by itself and says
 * what it is. Where a plan tool is offered it shows its work as a real agent would: a plan, the work,
 * the plan ticked off, the report.
 */
export function createPracticeTextModel(options: PracticeTextModelOptions): TextModel {
  const { clock, paceMs = DEFAULT_PACE_MS } = options;
  return {
    respond: (request, signal) => new PracticeAnswer(clock, paceMs, signal).respond(request),
  };
}

class PracticeAnswer {
  readonly #clock: Clock;
  readonly #paceMs: number;
  readonly #signal: AbortSignal;

  constructor(clock: Clock, paceMs: number, signal: AbortSignal) {
    this.#clock = clock;
    this.#paceMs = paceMs;
    this.#signal = signal;
  }

  async *respond(request: TextModelRequest): AsyncGenerator<TextModelOutput, void, void> {
    const wanted = lastRequest(request.input);
    const plan = planFor(wanted, this.#clock.nowMs());
    const answer = answerSoFar(request.input);
    const asks = plan.type === 'ask' && answer === undefined && request.tools.has(ASK_TOOL);
    if (!request.tools.has(PLAN_TOOL)) {
      if (asks) {
        yield askCall(plan);
        return;
      }
      yield* this.#work(plan);
      yield* this.#report(wanted, plan, answer);
      return;
    }
    switch (plansMade(request.input)) {
      case 0:
        yield planCall(plan, 'in_progress');
        return;
      case 1:
        if (asks) {
          yield askCall(plan);
          return;
        }
        yield* this.#work(plan);
        yield planCall(plan, 'completed');
        return;
      default:
        yield* this.#report(wanted, plan, answer);
    }
  }

  /** What takes time or goes wrong; answers are worked out when they are reported. */
  async *#work(plan: Plan): AsyncGenerator<TextModelOutput, void, void> {
    if (plan.type === 'fail') {
      yield {
        type: 'fail',
        status: 400,
        code: 'practice_failure',
        message: 'You asked the practice agent to fail, and so it did.',
      };
      return;
    }
    if (plan.type !== 'wait') return;
    yield { type: 'newMessage', phase: 'commentary' };
    yield* this.#say(`I wait ${plan.seconds} seconds now. Interrupt me if you like.`);
    yield* this.#say('\n\n');
    for (let waited = 0; waited < plan.seconds;) {
      const next = Math.min(waited + 1, plan.seconds);
      await sleep(this.#clock, (next - waited) * 1000, this.#signal);
      if (this.#signal.aborted) return;
      waited = next;
      yield { type: 'text', delta: `${waited} ` };
    }
  }

  async *#report(
    wanted: string,
    plan: Plan,
    answer: string | undefined,
  ): AsyncGenerator<TextModelOutput, void, void> {
    if (plan.type === 'fail') return;
    yield { type: 'newMessage', phase: 'final_answer' };
    yield* this.#say(reportOf(plan, answer));
    yield* this.#say(
      `\n\n*You asked Parley's practice agent, which is no language model: ${asked(wanted)}*`,
    );
  }

  async *#say(text: string): AsyncGenerator<TextModelOutput, void, void> {
    for (const delta of text.match(/\s*\S+|\s+$/gu) ?? []) {
      if (this.#signal.aborted) return;
      yield { type: 'text', delta };
      if (this.#paceMs > 0) await sleep(this.#clock, this.#paceMs, this.#signal);
    }
  }
}

function reportOf(plan: Exclude<Plan, { type: 'fail' }>, answer: string | undefined): string {
  switch (plan.type) {
    case 'wait':
      return `I waited ${plan.seconds} seconds.`;
    case 'ask':
      return describeAnswers(plan.questions, answer);
    case 'answer':
    case 'unable':
      return plan.text;
  }
}

function askCall({ questions }: Extract<Plan, { type: 'ask' }>): TextModelOutput {
  return { type: 'call', name: ASK_TOOL, arguments: JSON.stringify({ questions }) };
}

const MAX_QUOTED_CHARACTERS = 160;

function asked(wanted: string): string {
  if (wanted === '') return 'nothing that it can read.';
  return `“${shortened(wanted.replaceAll(/\s+/gu, ' '), MAX_QUOTED_CHARACTERS)}”`;
}

/** How often the plan was shown and acknowledged since the user last spoke. */
function plansMade(input: readonly ResponseItem[]): number {
  const items = sinceLastRequest(input);
  const answered = new Set(
    items.flatMap((item) => (item.type === 'function_call_output' ? [item.call_id] : [])),
  );
  return items.filter(
    (item) =>
      item.type === 'function_call' && item.name === PLAN_TOOL && answered.has(item.call_id),
  ).length;
}

function planCall(plan: Plan, status: 'in_progress' | 'completed'): TextModelOutput {
  return {
    type: 'call',
    name: PLAN_TOOL,
    arguments: JSON.stringify({
      plan: [
        { step: 'Read the request', status: 'completed' },
        { step: plan.task, status },
      ],
    }),
  };
}
