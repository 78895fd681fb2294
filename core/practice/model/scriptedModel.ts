import * as z from 'zod';

import { type Clock, sleep } from '../../base/index.ts';
import type { ResponseItem } from '../../model/index.ts';
import type { TextModelOutput, TextModelRequest, TextModel } from './textModel.ts';
import { lastRequest } from './delegation.ts';

const Pattern = z.string().refine(isPattern, { error: 'is not a regular expression' });

/** When a rule applies: all that is given must hold, and a rule without conditions always applies. */
const When = z.strictObject({
  /** What the user asked in this turn; case does not matter. */
  text: z
    .union([z.strictObject({ contains: z.string().min(1) }), z.strictObject({ matches: Pattern })])
    .optional(),
  /** The output of a tool has just come in: the tool's name, or "any". */
  toolOutput: z.string().min(1).optional(),
});
type When = z.infer<typeof When>;

const Step = z.union([
  z.strictObject({ say: z.string().min(1) }),
  z.strictObject({
    call: z.strictObject({
      name: z.string().min(1),
      /** As a string it is sent as it stands, valid or not. */
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
    }),
  }),
  z.strictObject({ customCall: z.strictObject({ name: z.string().min(1), input: z.string() }) }),
  z.strictObject({ reasoning: z.string().min(1) }),
  z.strictObject({ delayMs: z.int().nonnegative() }),
  z.strictObject({
    error: z.strictObject({
      status: z.int().min(400).max(599),
      code: z.string(),
      message: z.string(),
    }),
  }),
  z.strictObject({ cut: z.literal(true) }),
]);

/** What a scripted text model does: the first rule that applies answers. */
export const ResponsesScript = z.strictObject({
  rules: z.array(
    z.strictObject({
      when: When.default({}),
      // oxlint-disable-next-line unicorn/no-thenable -- the name is part of the file format
      then: z.array(Step),
      /** Applies a single time, so that another rule can answer the next time. */
      once: z.boolean().default(false),
    }),
  ),
  /** What happens when no rule applies: an error, or the practice agent's answer. */
  fallback: z.enum(['error', 'practice']).default('error'),
});
export type ResponsesScript = z.infer<typeof ResponsesScript>;

export type ScriptedTextModelOptions = {
  readonly clock: Clock;
  /** Answers in place of the script where its `fallback` says so. */
  readonly practice: TextModel;
};

/** A text model that follows a script, for tests and demonstrations. */
export function createScriptedTextModel(
  script: ResponsesScript,
  options: ScriptedTextModelOptions,
): TextModel {
  const used = new Set<ResponsesScript['rules'][number]>();
  return {
    respond(request, signal) {
      const rule = script.rules.find(
        (candidate) => !used.has(candidate) && applies(candidate.when, request),
      );
      if (rule?.once === true) used.add(rule);
      if (rule !== undefined) return perform(rule.then, options.clock, signal);
      return script.fallback === 'practice'
        ? options.practice.respond(request, signal)
        : perform([noRule], options.clock, signal);
    },
  };
}

const noRule: z.infer<typeof Step> = {
  error: {
    status: 400,
    code: 'no_rule_applies',
    message: 'No rule of the script applies to this request.',
  },
};

async function* perform(
  steps: readonly z.infer<typeof Step>[],
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<TextModelOutput, void, void> {
  for (const step of steps) {
    if (signal.aborted) return;
    if ('say' in step) {
      yield { type: 'newMessage', phase: 'final_answer' };
      for (const delta of step.say.match(/\s*\S+|\s+$/gu) ?? []) yield { type: 'text', delta };
    } else if ('call' in step) {
      const { name, arguments: args } = step.call;
      yield {
        type: 'call',
        name,
        arguments: typeof args === 'string' ? args : JSON.stringify(args),
      };
    } else if ('customCall' in step) {
      yield { type: 'customCall', ...step.customCall };
    } else if ('reasoning' in step) {
      yield { type: 'reasoning', delta: step.reasoning };
    } else if ('delayMs' in step) {
      await sleep(clock, step.delayMs, signal);
    } else if ('error' in step) {
      yield { type: 'fail', ...step.error };
      return;
    } else {
      yield { type: 'cut' };
      return;
    }
  }
}

function applies(when: When, request: TextModelRequest): boolean {
  const { text, toolOutput } = when;
  if (toolOutput !== undefined && !hasOutputOf(toolOutput, request.input)) return false;
  if (text === undefined) return true;
  // A rule for a request that calls a tool would otherwise apply to the tool's output for ever.
  if (toolOutput === undefined && !isUserMessage(request.input.at(-1))) return false;
  const wanted = lastRequest(request.input);
  return 'contains' in text
    ? wanted.toLowerCase().includes(text.contains.toLowerCase())
    : new RegExp(text.matches, 'iu').test(wanted);
}

function isUserMessage(item: ResponseItem | undefined): boolean {
  return item?.type === 'message' && item.role === 'user';
}

/** Whether the conversation ends with the output of that tool. */
function hasOutputOf(tool: string, input: readonly ResponseItem[]): boolean {
  const last = input.at(-1);
  if (last?.type !== 'function_call_output' && last?.type !== 'custom_tool_call_output') {
    return false;
  }
  if (tool === 'any') return true;
  return input.some(
    (item) =>
      (item.type === 'function_call' || item.type === 'custom_tool_call') &&
      item.call_id === last.call_id &&
      item.name === tool,
  );
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'iu') instanceof RegExp;
  } catch {
    return false;
  }
}
