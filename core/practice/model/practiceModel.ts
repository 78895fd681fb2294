import { assertNever, type Clock, shortened, sleep } from '../../base/index.ts';
import type { ResponseItem } from '../../model/index.ts';
import type { SampleMaker } from '../samples/index.ts';
import { answerSoFar, ASK_TOOL, describeAnswers } from './asking.ts';
import type { TextModelOutput, TextModelRequest, TextModel } from './textModel.ts';
import { lastRequest, sinceLastRequest } from './delegation.ts';
import { summaryOf } from './summary.ts';
import type { Plan } from './plan.ts';
import { planFor } from './skills.ts';
import { toolAnswers, toolFor, type ToolUse } from './toolUse.ts';
import { callOf, nextMove } from './workCalls.ts';

export type PracticeTextModelOptions = {
  readonly clock: Clock;
  /** Makes what has to fit a JSON Schema: arguments of tools, structured answers. */
  readonly samples: Pick<SampleMaker, 'make'>;
  /** Pause between two words, so that streaming can be seen and interrupted. */
  readonly paceMs?: number;
};

const DEFAULT_PACE_MS = 30;
const PLAN_TOOL = 'update_plan';

/**
 * The agent that works with no provider: it follows fixed rules, does what it can by itself and says
 * what it is. Where a plan tool is offered it shows its work as a real agent would: a plan, the work,
 * the plan ticked off, the report. Elsewhere it calls a tool whose name fits the request.
 */
export function createPracticeTextModel(options: PracticeTextModelOptions): TextModel {
  return {
    respond: (request, signal) => new PracticeAnswer(options, signal).respond(request),
  };
}

class PracticeAnswer {
  readonly #clock: Clock;
  readonly #paceMs: number;
  readonly #samples: Pick<SampleMaker, 'make'>;
  readonly #signal: AbortSignal;

  constructor(options: PracticeTextModelOptions, signal: AbortSignal) {
    this.#clock = options.clock;
    this.#paceMs = options.paceMs ?? DEFAULT_PACE_MS;
    this.#samples = options.samples;
    this.#signal = signal;
  }

  async *respond(request: TextModelRequest): AsyncGenerator<TextModelOutput, void, void> {
    if (request.wantsSummary) {
      yield { type: 'newMessage', phase: 'final_answer' };
      yield* this.#say(summaryOf(request.input));
      return;
    }
    const wanted = lastRequest(request.input);
    const plan = planFor(wanted, this.#clock.nowMs());
    const answer = answerSoFar(request.input);
    const asks = plan.type === 'ask' && answer === undefined && request.tools.has(ASK_TOOL);
    const tool = request.mustCall || !isAgent(request) ? toolFor(wanted, request) : undefined;
    if (tool !== undefined) {
      yield* this.#call(tool, wanted);
      return;
    }
    const move = plan.type === 'work' ? nextMove(plan, request) : undefined;
    const report = move?.type === 'report' ? move.text : reportOf(plan, answer);
    if (!request.tools.has(PLAN_TOOL)) {
      if (move !== undefined && move.type !== 'report') {
        yield callOf(move, request);
        return;
      }
      if (asks) {
        yield askCall(plan);
        return;
      }
      yield* this.#answer(request, wanted, plan, report);
      return;
    }
    switch (plansMade(request.input)) {
      case 0:
        yield planCall(plan, 'in_progress');
        return;
      case 1:
        if (move !== undefined && move.type !== 'report') {
          yield callOf(move, request);
          return;
        }
        if (asks) {
          yield askCall(plan);
          return;
        }
        yield* this.#work(plan);
        yield planCall(plan, 'completed');
        return;
      default:
        yield* this.#finish(request, report, wanted);
    }
  }

  /** One answer with nothing before it that the client would have to show. */
  async *#answer(
    request: TextModelRequest,
    wanted: string,
    plan: Plan,
    report: string | undefined,
  ): AsyncGenerator<TextModelOutput, void, void> {
    const said = plan.type === 'ask' || plan.type === 'work' ? [] : toolAnswers(request.input);
    if (said.length > 0) {
      yield* this.#finish(request, said.join('\n\n'), wanted);
      return;
    }
    // Whoever asked for JSON cannot do anything with words beside it.
    if (request.format.type === 'text' || plan.type === 'fail') yield* this.#work(plan);
    yield* this.#finish(request, report, wanted);
  }

  async *#call(
    { name, tool }: ToolUse,
    wanted: string,
  ): AsyncGenerator<TextModelOutput, void, void> {
    if (tool.kind === 'custom') {
      yield { type: 'customCall', name, input: wanted };
      return;
    }
    const sample = await this.#samples.make(tool.parameters, this.#signal);
    yield 'value' in sample
      ? { type: 'call', name, arguments: JSON.stringify(sample.value) }
      : invalidSchema('tools', `The parameters of '${name}'`, sample.problem);
  }

  /** The answer itself, in the form that was asked for. */
  async *#finish(
    { format }: TextModelRequest,
    report: string | undefined,
    wanted: string,
  ): AsyncGenerator<TextModelOutput, void, void> {
    if (report === undefined) return;
    if (format.type === 'text') {
      yield* this.#report(report, wanted);
      return;
    }
    const sample =
      format.type === 'json_object'
        ? { value: { answer: report } }
        : await this.#samples.make(format.schema, this.#signal);
    if (!('value' in sample)) {
      yield invalidSchema('text.format.schema', 'The schema', sample.problem);
      return;
    }
    yield { type: 'newMessage', phase: 'final_answer' };
    for (const delta of JSON.stringify(sample.value).match(JSON_PIECE) ?? []) {
      if (this.#signal.aborted) return;
      yield { type: 'text', delta };
      await this.#pause();
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

  async *#report(report: string, wanted: string): AsyncGenerator<TextModelOutput, void, void> {
    yield { type: 'newMessage', phase: 'final_answer' };
    yield* this.#say(report);
    yield* this.#say(
      `\n\n*You asked Parley's practice agent, which is no language model: ${asked(wanted)}*`,
    );
  }

  async *#say(text: string): AsyncGenerator<TextModelOutput, void, void> {
    for (const delta of text.match(/\s*\S+|\s+$/gu) ?? []) {
      if (this.#signal.aborted) return;
      yield { type: 'text', delta };
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    if (this.#paceMs > 0) await sleep(this.#clock, this.#paceMs, this.#signal);
  }
}

const JSON_PIECE = /.{1,24}/gsu;

/** Who offers these two is an agent, whose tools are called by plan and not because a word fits. */
function isAgent({ tools }: TextModelRequest): boolean {
  return tools.has(PLAN_TOOL) || tools.has(ASK_TOOL);
}

function invalidSchema(param: string, what: string, problem: string): TextModelOutput {
  const message = `${what} cannot be served: ${problem}.`;
  return { type: 'fail', status: 400, code: 'invalid_json_schema', message, param };
}

/** Nothing where the work has failed. */
function reportOf(plan: Plan, answer: string | undefined): string | undefined {
  switch (plan.type) {
    case 'fail':
    case 'work':
      return undefined;
    case 'wait':
      return `I waited ${plan.seconds} seconds.`;
    case 'ask':
      return describeAnswers(plan.questions, answer);
    case 'answer':
    case 'unable':
      return plan.text;
    default:
      return assertNever(plan, 'plan');
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
